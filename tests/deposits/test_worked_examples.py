"""What each event of a deposit does to the books, as T-accounts a banker can check by hand.

Amounts are KES; credit above zero, debit below. 2003 fixed deposits, 2300 interest payable, 2402
withholding tax payable, 4004 deposit penalties, 5101 interest expense.
"""

from datetime import date
from decimal import Decimal

import pytest

from bank import ledger
from bank.accounts.models import Account
from bank.deposits import services as deposits
from bank.deposits.models import Deposit
from bank.identity.models import User
from tests.deposits.conftest import (
    again,
    booked,
    close_day,
    code_of,
    gl,
    kes,
    opened,
    run_steps,
    skip_to,
    t_account,
)

pytestmark = pytest.mark.django_db


def _lines(deposit: Deposit, kind: str) -> list[tuple[str, str, str, str]]:
    return [
        (str(line.due_date), str(line.amount), str(line.tax), line.status)
        for line in deposit.schedule.filter(kind=kind)
    ]


def test_opening_a_fixed_deposit(account: Account) -> None:
    """100,000 for 12 months at 10 %, from Monday 2 March 2026 to Tuesday 2 March 2027: 365 days."""
    deposit = opened(account)
    assert t_account(f"deposit:{deposit.number}:opening") == [
        (account.number, "-100000.00"),
        (deposit.number, "100000.00"),
    ]
    assert gl("FIXED_DEPOSITS") == kes("100000")
    assert _lines(deposit, "INTEREST") == [("2027-03-02", "10000.000", "1500.000", "PENDING")]
    assert _lines(deposit, "MATURITY") == [("2027-03-02", "108500.000", "0.000", "PENDING")]


def test_a_day_and_a_weekend_of_interest(account: Account) -> None:
    """A day earns 100,000 × 10 % / 365 = 27.397…; five days 136.986…: rounded once, never day by day."""
    deposit = opened(account)
    close_day()
    assert (gl("INTEREST_EXPENSE"), gl("INTEREST_PAYABLE")) == (kes("-27.40"), kes("27.40"))
    close_day(until=date(2026, 3, 6))
    assert gl("INTEREST_PAYABLE") == kes("109.59")
    close_day()  # Friday stands for Saturday and Sunday too
    assert gl("INTEREST_PAYABLE") == kes("191.78")
    assert again(deposit).accrued == kes("191.78").amount


def test_maturity_paid_out(account: Account) -> None:
    deposit = opened(account)
    skip_to(date(2027, 3, 2))
    assert gl("INTEREST_PAYABLE") == kes("10000")
    run_steps()
    assert t_account(f"deposit:{deposit.number}:interest") == [
        ("2300.KES", "-10000.00"),
        (deposit.number, "10000.00"),
        (deposit.number, "-1500.00"),
        ("2402.KES", "1500.00"),
    ]
    assert t_account(f"deposit:{deposit.number}:end") == [
        (deposit.number, "-108500.00"),
        (account.number, "108500.00"),
    ]
    ended = again(deposit)
    assert (ended.status, ended.closed_date) == ("MATURED", date(2027, 3, 2))
    assert ledger.balance(deposit.number).status == ledger.Status.CLOSED
    assert booked(account.number) == kes("1008500")
    assert gl("INTEREST_PAYABLE") == gl("FIXED_DEPOSITS") == kes("0")
    assert (gl("INTEREST_EXPENSE"), gl("WITHHOLDING_TAX")) == (kes("-10000"), kes("1500"))


def test_maturity_renewed_with_its_interest(account: Account) -> None:
    """The rate of the day is what the catalogue sells on the day of maturity."""
    deposit = opened(account, instruction="PRINCIPAL_AND_INTEREST")
    skip_to(date(2027, 3, 2))
    run_steps()
    follows = again(deposit).renewal
    assert t_account(f"deposit:{deposit.number}:end") == [
        (deposit.number, "-108500.00"),
        (follows.number, "108500.00"),
    ]
    assert (again(deposit).status, follows.amount, follows.start_date) == (
        "RENEWED",
        kes("108500").amount,
        date(2027, 3, 2),
    )
    assert booked(account.number) == kes("900000")
    close_day()
    assert gl("INTEREST_PAYABLE") == kes("29.73")  # 108,500 × 10 % / 365


def test_maturity_renewed_without_its_interest(account: Account) -> None:
    deposit = opened(account, instruction="PRINCIPAL")
    skip_to(date(2027, 3, 2))
    run_steps()
    follows = again(deposit).renewal
    assert t_account(f"deposit:{deposit.number}:end") == [
        (deposit.number, "-100000.00"),
        (follows.number, "100000.00"),
        (deposit.number, "-8500.00"),
        (account.number, "8500.00"),
    ]


def test_monthly_interest(account: Account) -> None:
    """31 days of March: 100,000 × 10 % × 31 / 365 = 849.32; tax 127.40. Then the day after."""
    deposit = opened(account, mode="MONTHLY")
    skip_to(date(2026, 4, 2))
    run_steps()
    assert t_account(f"deposit:{deposit.number}:interest:1") == [
        ("2300.KES", "-849.32"),
        (account.number, "849.32"),
        (account.number, "-127.40"),
        ("2402.KES", "127.40"),
    ]
    assert gl("INTEREST_PAYABLE") == kes("136.99")  # five days: Easter lies between
    skip_to(date(2027, 3, 2))
    run_steps()
    paid = sum((line.amount for line in deposit.schedule.filter(kind="INTEREST")), start=0)
    assert (paid, again(deposit).status) == (-gl("INTEREST_EXPENSE").amount, "MATURED")
    assert gl("INTEREST_PAYABLE") == kes("0")
    assert booked(account.number) == kes("1000000") + kes(str(paid)) - gl("WITHHOLDING_TAX")


def test_closing_early(account: Account, user: User) -> None:
    """After 31 days eleven months are left: 1.5 points less, 8.5 % from the beginning.

    Earned at 10 %: 849.32; due at 8.5 %: 721.92, of which 108.29 is tax.
    """
    deposit = opened(account)
    skip_to(date(2026, 4, 2))
    offered = deposits.quote_early(deposit=deposit)
    assert (offered.months_left, offered.full_interest, offered.cost) == (11, kes("849.32"), kes("127.40"))
    asked = deposits.start_closing(user=user, deposit=deposit)
    deposits.close_early(user=user, deposit=deposit, key="1", **code_of(asked))
    assert t_account(f"deposit:{deposit.number}:interest") == [
        ("2300.KES", "-127.40"),
        ("5101.KES", "127.40"),
        ("2300.KES", "-721.92"),
        (deposit.number, "721.92"),
        (deposit.number, "-108.29"),
        ("2402.KES", "108.29"),
    ]
    assert t_account(f"deposit:{deposit.number}:end") == [
        (deposit.number, "-100613.63"),
        (account.number, "100613.63"),
    ]
    assert (again(deposit).status, gl("INTEREST_PAYABLE")) == ("CLOSED_EARLY", kes("0"))
    assert {line.status for line in deposit.schedule.all()} == {"LAPSED"}


def test_closing_early_takes_back_interest_paid_before(account: Account, user: User) -> None:
    """849.32 were paid after a month; closed the same day only 721.92 are due: 127.40 comes back from
    the deposit, and with it 19.11 of the tax."""
    deposit = opened(account, mode="MONTHLY")
    skip_to(date(2026, 4, 2))
    run_steps()
    asked = deposits.start_closing(user=user, deposit=again(deposit))
    deposits.close_early(user=user, deposit=again(deposit), key="1", **code_of(asked))
    assert t_account(f"deposit:{deposit.number}:interest")[2:] == [
        (deposit.number, "-127.40"),
        ("2300.KES", "127.40"),
        ("2402.KES", "-19.11"),
        (deposit.number, "19.11"),
    ]
    assert booked(account.number) == kes("1000000") + kes("721.92") - kes("108.29")
    assert (gl("INTEREST_PAYABLE"), gl("INTEREST_EXPENSE")) == (kes("0"), kes("-721.92"))


def test_recurring_instalments_and_one_that_is_missed(account: Account) -> None:
    """5,000 a month for six months at 6.5 %; the account runs dry in the second, is filled in the third."""
    deposit = opened(account, "RECURRING", "5000", months=6)
    assert booked(deposit.number) == kes("5000")
    empty = ledger.transfer(
        key="empty", debit=account.number, credit=ledger.gl("CASH", "KES"), amount=kes("995000"), code="CASH"
    )
    ledger.post(empty)
    close_day(until=date(2026, 4, 13))
    assert _lines(deposit, "INSTALMENT")[1][3] == "MISSED"
    assert (again(deposit).penalties, booked(deposit.number)) == (kes("100").amount, kes("5000"))
    ledger.post(
        ledger.transfer(
            key="refill",
            debit=ledger.gl("CASH", "KES"),
            credit=account.number,
            amount=kes("50000"),
            code="CASH",
        )
    )
    for due in (date(2026, 5, 4), date(2026, 6, 2), date(2026, 7, 2), date(2026, 8, 3)):
        ledger.roll_business_date(to=due)
        close_day()
    assert t_account(f"deposit:{deposit.number}:instalment:3") == [
        (account.number, "-5000.00"),
        (deposit.number, "5000.00"),
    ]
    skip_to(date(2026, 9, 2))
    run_steps()
    assert t_account(f"deposit:{deposit.number}:interest") == [
        ("2300.KES", "-435.41"),  # 5,000 × 6.5 % × (184 + 121 + 92 + 62 + 30) days / 365
        (deposit.number, "435.41"),
        (deposit.number, "-65.31"),
        ("2402.KES", "65.31"),
        (deposit.number, "-100.00"),
        ("4004.KES", "100.00"),
    ]
    assert (again(deposit).status, booked(deposit.number)) == ("MATURED", kes("0"))


def test_recurring_closed_early_earns_three_quarters_of_the_rate(account: Account, user: User) -> None:
    deposit = opened(account, "RECURRING", "10000", months=12)
    skip_to(date(2026, 4, 2))
    offered = deposits.quote_early(deposit=deposit)
    assert (offered.rate_pct, offered.reduced_pct) == (Decimal("7.5"), Decimal("5.625"))
    assert (offered.full_interest, offered.ending.interest) == (kes("63.70"), kes("47.77"))


def test_a_call_deposit_through_a_month(account: Account, user: User) -> None:
    """100,000 at 5 %: 13.698… a day, 410.96 to the end of March, paid into the deposit less 61.64."""
    deposit = opened(account, "CALL")
    skip_to(date(2026, 4, 1))
    assert t_account(f"deposit:{deposit.number}:interest:2026-03") == [
        ("2300.KES", "-410.96"),
        (deposit.number, "410.96"),
        (deposit.number, "-61.64"),
        ("2402.KES", "61.64"),
    ]
    asked = deposits.start_withdrawal(user=user, deposit=deposit, amount=kes("20000"))
    deposits.withdraw(user=user, deposit=deposit, amount=kes("20000"), key="w", **code_of(asked))
    assert (booked(deposit.number), booked(account.number)) == (kes("80349.32"), kes("920000"))
    close_day()
    assert gl("INTEREST_PAYABLE") == kes("11.01")  # 80,349.32 × 5 % / 365
    asked = deposits.start_withdrawal(user=user, deposit=again(deposit))
    deposits.withdraw(user=user, deposit=again(deposit), key="all", **code_of(asked))
    assert (again(deposit).status, gl("INTEREST_PAYABLE")) == ("CLOSED", kes("0"))
    assert booked(account.number) == kes("1000358.68")  # 1,000,000 + 349.32 + 11.01 - 1.65


def test_leaving_a_notice_deposit_before_its_notice(account: Account, user: User) -> None:
    """30 days' interest at 6.5 % on what leaves too early: 20,000 × 6.5 % × 30 / 365 = 106.85."""
    deposit = opened(account, "NOTICE")
    offered = deposits.quote_withdrawal(deposit=deposit, amount=kes("20000"))
    assert (offered.early, offered.cost) == (kes("20000"), kes("106.85"))
    asked = deposits.start_withdrawal(user=user, deposit=deposit, amount=kes("20000"))
    deposits.withdraw(user=user, deposit=deposit, amount=kes("20000"), key="w", **code_of(asked))
    assert t_account(f"deposit:{deposit.number}:out:{user.pk}:w") == [
        (deposit.number, "-20000.00"),
        (account.number, "20000.00"),
        (deposit.number, "-106.85"),
        ("4004.KES", "106.85"),
    ]
    deposits.give_notice(user=user, deposit=deposit, amount=kes("10000"))
    skip_to(date(2026, 4, 1))
    free = deposits.quote_withdrawal(deposit=again(deposit), amount=kes("10000"))
    assert (free.early, free.cost) == (kes("0"), kes("0"))
