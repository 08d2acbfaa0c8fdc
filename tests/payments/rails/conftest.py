"""The tiny network beside the bank's rails, and what a payment to it looks like."""

from collections.abc import Callable, Iterator

import pytest

from bank import ledger
from bank.payments import rail
from bank.payments.models import PaymentOrder
from bank.payments.services import Elsewhere, networks
from tests.payments.conftest import Bank
from tests.payments.rails.tiny import ClosedRail, TinyRail

Pay = Callable[..., PaymentOrder]


@pytest.fixture
def tiny() -> Iterator[TinyRail]:
    found = rail.every()
    found["TINY"], found["CLOSED"] = TinyRail(), ClosedRail()
    yield found["TINY"]
    del found["TINY"], found["CLOSED"]


@pytest.fixture
def pay(bank: Bank, tiny: TinyRail) -> Pay:
    """Alice pays somebody in Tanzania."""

    def pays(amount: str = "1000.00", key: str = "out-1", **changes: object) -> PaymentOrder:
        asked = {
            "creditor_number": "12-345/678",
            "creditor_name": "Zainabu Mushi",
            "to": Elsewhere("KILITZTZ", preference="TINY"),
        }
        return bank.pay(amount, key=key, **(asked | changes))

    return pays


def positions() -> dict[str, str]:
    """What transit, nostro, suspense and the earnings stand at, in KES."""
    roles = ("IN_TRANSIT", "NOSTRO_EFT", "SUSPENSE", "FEE_INCOME", "EXCISE_DUTY")
    return {role: str(ledger.balance(ledger.gl(role, "KES")).booked.amount) for role in roles}


def tend() -> None:
    """Twice: what the first round brings in, the second has applied and sent."""
    networks.tend()
    networks.tend()
