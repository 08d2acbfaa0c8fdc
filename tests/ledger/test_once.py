"""A key happens once: replays, conflicts, refusals that leave no key and refusals that are kept."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bank import ledger
from tests.ledger.book import booked, kes, opened, paid, refused


@pytest.fixture(autouse=True)
def accounts() -> None:
    opened("A", "B", funds=100)


def test_the_same_content_answers_with_the_first_result() -> None:
    entry = paid("A", "B", kes(1), key="k", meta={"b": 1, "a": 2})
    first = ledger.post(entry)
    again = ledger.post(replace(entry, meta={"a": 2, "b": 1}))
    assert (again.entry_id, again.booking_date, again.replayed) == (first.entry_id, first.booking_date, True)
    assert booked("A") == "99.00"


@pytest.mark.parametrize(
    "change",
    [
        {"postings": paid("A", "B", kes(2), key="").postings},
        {"postings": paid("B", "A", kes(1), key="").postings},
        {"postings": paid("A", "B", kes(1), key="").postings[::-1]},
        {"code": "OTHER"},
        {"narrative": "other"},
        {"reference": "other"},
        {"meta": {"a": 1}},
        {"value_date": ledger.business_date},
        {"booking_date": ledger.business_date},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_content_is_a_conflict(change: dict[str, object]) -> None:
    entry = paid("A", "B", kes(1), key="k")
    ledger.post(entry)
    change = {name: value() if callable(value) else value for name, value in change.items()}
    for way in (lambda e: ledger.post(e), lambda e: ledger.post([e])):
        with refused("IDEMPOTENCY_CONFLICT"):
            way(replace(entry, **change))  # type: ignore[arg-type]


def test_a_replay_after_the_close_of_business_answers_with_the_first_result() -> None:
    entry = paid("A", "B", kes(1), key="k")
    first = ledger.post(entry)
    ledger.roll_business_date()
    assert ledger.post(entry).entry_id == first.entry_id
    assert ledger.post([entry])[0].booking_date == first.booking_date
    assert first.booking_date == ledger.business_date() - timedelta(days=1)


def test_a_failed_attempt_leaves_no_key_behind() -> None:
    with refused("INSUFFICIENT_FUNDS"):
        ledger.post(paid("A", "B", kes(101), key="k"))
    assert not ledger.post(paid("A", "B", kes(1), key="k")).replayed


def test_a_refusal_with_an_outcome_of_its_own_is_kept_and_answered_again() -> None:
    too_much = paid("A", "B", kes(101), key="k")
    first = ledger.post([too_much], outcome="EACH")[0]
    assert isinstance(first.refusal, ledger.errors.InsufficientFunds)
    ledger.post(paid("B", "A", kes(50), key="more"))
    again = ledger.post([too_much], outcome="EACH")[0]
    assert (again.replayed, again.refusal and again.refusal.code) == (True, "INSUFFICIENT_FUNDS")
    with refused("INSUFFICIENT_FUNDS"):
        ledger.post(too_much)
    with refused("IDEMPOTENCY_CONFLICT"):
        ledger.post(replace(too_much, code="OTHER"))
    single = ledger.post(paid("A", "B", kes(1000), key="single"), outcome="EACH")
    assert (
        single.is_posted,
        ledger.post(paid("A", "B", kes(1000), key="single"), outcome="EACH").replayed,
    ) == (
        False,
        True,
    )


def test_keys_that_come_twice_in_a_batch_are_answered_as_the_first_time() -> None:
    good, bad = paid("A", "B", kes(1), key="good"), paid("A", "B", kes(101), key="bad")
    outcomes = ledger.post([good, bad, good, bad, replace(good, narrative="x")], outcome="EACH")
    assert [o.refusal and o.refusal.code for o in outcomes] == [
        None,
        "INSUFFICIENT_FUNDS",
        None,
        "INSUFFICIENT_FUNDS",
        "IDEMPOTENCY_CONFLICT",
    ]
    assert [o.replayed for o in outcomes] == [False, False, True, True, True]
    assert outcomes[0].entry_id == outcomes[2].entry_id
    assert booked("A") == "99.00"


def test_a_batch_again_changes_nothing() -> None:
    entries = [paid("A", "B", kes(1), key=f"k{i}") for i in range(50)]
    first = ledger.post(entries)
    again = ledger.post(entries)
    assert [o.entry_id for o in again] == [o.entry_id for o in first]
    assert all(o.replayed for o in again)
    mixed = ledger.post([*entries[:2], paid("A", "B", kes(1), key="new")])
    assert [o.replayed for o in mixed] == [True, True, False]
    assert booked("A") == "49.00"
