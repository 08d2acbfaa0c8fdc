"""Worked examples of interest, one for each event, with its T-accounts.

``entries(account)`` lists what was booked as (account of the chart or ACCOUNT, debit or credit, amount).
"""

from datetime import date
from decimal import Decimal

import pytest

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.interest import selectors, services
from bank.interest.errors import InterestOwed
from bank.interest.models import Period, Position
from bank.kernel.money import Money
from bank.products.models import Product
from tests.interest.conftest import Bank

APRIL_END, MAY = date(2026, 4, 30), date(2026, 5, 1)
Line = tuple[str, str, str]


def t_accounts(key: str) -> list[Line]:
    """An entry's lines as they stand in the T-accounts."""
    entry = ledger.entry_by_key(key)
    assert entry is not None, key
    names = {
        "2300.KES": "Interest payable",
        "5101.KES": "Interest expense",
        "1800.KES": "Interest receivable",
        "4101.KES": "Interest income",
        "2402.KES": "Withholding tax",
    }
    return [
        (
            names.get(line.account, "Customer"),
            "Cr" if line.amount.is_positive else "Dr",
            str(line.amount.amount).lstrip("-"),
        )
        for line in entry.postings
    ]


def test_a_day_accrues(bank: Bank) -> None:
    """10,000.00 at 3.65 per cent by ACT/365 earn 1.00 a day."""
    bank.product("3.65")
    account = bank.account("10000")
    bank.close()
    assert t_accounts("interest-accrued:2026-04-01:0:KES") == [
        ("Interest expense", "Dr", "1.00"),
        ("Interest payable", "Cr", "1.00"),
    ]
    assert bank.balance(account) == "10000.00"


def test_a_month_is_capitalised_and_taxed(bank: Bank) -> None:
    """30 days of 1.00, and 15 per cent of it for the state."""
    bank.product("3.65")
    account = bank.account("10000")
    bank.close(until=MAY)
    assert t_accounts(f"interest:{account.number}:2026-04-30") == [
        ("Interest payable", "Dr", "30.00"),
        ("Customer", "Cr", "30.00"),
        ("Customer", "Dr", "4.50"),
        ("Withholding tax", "Cr", "4.50"),
    ]
    assert bank.balance(account) == "10025.50"
    assert bank.gl("INTEREST_PAYABLE") == "0.00"


def test_tiers_whole_and_marginal(bank: Bank) -> None:
    """150,000.00, 2 per cent and from 100,000 on 4: marginal 2,000 + 2,000 a year, whole 6,000."""
    ladder = [("0", "2"), ("100000", "4")]
    bank.product(ladder, code="PARTS", day_count="THIRTY_E_360")
    bank.product(ladder, code="WHOLE", day_count="THIRTY_E_360", method="WHOLE")
    parts, whole = (bank.account("150000", product=code) for code in ("PARTS", "WHOLE"))
    bank.close(until=MAY)
    paid = {period.account_id: period.credit_paid for period in Period.objects.all()}
    assert (paid[parts.pk], paid[whole.pk]) == (33333, 50000)


def test_lowest_and_average_balance(bank: Bank) -> None:
    """1,000.00 for 10 days and 4,000.00 for 20 by 12 per cent and 30/360: 1 per cent of 1,000.00, of the
    average of 3,000.00, and day by day the same as the average.
    """
    for basis in ("MINIMUM", "AVERAGE", "DAILY"):
        bank.product("12", code=basis, basis=basis, day_count="THIRTY_E_360")
    made = {basis: bank.account("1000", product=basis) for basis in ("MINIMUM", "AVERAGE", "DAILY")}
    bank.close(until=date(2026, 4, 11))
    for account in made.values():
        bank.move(account, "3000")
    bank.close(until=MAY)
    paid = {period.account_id: period.credit_paid for period in Period.objects.all()}
    assert [paid[made[basis].pk] for basis in ("MINIMUM", "AVERAGE", "DAILY")] == [1000, 3000, 3000]
    assert all(selectors.explain(account, date(2026, 4, 1)).agrees for account in made.values())


def test_an_overdraft_is_charged(bank: Bank) -> None:
    """2,000.00 overdrawn at 18.25 per cent cost 1.00 a day, booked as receivable, charged as April ends."""
    bank.product("0", debit="18.25")
    account = bank.account(overdraft="5000")
    bank.move(account, "-2000")
    bank.close()
    assert t_accounts("interest-accrued:2026-04-01:0:KES") == [
        ("Interest receivable", "Dr", "1.00"),
        ("Interest income", "Cr", "1.00"),
    ]
    bank.close(until=MAY)
    assert t_accounts(f"interest:{account.number}:2026-04-30") == [
        ("Customer", "Dr", "30.00"),
        ("Interest receivable", "Cr", "30.00"),
    ]
    assert (bank.balance(account), bank.gl("INTEREST_RECEIVABLE")) == ("-2030.00", "0.00")


def test_an_overdraft_costs_what_was_agreed_for_this_account(bank: Bank) -> None:
    """2,000.00 overdrawn cost 1.00 a day by the product; ten days on 9.125 per cent are agreed, 0.50 a day on
    2,010.00; after its end the product says again. Each rate's days are a period of their own, and a late
    posting corrects each at its own rate.
    """
    bank.product("0", debit="18.25")
    Product.objects.filter(code="TESTED").update(kind="CURRENT")
    account = bank.account(overdraft="5000")
    bank.move(account, "-2000")
    bank.close(until=date(2026, 4, 11))
    agreed = {"limit": Money.of("5000", "KES"), "expires": MAY, "rate_pct": Decimal("9.125")}
    accounts.arrange_overdraft(account=account, **agreed)
    bank.close(until=date(2026, 4, 21))
    assert t_accounts(f"interest:{account.number}:2026-04-10") == [
        ("Customer", "Dr", "10.00"),
        ("Interest receivable", "Cr", "10.00"),
    ]
    position = Position.objects.get()
    assert (position.since, position.debit_accrued) == (date(2026, 4, 11), Decimal("502.5"))
    shown = selectors.explain(account)
    assert (shown.agrees, shown.terms.earning.debit_rate_pct) == (True, Decimal("9.125"))
    accounts.end_overdraft(account=account, reason="Paid back")
    ledger.set_limit(account.number, Money.of("5000", "KES"))
    bank.close(until=MAY)
    spent = [(one.first_day.day, one.agreed_rate_pct, one.debit_due) for one in _periods()]
    assert spent == [(1, None, 1000), (11, Decimal("9.125"), 502), (21, None, 1008)]
    bank.move(account, "1000", value_date=date(2026, 4, 6))
    bank.close()
    late = [(one.first_day.day, one.debit_due) for one in _periods()]
    assert late == [(1, 750), (11, 252), (21, 505)]
    assert bank.ties()


def _periods() -> list[Period]:
    return list(Period.objects.order_by("first_day"))


def test_what_goes_beyond_the_limit_stays_owed(bank: Bank) -> None:
    """Of 30.00 only 10.00 fit under the limit: 20.00 stay receivable and are charged with May's."""
    bank.product("0", debit="18.25")
    account = bank.account(overdraft="2010")
    bank.move(account, "-2000")
    bank.close(until=MAY)
    assert (bank.balance(account), bank.gl("INTEREST_RECEIVABLE")) == ("-2010.00", "-20.00")
    assert Position.objects.get().debit_owed == 2000
    with pytest.raises(InterestOwed):
        services.close_with_settlement(account=account, reason="Moves abroad", key="k")
    bank.move(account, "2010")
    bank.move(account, "500")
    bank.close(until=date(2026, 6, 1))
    assert (bank.balance(account), bank.gl("INTEREST_RECEIVABLE")) == ("480.00", "0.00")
    assert bank.ties()


def test_a_back_dated_deposit_within_the_month(bank: Bank) -> None:
    """On the 11th 10,000.00 come in with value on the 6th: five days more of 1.00 are booked that day."""
    bank.product("3.65")
    account = bank.account("10000")
    bank.close(until=date(2026, 4, 11))
    bank.move(account, "10000", value_date=date(2026, 4, 6))
    bank.close()
    assert t_accounts("interest-accrued:2026-04-11:0:KES") == [
        ("Interest expense", "Dr", "7.00"),
        ("Interest payable", "Cr", "7.00"),
    ]
    assert Position.objects.get().credit_posted == 1700


def test_a_back_dated_deposit_after_the_month_was_paid(bank: Bank) -> None:
    """On 2 May 10,000.00 come in with value on 21 April: ten days of 1.00 were missing in April, less tax.

    The 8.50 have value on 1 May as April's interest had, so May's first day is corrected with them.
    """
    bank.product("3.65")
    account = bank.account("10000")
    bank.close(until=date(2026, 5, 2))
    bank.move(account, "10000", value_date=date(2026, 4, 21))
    version = ledger.balance(account.number).version
    bank.close()
    assert t_accounts(f"interest-corrected:{account.number}:2026-04-30:{version}") == [
        ("Interest expense", "Dr", "10.00"),
        ("Customer", "Cr", "10.00"),
        ("Customer", "Dr", "1.50"),
        ("Withholding tax", "Cr", "1.50"),
    ]
    assert bank.balance(account) == "20034.00"
    period = Period.objects.get()
    assert (period.credit_paid, period.tax_withheld) == (4000, 600)
    assert Position.objects.get().credit_accrued == Decimal("400.68")  # two days of 2.0034
    assert selectors.explain(account).agrees
    bank.close()
    assert bank.balance(account) == "20034.00"
    assert bank.ties()


def test_a_back_dated_withdrawal_takes_interest_back_or_is_owed(bank: Bank) -> None:
    """Half the money was gone since 16 April: 7.50 of interest come back, less 1.12 of tax; with nothing
    left on the account they are owed.
    """
    bank.product("3.65")
    rich, poor = bank.account("10000"), bank.account("10000")
    bank.close(until=date(2026, 5, 2))
    for account in (rich, poor):
        bank.move(account, "-5000", value_date=date(2026, 4, 16))
    bank.move(poor, "-5025.50")
    bank.close()
    assert bank.balance(rich) == "5019.12"
    assert bank.balance(poor) == "0.00"
    owed = {position.account_id: position.debit_owed for position in Position.objects.all()}
    assert owed == {rich.pk: 0, poor.pk: 638}
    assert bank.ties()


def test_closing_settles_and_pays_out(bank: Bank) -> None:
    """Ten days of 1.00, tax 1.50, and the whole balance to another account; then the account is closed."""
    bank.product("3.65")
    bank.product("0", code="OTHER")
    account, other = bank.account("10000"), bank.account(product="OTHER")
    bank.close(until=date(2026, 4, 11))
    settled = services.close_with_settlement(account=account, reason="Moves abroad", key="k", pay_to=other)
    assert (settled.gross.minor, settled.tax.minor) == (1000, 150)
    assert (bank.balance(account), bank.balance(other)) == ("0.00", "10008.50")
    assert Account.objects.get(pk=account.pk).status == "CLOSED"
    assert services.settle(account=account, key="k") == settled
    bank.close(until=date(2026, 4, 13))
    assert bank.gl("INTEREST_PAYABLE") == "0.00"


def test_new_terms_from_the_day_an_account_is_moved(bank: Bank) -> None:
    """Ten days at 3.65 per cent are paid out; from the 11th on 7.30 per cent count."""
    bank.product("3.65")
    account = bank.account("10000")
    bank.close(until=date(2026, 4, 11))
    account.product_version = bank.product("7.30", since=date(2026, 4, 11))
    account.save()
    bank.close()
    assert Period.objects.get().credit_paid == 1000
    assert Position.objects.get().credit_accrued == Decimal("200.17")  # of 10,008.50
    assert selectors.explain(account).agrees
    assert bank.ties()


def test_a_frozen_account_waits_and_is_paid_later(bank: Bank) -> None:
    """Frozen for payments it is credited net of tax; frozen wholly its period stays open until it is not."""
    bank.product("3.65")
    half, whole = bank.account("10000"), bank.account("10000")
    ledger.set_status(half.number, ledger.Status.FROZEN_DEBIT)
    ledger.set_status(whole.number, ledger.Status.FROZEN)
    bank.close(until=MAY)
    assert t_accounts(f"interest:{half.number}:2026-04-30") == [
        ("Interest payable", "Dr", "25.50"),
        ("Customer", "Cr", "25.50"),
        ("Interest payable", "Dr", "4.50"),
        ("Withholding tax", "Cr", "4.50"),
    ]
    assert bank.balance(whole) == "10000.00"
    ledger.set_status(whole.number, ledger.Status.ACTIVE)
    bank.close(until=date(2026, 6, 1))
    assert Period.objects.get(account=whole).credit_paid == 6100
    assert bank.ties()
