"""The close: what accrues each day, what is paid at the month's end, and that the books tie out."""

from datetime import date
from decimal import Decimal

from bank import ledger
from bank.interest.models import Period, Position
from tests.interest.conftest import Bank


def test_a_month_is_accrued_paid_and_taxed(bank: Bank) -> None:
    bank.product("3.65")
    account = bank.account("10000")
    bank.close()
    position = Position.objects.get()
    assert (position.credit_accrued, position.credit_posted) == (100, 100)
    assert bank.gl("INTEREST_PAYABLE") == "1.00"
    bank.close(until=date(2026, 5, 1))
    period = Period.objects.get()
    assert (period.first_day, period.last_day) == (date(2026, 4, 1), date(2026, 4, 30))
    assert (period.credit_paid, period.tax_withheld) == (3000, 450)
    assert bank.balance(account) == "10025.50"
    assert (bank.gl("INTEREST_EXPENSE"), bank.gl("INTEREST_PAYABLE")) == ("-30.00", "0.00")
    bank.close()
    assert Position.objects.get().credit_accrued == Decimal("100.255")
    assert bank.ties()


def test_a_weekend_over_the_months_end_pays_the_month_first(bank: Bank) -> None:
    bank.product("3.65")
    account = bank.account("10000")
    bank.close(until=date(2026, 4, 29))
    ledger.roll_business_date(to=date(2026, 4, 30))
    bank.close(next_date=date(2026, 5, 4))
    position = Position.objects.get()
    assert Period.objects.get().credit_paid == 3000
    assert (position.since, position.accrued_through) == (date(2026, 5, 1), date(2026, 5, 3))
    assert position.credit_accrued == Decimal("300.765")
    assert bank.balance(account) == "10025.50"
    assert bank.ties()
