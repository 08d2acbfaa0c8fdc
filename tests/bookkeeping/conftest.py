"""A small chart with figures, and people to keep it: two accountants, and those who decide."""

from dataclasses import dataclass

import pytest

from bank import ledger
from bank.bookkeeping.rules import Line, Side
from bank.identity.models import User
from bank.kernel.money import Money
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.workflows.conftest import employ

CASH, NOSTRO, SUSPENSE = "1001.KES", "1100.KES", "2900.KES"
FEES, EXPENSE, CAPITAL, RETAINED = "4001.KES", "5900.KES", "3001.KES", "3100.KES"


def kes(amount: str | int) -> Money:
    return Money.of(amount, "KES")


def dr(account: str, amount: str | int) -> Line:
    return Line(account, Side.DEBIT, Money.of(amount, account[-3:]))


def cr(account: str, amount: str | int) -> Line:
    return Line(account, Side.CREDIT, Money.of(amount, account[-3:]))


def book(debit: str, credit: str, amount: str | int, key: str, **details: object) -> int:
    """An entry of the bank's own business."""
    money = Money.of(amount, debit[-3:])
    entry = ledger.transfer(key=key, debit=debit, credit=credit, amount=money, code="TEST", **details)
    booked = ledger.post(entry).entry_id
    assert booked is not None
    return booked


def debits(account: str) -> str:
    """An account's balance as bookkeepers read it: debits above zero."""
    return str(-ledger.balance(account).booked.amount)


def credits_of(account: str) -> str:
    return str(ledger.balance(account).booked.amount)


@dataclass
class People:
    accountant: User
    supervisor: User
    branch_manager: User
    finance_manager: User
    administrator: User
    treasurer: User

    def approve(self, command: Command, by: User) -> Command:
        return workflows.approve(command=command, checker=by)


@pytest.fixture
def people(db: None) -> People:
    return People(
        employ("accountant", "ACCOUNTANT"),
        employ("supervisor", "SUPERVISOR"),
        employ("branch", "BRANCH_MANAGER"),
        employ("finance", "FINANCE_MANAGER"),
        employ("admin", "ADMINISTRATOR"),
        employ("treasurer", "TREASURY"),
    )
