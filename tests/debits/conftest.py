"""Monday, 2 March 2026: Savanna Traders collects from Alice, and days one can close."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bank import ledger
from bank.cif.models import Customer
from bank.debits import services
from bank.debits.models import Collection, Mandate
from bank.debits.rules import Admission, Terms
from bank.identity.models import User
from tests.payments.conftest import Bank, Side, _bank, code_of, kes
from tests.standing.conftest import MONDAY, close_until, work
from tests.worlds import Standing, once_a_module

__all__ = ["Bank", "Side", "close_until", "code_of", "kes", "work"]
DUE = date(2026, 3, 9)


@pytest.fixture
def bank(standing_collecting: Standing[Bank], db: None) -> Bank:
    return standing_collecting.visit()


@pytest.fixture
def open_bank(transactional_db: None) -> Bank:
    """The same with every step committed, for work on several connections."""
    return _collecting_bank()


def _collecting_bank() -> Bank:
    ledger.open_books(on=MONDAY)
    bank = _bank()
    admit(bank.firm.customer, bank.bob.user)
    return bank


standing_collecting = once_a_module(_collecting_bank)


def admission(company: Customer, **changes: object) -> Admission:
    asked = Admission(
        cif=company.cif,
        identifier="",
        core=True,
        b2b=True,
        currency="KES",
        each=Decimal("10000.00"),
        month=Decimal("20000.00"),
        notice_days=1,
        exposure="A reserve of KES 50,000",
    )
    return replace(asked, **changes)


def admit(company: Customer, actor: User, **changes: object) -> None:
    """As the approved command does."""
    services.admit(asked=admission(company, **changes), reason="Known for years", actor=actor)


def terms(bank: Bank, **changes: object) -> Terms:
    asked = Terms(
        creditor_number=bank.firm.number,
        debtor_number=bank.alice.number,
        debtor_name=bank.alice.name,
        reference="WATER-1",
        limit=kes("5000.00"),
        month_limit=kes("8000.00"),
        first=MONDAY,
        notice_days=5,
    )
    return replace(asked, **changes)


def confirmed(bank: Bank, side: Side | None = None, **changes: object) -> Mandate:
    payer = side or bank.alice
    mandate = services.propose(user=bank.firm.user, terms=terms(bank, **changes))
    challenge = services.start_confirming(user=payer.user, reference=mandate.reference)
    return services.confirm(
        user=payer.user, reference=mandate.reference, challenge_id=challenge.id, code=code_of(challenge)
    )


def collect(
    bank: Bank, mandate: Mandate, amount: str = "3000.00", own: str = "INV-1", due: date = DUE
) -> Collection:
    return services.collect(
        user=bank.firm.user,
        reference=mandate.reference,
        amount=kes(amount),
        due=due,
        end_to_end_id=own,
        remittance="Water, March",
    )
