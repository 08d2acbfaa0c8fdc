"""The small bank of the payments tests, whose company is acted for by three signatories."""

from collections.abc import Callable

import pytest

from bank.cif import services as cif
from bank.identity.models import User
from bank.kernel.money import Money
from bank.signing import services as signing
from bank.signing.rules import Step
from tests.payments.conftest import Bank, bank, open_bank, standing_bank

__all__ = ["Bank", "bank", "open_bank", "standing_bank"]

Signatories = Callable[[Bank], tuple[User, User, User]]


def signatories_of(bank: Bank) -> tuple[User, User, User]:
    """The owner and two more who may pay; two sign above 1,000, three above 100,000."""
    others = []
    for name in ("second", "third"):
        user = User.objects.create_user(f"{name}@example.test", full_name=name.title())
        cif.grant_mandate(user=user, customer=bank.firm.customer, role="SIGNATORY", can_pay=True)
        others.append(user)
    steps = [Step(Money.of("1000", "KES").amount, 2), Step(Money.of("100000", "KES").amount, 3)]
    signing.set_rules(customer=bank.firm.customer, currency="KES", steps=steps, actor=None)
    return bank.firm.user, others[0], others[1]


@pytest.fixture
def signatories() -> Signatories:
    return signatories_of
