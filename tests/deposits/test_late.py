"""An instalment that stayed out, paid by the customer later: it earns from then on, the penalty stays."""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from bank import ledger
from bank.accounts.models import Account
from bank.deposits import selectors
from bank.deposits import services as deposits
from bank.deposits.errors import DepositMatures, DepositOver, InstalmentNotDue
from bank.identity.errors import StepUpFailed
from bank.identity.models import User
from bank.ledger.errors import InsufficientFunds
from tests.accounts.conftest import books_untouched
from tests.deposits.conftest import close_day, code_of, kes, opened, run_steps, skip_to
from tests.deposits.test_worked_examples import again, booked, t_account

pytestmark = pytest.mark.django_db


def _cash(account: Account, amount: str, key: str) -> None:
    cash, to = ledger.gl("CASH", "KES"), account.number
    out, money = amount.startswith("-"), kes(amount.lstrip("-"))
    debit, credit = (to, cash) if out else (cash, to)
    ledger.post(ledger.transfer(key=key, debit=debit, credit=credit, amount=money, code="CASH"))


def test_a_missed_instalment_paid_later(account: Account, user: User) -> None:
    """5,000 a month for six months at 6.5 %; the second is missed (2 % penalty: 100) and paid in April."""
    deposit = opened(account, "RECURRING", "5000", months=6)
    _cash(account, "-995000", "empty")
    with books_untouched(), pytest.raises(InstalmentNotDue):
        deposits.start_late(user=user, deposit=deposit, number=2)
    close_day(until=date(2026, 4, 13))
    deposit = again(deposit)
    (line,) = selectors.late_instalments(deposit)
    with books_untouched():
        with pytest.raises(InsufficientFunds):
            deposits.start_late(user=user, deposit=deposit, number=line.number)
        with pytest.raises(InstalmentNotDue):
            deposits.start_late(user=user, deposit=deposit, number=3)
    _cash(account, "50000", "refill")
    asked = code_of(deposits.start_late(user=user, deposit=deposit, number=line.number))
    with books_untouched(), pytest.raises(StepUpFailed):
        deposits.pay_late(user=user, deposit=deposit, number=3 - 1, key="0", **{**asked, "code": "000000"})
    came = ledger.business_date()
    for key in ("1", "1"):
        deposits.pay_late(user=user, deposit=deposit, number=line.number, key=key, **asked)
    assert t_account(f"deposit:{deposit.number}:instalment:2") == [
        (account.number, "-5000.00"),
        (deposit.number, "5000.00"),
    ]
    assert (booked(deposit.number), again(deposit).penalties) == (kes("10000"), kes("100").amount)
    with books_untouched(), pytest.raises(InstalmentNotDue):
        deposits.start_late(user=user, deposit=deposit, number=line.number)
    for due in (date(2026, 5, 4), date(2026, 6, 2), date(2026, 7, 2), date(2026, 8, 3)):
        ledger.roll_business_date(to=due)
        close_day()
    skip_to(date(2026, 9, 2))
    with pytest.raises(DepositMatures):
        deposits.start_late(user=user, deposit=again(deposit), number=line.number)
    run_steps()
    days = 184 + 121 + 92 + 62 + 30 + (date(2026, 9, 2) - came).days
    earned = (Decimal(5000) * 65 / 1000 * days / 365).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    assert t_account(f"deposit:{deposit.number}:interest")[1] == (deposit.number, str(earned))
    assert (again(deposit).status, booked(deposit.number)) == ("MATURED", kes("0"))
    with pytest.raises(DepositOver):
        deposits.start_late(user=user, deposit=again(deposit), number=line.number)
