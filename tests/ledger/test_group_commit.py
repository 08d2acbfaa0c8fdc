"""Group commit: callers at once share a database transaction; each has the outcome it would have alone."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from bank import ledger
from bank.ledger import engine, grouping, wire
from bank.ledger.grouping import _Call as Call
from bank.ledger.grouping import _line as line
from tests.ledger.book import CASH, FEES, booked, kes, opened, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def four_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine under load is no reason to go alone."""
    monkeypatch.setattr(grouping, "_PATIENCE_S", 20.0)
    opened("A", "B", "C", "D", funds=100)


@pytest.fixture
def patient_batches() -> Iterator[None]:
    """Batches wait for locks as long as it takes: where two wait for one another, that comes to light."""
    engine.rows("ALTER FUNCTION ledger_post_each SET lock_timeout = '20s'")
    yield
    engine.rows("ALTER FUNCTION ledger_post_each SET lock_timeout = '50ms'")


@contextmanager
def refusing(condition: str) -> Iterator[None]:
    """The database has something of its own against certain entries."""
    engine.rows(f"ALTER TABLE ledger_entry ADD CONSTRAINT planted CHECK ({condition}) NOT VALID")
    try:
        yield
    finally:
        engine.rows("ALTER TABLE ledger_entry DROP CONSTRAINT planted")


def posted(entry: ledger.Entry) -> ledger.Outcome:
    """By a thread that is connected, as those of a server are after their first request."""
    connection.ensure_connection()
    try:
        return ledger.post(entry)
    finally:
        connection.close()


@contextmanager
def somebody_leads() -> Iterator[None]:
    """Who comes meanwhile stands in line."""
    leader = Call("")
    line._queue(leader)
    assert leader.leads
    line._waiting.remove(leader)
    yield
    line._leave(leader)


@contextmanager
def in_line(*entries: ledger.Entry) -> Iterator[list["Future[ledger.Outcome]"]]:
    """Each entry posted by a thread of its own, all in line, in this order, before the first is served. What
    comes of them is there at the end of the block."""
    with ThreadPoolExecutor(len(entries)) as pool:
        with somebody_leads():
            futures = []
            for entry in entries:
                futures.append(pool.submit(posted, entry))
                wait_until(lambda: len(line._waiting) + sum(f.done() for f in futures) == len(futures))
        yield futures


def together(*entries: ledger.Entry) -> list[ledger.Outcome | Exception]:
    with in_line(*entries) as futures:
        pass
    assert (line._is_led, line._waiting) == (False, [])
    return [future.exception() or future.result() for future in futures]  # type: ignore[misc]


def wait_until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.001)


def said(came: ledger.Outcome | Exception) -> str:
    if isinstance(came, ledger.Outcome):
        kept = f" {came.refusal.code}" if came.refusal else ""
        return ("again" if came.replayed else "first") + kept
    return getattr(came, "code", type(came).__name__)


def transactions(*keys: str) -> int:
    """In how many database transactions the entries under these keys were booked."""
    return engine.row(
        "SELECT count(DISTINCT e.commit_order) FROM ledger_entry e JOIN ledger_claim c USING (id)"
        " WHERE c.key = ANY (%s)",
        (list(keys),),
    )[0]


def test_callers_at_once_share_a_database_transaction() -> None:
    entries = [paid("AB"[n % 2], "BA"[n % 2], kes(1 + n), key=f"k{n}", narrative='"\\{,') for n in range(6)]
    outcomes = together(*entries)
    assert [said(outcome) for outcome in outcomes] == ["first"] * 6
    assert transactions(*(entry.key for entry in entries)) == 1
    found = [ledger.entry(outcome.entry_id) for outcome in outcomes]  # type: ignore[union-attr,arg-type]
    assert [one.postings[1].amount for one in found] == [kes(1 + n) for n in range(6)]
    assert (booked("A"), booked("B")) == ("103.00", "97.00")
    assert [said(outcome) for outcome in together(*entries)] == ["again"] * 6
    assert booked("A") == "103.00"


def test_each_has_the_outcome_it_would_have_alone() -> None:
    earlier = ledger.post(paid("A", "B", kes(1), key="earlier"))
    opened("X")
    ledger.set_status("X", ledger.Status.CLOSED)
    ledger.set_status("D", ledger.Status.FROZEN_DEBIT)
    legs = (ledger.Posting("A", kes(-5)), ledger.Posting("A", kes(2)), ledger.Posting(FEES, kes(3)))
    outcomes = together(
        paid("A", "B", kes(40), key="good"),
        paid("A", "B", kes(60), key="what is left is not enough"),
        paid("A", "X", kes(1), key="closed"),
        paid("A", "nowhere", kes(1), key="unknown"),
        paid("D", "A", kes(1), key="frozen"),
        paid("A", "B", kes(2), key="earlier"),
        paid("A", "B", kes(1), key="earlier"),
        paid("C", "D", kes(70), key="twice"),
        paid("C", "D", kes(70), key="twice"),
        paid("C", "D", kes(71), key="twice"),
        paid("C", "B", kes(31), key="refused, then fitting"),
        paid("C", "B", kes(30), key="refused, then fitting"),
        ledger.Entry("several legs on one", legs, "FEE_WITH_REBATE"),
        ledger.Entry("unbalanced", legs[:2], "FEE_WITH_REBATE"),
        paid("A", CASH, kes(7), key="to a summed account"),
    )
    assert [said(outcome) for outcome in outcomes] == [
        *("first", "INSUFFICIENT_FUNDS", "ACCOUNT_CLOSED", "UNKNOWN_ACCOUNT", "ACCOUNT_FROZEN"),
        *("IDEMPOTENCY_CONFLICT", "again", "first", "again", "IDEMPOTENCY_CONFLICT"),
        *("INSUFFICIENT_FUNDS", "first", "first", "UNBALANCED_ENTRY", "first"),
    ]
    short, again, twice = outcomes[1], outcomes[6], outcomes[7:9]
    assert isinstance(short, ledger.errors.InsufficientFunds)
    assert (short.params["available"], short.params["needed"]) == (kes(59), kes(60))
    assert isinstance(again, ledger.Outcome)
    assert again.entry_id == earlier.entry_id
    assert len({outcome.entry_id for outcome in twice}) == 1  # type: ignore[union-attr]
    assert [booked(code) for code in "ABCD"] == ["49.00", "171.00", "0.00", "170.00"]
    assert transactions("good", "twice", "refused, then fitting", "several legs on one") == 1
    assert not ledger.post(paid("A", "B", kes(9), key="what is left is not enough")).replayed


def test_a_refusal_to_be_kept_is_kept() -> None:
    orders = [
        wire.record((*wire.fields(paid("A", "B", kes(amount), key=key)), "2026-01-01 00:00+00", "t"))
        for key, amount in (("k1", 1000), ("k2", 1))
    ]
    calls = [Call(order) for order in orders]
    grouping._book(calls)
    assert [call.answer and call.answer[3] for call in calls] == ["INSUFFICIENT_FUNDS", None]
    kept = ledger.post(paid("A", "B", kes(1000), key="k1"), outcome="EACH")
    assert (said(kept), kept.entry_id) == ("again INSUFFICIENT_FUNDS", None)


def test_what_the_database_has_against_one_touches_no_other() -> None:
    with refusing("narrative <> 'planted'"):
        outcomes = together(
            paid("A", "B", kes(1), key="k1"),
            paid("A", "B", kes(2), key="k2", narrative="planted"),
            paid("A", "C", kes(4), key="k3"),
        )
    assert [said(outcome) for outcome in outcomes] == ["first", "IntegrityError", "first"]
    assert (booked("A"), transactions("k1", "k2", "k3")) == ("95.00", 2)


def test_who_must_wait_for_a_lock_is_not_waited_for() -> None:
    entries = [
        paid("A", "B", kes(1), key="k1"),
        paid("C", "D", kes(1), key="k2"),
        paid("D", "B", kes(1), key="k3"),
    ]
    with ExitStack() as held:
        held.enter_context(transaction.atomic())
        engine.rows("SELECT FROM ledger_balance WHERE code = 'C' FOR UPDATE")
        with in_line(*entries) as futures:
            assert [futures[0].result(20).is_posted, futures[2].result(20).is_posted] == [True, True]
            assert not futures[1].done()
            held.close()
    assert futures[1].result().is_posted
    assert transactions("k1", "k2", "k3") == 3


def test_who_waits_too_long_in_line_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_PATIENCE_S", 0.01)
    with somebody_leads():
        assert posted(paid("A", "B", kes(1), key="k1")).is_posted
        assert line._waiting == []


def test_where_the_connection_is_lost_each_is_told_and_repeats() -> None:
    engine.rows(
        "CREATE OR REPLACE FUNCTION planted_end() RETURNS boolean LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT pg_terminate_backend(pg_backend_pid()) AND pg_sleep(20) IS NOT NULL'"
    )
    entries = [paid("A", "B", kes(1), key=f"k{n}", narrative="end" if n == 2 else "") for n in range(4)]
    with refusing("narrative <> 'end' OR planted_end()"):
        outcomes = together(*entries)
    engine.rows("DROP FUNCTION planted_end()")
    assert all(isinstance(outcome, DatabaseError | OperationalError) for outcome in outcomes)
    assert (booked("A"), transactions("k0", "k1", "k2", "k3")) == ("100.00", 0)
    assert [said(outcome) for outcome in together(*entries)] == ["first"] * 4
    assert booked("A") == "96.00"


def test_where_a_leader_is_broken_off_the_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(*_arguments: object) -> None:
        raise SystemExit

    monkeypatch.setattr(engine, "call_once", broken_off)
    monkeypatch.setattr(grouping, "post_alone", broken_off)
    calls = [Call("first"), Call("second")]
    with somebody_leads():
        line._waiting += calls
    assert calls[0].leads
    with pytest.raises(SystemExit):
        line._lead(calls[0])
    line._leave(calls[0])
    assert isinstance(calls[1].error, OperationalError)
    assert (calls[1].woken.acquire(blocking=False), calls[1].leads) == (True, True)
    line._leave(calls[1])
    assert (line._is_led, line._waiting) == (False, [])


def test_what_is_not_a_transaction_of_its_own_stays_with_its_caller() -> None:
    entry = paid("A", "B", kes(1), key="k1")
    with somebody_leads():
        with transaction.atomic():
            assert ledger.post(entry).is_posted
            transaction.set_rollback(True)
        assert booked("A") == "100.00"
        with CaptureQueriesContext(connection) as seen:
            first = ledger.post(entry)
        assert (len(seen), first.replayed) == (1, False)
        assert first.entry_id
        assert ledger.reverse(entry_id=first.entry_id, key="k2").is_posted
        hold = ledger.place_hold(key="h", account="A", amount=kes(5))
        taken = replace(paid("A", "B", kes(5), key="k3"), captures=hold.hold_id)
        assert ledger.post(taken).is_posted


@pytest.mark.usefixtures("patient_batches")
def test_two_leaders_never_wait_for_one_another() -> None:
    def book(turn: int, step: int) -> list[Call]:
        pairs = ["AB", "BC", "CD", "DA"][::step]
        entries = [paid(*pair[::step], kes(1), key=f"{turn}:{step}:{pair}") for pair in pairs]
        entries += [paid("A", "D", kes(1), key=f"{turn}:shared:{n}") for n in range(3)][::step]
        calls = [Call(wire.record((*wire.fields(e), "2026-01-01 00:00+00", "f"))) for e in entries]
        grouping._book(calls)
        return calls

    def book_all(step: int) -> list[Call]:
        try:
            return [call for turn in range(20) for call in book(turn, step)]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as leaders:
        calls = [call for found in leaders.map(book_all, (1, -1)) for call in found]
    assert [call.error for call in calls if call.error or not call.answer] == []
    assert [call.answer[2] for call in calls if call.answer].count("t") == 20 * 3
    assert booked("A") == "40.00"
    assert booked("D") == "160.00"


def test_a_forked_process_begins_with_an_empty_line() -> None:
    with somebody_leads():
        child = os.fork()
        if child == 0:
            os._exit(line._is_led or len(line._waiting))
        assert os.waitpid(child, 0)[1] == 0
