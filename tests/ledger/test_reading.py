"""Reads: as of any day and instant, on both axes, statement pages, the trial balance, the business date."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from bank import ledger
from bank.kernel.money import Money
from tests.ledger.book import CASH, FEES, booked, kes, opened, paid, refused

MONDAY = date(2026, 3, 2)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def week() -> list[date]:
    """Five days; on each, A pays B the number of the day, and on the last a fee with value on the first."""
    days = [MONDAY + timedelta(days=i) for i in range(5)]
    with time_machine.travel(noon(MONDAY) - timedelta(hours=4), tick=False):
        ledger.open_books(on=MONDAY)
        opened("A", "B", funds=100)
    for number, day in enumerate(days, start=1):
        with time_machine.travel(noon(day), tick=False):
            if number > 1:
                ledger.roll_business_date(to=day)
            ledger.post(paid("A", "B", kes(number), key=f"t{number}"))
            if number == 3:
                ledger.place_hold(key="h", account="A", amount=kes(50))
    with time_machine.travel(noon(days[-1]) + timedelta(hours=1), tick=False):
        ledger.post(paid("A", FEES, kes(10), key="fee", value_date=MONDAY))
    return days


@pytest.mark.parametrize("sealed", [False, True])
def test_balances_as_of_a_day_by_booking_and_by_value_date(week: list[date], sealed: bool) -> None:
    if sealed:
        ledger.seal()
    by_booking = [str(ledger.balance("A", on=day).booked.amount) for day in week]
    by_value = [str(ledger.balance("A", on=day, by="VALUE").booked.amount) for day in week]
    assert by_booking == ["99.00", "97.00", "94.00", "90.00", "75.00"]
    assert by_value == ["89.00", "87.00", "84.00", "80.00", "75.00"]
    assert ledger.balance("A", on=MONDAY - timedelta(days=1)).booked == kes(0)
    assert [str(ledger.balance(FEES, on=day).booked.amount) for day in week] == ["0.00"] * 4 + ["10.00"]
    assert ledger.balance("2001.KES", on=week[3]).booked == kes(200)
    assert ledger.balance("2001.KES", on=week[4]).booked == kes(190)


def test_balances_at_an_instant(week: list[date]) -> None:
    def at(code: str, moment: datetime) -> str:
        return str(ledger.balance(code, at=moment).booked.amount)

    assert at("A", noon(week[1]) - timedelta(seconds=1)) == "99.00"
    assert at("A", noon(week[1])) == "97.00"
    assert at("A", noon(week[4]) + timedelta(minutes=59)) == "85.00"
    assert at("A", noon(week[4]) + timedelta(hours=1)) == "75.00"
    assert at("A", datetime(2020, 1, 1, tzinfo=UTC)) == "0.00"
    assert at(FEES, noon(week[4]) + timedelta(minutes=59)) == "0.00"
    assert at(FEES, noon(week[4]) + timedelta(hours=1)) == "10.00"
    assert at(CASH, noon(week[2])) == "-200.00"
    assert at("2001.KES", noon(week[2])) == "200.00"


def test_held_available_and_status_as_of_then(week: list[date]) -> None:
    assert ledger.balance("A", on=week[1]).held == kes(0)
    then = ledger.balance("A", on=week[2])
    assert (then.held, then.available) == (kes(50), kes(44))
    ledger.set_status("A", ledger.Status.FROZEN)
    assert ledger.balance("A").status is ledger.Status.FROZEN
    assert ledger.balance("A", on=week[2]).status is ledger.Status.ACTIVE


@pytest.mark.parametrize("sealed", [False, True])
def test_the_trial_balance_is_zero_on_every_day_and_axis(week: list[date], sealed: bool) -> None:
    if sealed:
        ledger.seal()
    for day in [*week, None]:
        for axis in ("BOOKING", "VALUE"):
            lines = ledger.trial_balance(on=day, by=axis)  # type: ignore[arg-type]
            assert sum(line.debit.minor - line.credit.minor for line in lines) == 0
    shown = {line.account: line.credit - line.debit for line in ledger.trial_balance(on=week[4])}
    assert shown == {CASH: kes(-200), "2001.KES": kes(190), FEES: kes(10)}
    assert FEES not in {line.account for line in ledger.trial_balance(on=week[3])}


@pytest.mark.parametrize("code", ["A", FEES, CASH])
def test_statement_pages_follow_one_another(week: list[date], code: str) -> None:
    whole = ledger.statement_lines(code, limit=1000)
    pages: list[ledger.StatementLine] = []
    before = None
    while page := ledger.statement_lines(code, before=before, limit=2):
        pages += page
        before = page[-1].version
    assert pages == whole


def test_statement_periods_include_both_days(week: list[date]) -> None:
    def amounts(code: str, first: date | None, last: date | None) -> list[str]:
        lines = ledger.statement_lines(code, from_date=first, to_date=last)
        return [str(line.amount.amount) for line in lines]

    assert amounts("A", week[1], week[2]) == ["-3.00", "-2.00"]
    assert amounts("A", week[4], None) == ["-10.00", "-5.00"]
    assert amounts("A", None, week[0]) == ["-1.00", "100.00"]
    assert amounts("A", None, week[0] - timedelta(days=1)) == []
    assert amounts(CASH, week[0], week[0]) == ["-100.00", "-100.00"]
    assert amounts(CASH, week[1], week[4]) == []
    assert amounts(FEES, week[4], week[4]) == ["10.00"]
    assert ledger.statement_lines("NOBODY") == []


def test_balances_of_many_accounts_in_one_query(week: list[date], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = ledger.balances(["A", "B", FEES, "NOBODY"])
    assert {code: str(balance.booked.amount) for code, balance in found.items()} == {
        "A": "75.00",
        "B": "115.00",
        FEES: "10.00",
    }
    with pytest.raises(ledger.errors.UnknownAccount):
        ledger.balance("NOBODY")
    with pytest.raises(ledger.errors.UnknownAccount):
        ledger.balance("NOBODY", on=week[0])


def test_the_business_date_only_moves_forward_and_closes_what_is_behind(week: list[date]) -> None:
    assert ledger.business_date() == week[-1]
    with refused("BUSINESS_DATE_BACKWARDS"):
        ledger.roll_business_date(to=week[-1])
    with refused("BUSINESS_DATE_BACKWARDS"):
        ledger.open_books(on=week[0])
    assert ledger.roll_business_date() == week[-1] + timedelta(days=1)
    with refused("BOOKING_DATE_CLOSED"):
        ledger.post(paid("A", "B", kes(1), key="late", booking_date=week[-1]))


def test_the_chart_is_seeded_in_every_currency_and_seeding_again_changes_nothing() -> None:
    before = ledger.trial_balance(), ledger.business_date()
    ledger.seed_chart()
    assert (ledger.trial_balance(), ledger.business_date()) == before
    assert ledger.gl("FEE_INCOME", "JPY") == "4001.JPY"
    assert ledger.balance("4001.JPY").booked == Money.of(0, "JPY")
    assert booked(CASH) == "0.00"


@pytest.mark.parametrize("sealed", [False, True])
def test_a_summed_account_may_come_to_more_than_64_bits(sealed: bool) -> None:
    """A hundred times the largest posting is 10**19 minor units; a bigint ends at 9.2 * 10**18."""
    most = Money.from_minor(10**17, "KES")
    ledger.post([paid(CASH, FEES, most, key=f"most{n}") for n in range(100)])
    if sealed:
        ledger.seal()
    total, today = Money.from_minor(10**19, "KES"), ledger.business_date()
    for found in (
        ledger.balance(FEES),
        ledger.balance(FEES, on=today),
        ledger.balance(FEES, on=today, by="VALUE"),
        ledger.balance(FEES, at=datetime.now(UTC) + timedelta(hours=1)),
    ):
        assert found.booked == total
    lines = {line.account: line for line in ledger.trial_balance()}
    assert (lines[FEES].credit, lines[CASH].debit) == (total, total)
