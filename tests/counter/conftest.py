"""A vault with ten million, a drawer opened with 100,000, a customer with 500,000, and staff."""

from dataclasses import dataclass

import pytest

from bank import ledger
from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.counter import commands, services
from bank.counter.models import DrawerSession, Slip
from bank.counter.rules import Move, Shown
from bank.identity.models import User
from bank.kernel.money import Money
from bank.workflows.models import Command
from tests.accounts import conftest as accounts
from tests.accounts.conftest import Opening, kes
from tests.workflows.conftest import employ

customer, other, opened, payee = accounts.customer, accounts.other, accounts.opened, accounts.payee
ID = Shown("NATIONAL_ID", "4956")


def fund_vault(amount: str = "10000000") -> None:
    entry = ledger.transfer(
        key=f"vault:{amount}",
        debit=ledger.gl("CASH", "KES"),
        credit=ledger.gl("CAPITAL", "KES"),
        amount=kes(amount),
        code="TEST",
    )
    ledger.post(entry)


@dataclass
class Counter:
    teller: User
    head: User
    manager: User
    session: DrawerSession

    def ask(
        self, move: Move, account: Account, amount: str, key: str = "1", **more: object
    ) -> Slip | Command:
        papers = {"shown": ID} if move == Move.WITHDRAWAL else {}
        asked: dict[str, object] = {"teller": self.teller, "why": "Sold a cow", **papers, **more}
        return commands.ask(move=move, number=account.number, amount=kes(amount), key=key, **asked)

    def held(self) -> Money:
        return DrawerSession.objects.get(pk=self.session.pk).money


@pytest.fixture
def account(customer: Customer, opened: Opening) -> Account:
    return opened(customer, deposit="500000")


@pytest.fixture
def counter(account: Account) -> Counter:
    fund_vault()
    teller, head, manager = (
        employ("teller", "TELLER"),
        employ("head", "HEAD_TELLER"),
        employ("branch", "BRANCH_MANAGER"),
    )
    session = services.open_session(teller=teller, drawer="HQ-1", amount=kes("100000"), key="open")
    return Counter(teller, head, manager, session)
