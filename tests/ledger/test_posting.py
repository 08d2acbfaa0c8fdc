"""Entries that are booked: what they do to balances, versions, statements and the trial balance."""

import asyncio
from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bank import ledger
from bank.kernel.money import Money
from bank.ledger import engine
from tests.ledger.book import CASH, FEES, available, booked, kes, opened, paid


def test_a_transfer_moves_money_and_runs_both_balances() -> None:
    opened("A", "B", funds="1000")
    outcome = ledger.post(paid("A", "B", kes("100.50"), key="t1", narrative="rent", reference="R-1"))
    assert (outcome.is_posted, outcome.replayed) == (True, False)
    assert (booked("A"), booked("B")) == ("899.50", "1100.50")
    line = ledger.statement_lines("A")[0]
    assert (line.amount, line.balance_after, line.version) == (kes("-100.50"), kes("899.50"), 2)
    assert (line.narrative, line.reference, line.counter_accounts) == ("rent", "R-1", ("B",))


def test_one_entry_is_one_round_trip(django_assert_num_queries: pytest.FixtureRequest) -> None:
    opened("A", "B", funds=10)
    with django_assert_num_queries(1):  # type: ignore[operator]
        ledger.post(paid("A", "B", kes(1), key="t1"))


def test_a_call_is_planned_once_a_session_unless_sessions_are_shared(settings: LazySettings) -> None:
    opened("A", "B", funds=10)
    with CaptureQueriesContext(connection) as seen:
        ledger.post(paid("A", "B", kes(1), key="t1"))
        settings.DATABASE_SESSIONS_ARE_SHARED = True
        ledger.post(paid("A", "B", kes(1), key="t2"))
    assert [query["sql"].split("(")[0].strip() for query in seen] == [
        "EXECUTE call_ledger_post_one",
        "SELECT ledger_post_one",
    ]
    assert booked("A") == "8.00"


async def _pay_in_a_loop() -> None:
    """With an event loop running, Django's connection is another than the thread's."""
    with transaction.atomic():
        opened("C", "D", funds=10)
        ledger.post(paid("C", "D", kes(1), key="t2"))
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_posting_belongs_to_the_transaction_of_its_own_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the thread's connection has prepared is not used where Django has another for the task."""
    opened("A", "B", funds=10)
    ledger.post(paid("A", "B", kes(1), key="t1"))
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    asyncio.run(_pay_in_a_loop())
    assert (booked("A"), booked("C")) == ("9.00", "9.00")


def test_a_list_is_one_round_trip_whatever_its_length(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    opened("A", "B", funds=1000)
    entries = [paid("A", "B", kes("0.01"), key=f"t{i}") for i in range(2000)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        outcomes = ledger.post(entries)
    assert len(outcomes) == 2000
    assert all(outcome.is_posted for outcome in outcomes)
    assert booked("A") == "980.00"


def test_a_fee_goes_with_the_payment_in_one_entry() -> None:
    opened("A", "B", funds=100)
    legs = (
        ledger.Posting("A", kes("-51.50")),
        ledger.Posting("B", kes(50)),
        ledger.Posting(FEES, kes("1.50")),
    )
    ledger.post(ledger.Entry("t1", legs, "PAYMENT"))
    assert (booked("A"), booked("B"), booked(FEES)) == ("48.50", "150.00", "1.50")


def test_several_legs_on_one_account_each_have_a_version() -> None:
    opened("A", funds=100)
    legs = (ledger.Posting("A", kes(-10)), ledger.Posting("A", kes(4)), ledger.Posting(FEES, kes(6)))
    ledger.post(ledger.Entry("t1", legs, "FEE_WITH_REBATE"))
    lines = ledger.statement_lines("A", limit=2)
    assert [(line.version, line.leg, line.balance_after) for line in lines] == [
        (3, 2, kes(94)),
        (2, 1, kes(90)),
    ]


@pytest.mark.parametrize("currency", ["JPY", "KES", "KWD"])
def test_currencies_of_no_two_and_three_decimals(currency: str) -> None:
    smallest = Money.from_minor(1, currency)
    opened("A", "B", funds=1, currency=currency)
    ledger.post(paid("A", "B", smallest, key="t1"))
    assert ledger.balance("B").booked == Money.of(1, currency) + smallest


def test_an_exchange_goes_through_the_position_accounts() -> None:
    opened("A", funds=13000)
    opened("U", currency="USD")
    dollars = Money.of(100, "USD")
    legs = (
        ledger.Posting("A", kes(-13000)),
        ledger.Posting(ledger.gl("FX_POSITION", "KES"), kes(13000)),
        ledger.Posting(ledger.gl("FX_POSITION", "USD"), -dollars),
        ledger.Posting("U", dollars),
    )
    ledger.post(ledger.Entry("fx", legs, "EXCHANGE"))
    assert ledger.balance("U").booked == dollars
    assert ledger.balance("1200.USD").booked == -dollars
    for currency in ("KES", "USD"):
        lines = [line for line in ledger.trial_balance() if line.currency == currency]
        assert sum(line.debit.minor for line in lines) == sum(line.credit.minor for line in lines)


def test_an_overdraft_lets_the_balance_go_below_zero_and_no_further() -> None:
    opened("A", "B", overdraft=kes(50))
    ledger.post(paid("A", "B", kes(50), key="t1"))
    assert (booked("A"), available("A")) == ("-50.00", "0.00")
    with pytest.raises(ledger.errors.InsufficientFunds):
        ledger.post(paid("A", "B", kes("0.01"), key="t2"))


def test_an_account_without_a_floor_is_not_checked() -> None:
    ledger.open_account(
        code="L", name="Loan", currency="KES", control="1300.KES", kind=ledger.Kind.ASSET, floor=False
    )
    ledger.post(paid("L", CASH, kes(1_000_000), key="t1"))
    found = ledger.balance("L")
    assert (found.booked, found.available) == (kes(-1_000_000), None)


def test_value_dates_may_lie_in_the_past() -> None:
    opened("A", "B", funds=10)
    day = ledger.business_date()
    ledger.post(paid("A", "B", kes(1), key="t1", value_date=day - timedelta(days=40)))
    line = ledger.statement_lines("A")[0]
    assert (line.booking_date, line.value_date) == (day, day - timedelta(days=40))


def test_a_refusal_leaves_the_callers_database_transaction_usable() -> None:
    opened("A", "B", funds=10)
    with pytest.raises(ledger.errors.InsufficientFunds):
        ledger.post(paid("A", "B", kes(11), key="t1"))
    assert ledger.post(paid("A", "B", kes(10), key="t1")).is_posted


def test_a_refusal_tells_what_was_missing() -> None:
    opened("A", "B", funds=10)
    with pytest.raises(ledger.errors.InsufficientFunds) as raised:
        ledger.post(paid("A", "B", kes("10.01"), key="t1"))
    assert raised.value.params["available"] == kes(10)
    assert raised.value.params["needed"] == kes("10.01")
    assert "10" not in raised.value.message


def test_entries_are_found_by_id_key_and_reference() -> None:
    opened("A", "B", funds=10)
    meta = {"channel": "API", "note": "quote ' \" \\ and é"}
    outcome = ledger.post(paid("A", "B", kes(1), key="k'\"\\1", reference="REF-1", meta=meta))
    assert outcome.entry_id is not None
    entry = ledger.entry(outcome.entry_id)
    assert entry == ledger.entry_by_key("k'\"\\1") == ledger.entries_by_reference("REF-1")[0]
    assert (entry.meta, entry.postings) == (meta, paid("A", "B", kes(1), key="").postings)
    assert ledger.entry_by_key("never") is None
    assert ledger.entries_by_reference("") == []
    with pytest.raises(ledger.errors.UnknownEntry):
        ledger.entry(10**12)


def test_texts_come_back_as_they_were_given() -> None:
    opened("A", "B", funds=10)
    odd = 'tab\t newline\n back\\slash "quotes" {braces} NULL \\N , 😀 ümlaut'
    ledger.post(paid("A", "B", kes(1), key=f"1{odd}", narrative=odd))
    ledger.post([paid("A", "B", kes(1), key=f"2{odd}", narrative=odd)])
    ledger.post(e for e in [paid("A", "B", kes(1), key=f"3{odd}", narrative=odd)])
    assert [line.narrative for line in ledger.statement_lines("A", limit=3)] == [odd] * 3
    assert ledger.entry_by_key(f"3{odd}") is not None


def test_summed_accounts_take_no_lock_and_keep_no_balance_row() -> None:
    opened("A", funds=10)
    ledger.post(paid("A", FEES, kes(1), key="t1"))
    (rows,) = engine.row(
        "SELECT count(*) FROM ledger_balance b JOIN ledger_account a ON a.id = account_id WHERE a.code = %s",
        (FEES,),
    )
    assert rows == 0
    assert ledger.statement_lines(FEES)[0].balance_after is None


def test_a_long_entry_of_thousands_of_legs() -> None:
    payees = [f"P{i}" for i in range(40)]
    opened("A", funds=5000)
    opened(*payees)
    legs = [ledger.Posting("A", kes(-4000))] + [ledger.Posting(payees[i % 40], kes(1)) for i in range(4000)]
    outcome = ledger.post(ledger.Entry("payroll", tuple(legs), "PAYROLL"))
    assert outcome.entry_id is not None
    assert (booked("A"), booked("P7")) == ("1000.00", "100.00")
    ledger.reverse(entry_id=outcome.entry_id, key="undo")
    assert (booked("A"), booked("P7")) == ("5000.00", "0.00")
    with pytest.raises(ledger.errors.InsufficientFunds):
        ledger.post(
            ledger.Entry(
                "again",
                (ledger.Posting("A", kes(-9000)), *legs[1:], ledger.Posting("P1", kes(5000))),
                "PAYROLL",
            )
        )


def test_no_booking_date_is_the_business_date() -> None:
    opened("A", "B", funds=10)
    day = ledger.business_date()
    assert ledger.post(paid("A", "B", kes(1), key="t1", booking_date=day)).booking_date == day
    assert ledger.post(paid("A", "B", kes(1), key="t2")).booking_date == day
    assert isinstance(day, date)
