"""Reversals: the contra entry, at most once."""

from datetime import timedelta

import pytest

from bank import ledger
from tests.ledger.book import booked, kes, opened, paid, refused


@pytest.fixture
def entry_id() -> int:
    opened("A", "B", funds=100)
    value_date = ledger.business_date() - timedelta(days=3)
    outcome = ledger.post(paid("A", "B", kes(40), key="t", narrative="rent", value_date=value_date))
    assert outcome.entry_id is not None
    return outcome.entry_id


def test_a_reversal_puts_everything_back_with_the_original_value_date(entry_id: int) -> None:
    outcome = ledger.reverse(entry_id=entry_id, key="r", reference="R-1")
    assert outcome.entry_id is not None
    assert (booked("A"), booked("B")) == ("100.00", "100.00")
    contra, original = ledger.entry(outcome.entry_id), ledger.entry(entry_id)
    assert (contra.reverses, original.reversed_by) == (entry_id, outcome.entry_id)
    assert contra.value_date == original.value_date
    assert contra.narrative == "Reversal of rent"
    assert [-p.amount for p in contra.postings] == [p.amount for p in original.postings]


def test_the_same_key_reverses_once_and_another_is_refused(entry_id: int) -> None:
    first = ledger.reverse(entry_id=entry_id, key="r")
    again = ledger.reverse(entry_id=entry_id, key="r")
    assert (again.entry_id, again.replayed) == (first.entry_id, True)
    with refused("ALREADY_REVERSED"):
        ledger.reverse(entry_id=entry_id, key="r2")


def test_a_reversal_is_not_reversed(entry_id: int) -> None:
    contra = ledger.reverse(entry_id=entry_id, key="r").entry_id
    assert contra is not None
    with refused("REVERSAL_OF_REVERSAL"):
        ledger.reverse(entry_id=contra, key="r2")
    with refused("UNKNOWN_ENTRY"):
        ledger.reverse(entry_id=10**12, key="r3")


@pytest.mark.parametrize("batch", [False, True])
def test_only_the_contra_entry_is_a_reversal(entry_id: int, batch: bool) -> None:
    for wrong in (
        paid("B", "A", kes(39), key="w", reverses=entry_id),
        paid("A", "B", kes(40), key="w", reverses=entry_id),
    ):
        with refused("NOT_THE_REVERSAL"):
            ledger.post([wrong] if batch else wrong)
    assert ledger.entry(entry_id).reversed_by is None
    assert (booked("A"), booked("B")) == ("60.00", "140.00")


def test_a_reversal_needs_the_money_and_a_movable_account(entry_id: int) -> None:
    ledger.post(paid("B", "A", kes(130), key="spent"))
    with refused("INSUFFICIENT_FUNDS"):
        ledger.reverse(entry_id=entry_id, key="r")
    ledger.post(paid("A", "B", kes(130), key="back"))
    ledger.set_status("B", ledger.Status.FROZEN)
    with refused("ACCOUNT_FROZEN"):
        ledger.reverse(entry_id=entry_id, key="r")
    ledger.set_status("B", ledger.Status.ACTIVE)
    assert ledger.reverse(entry_id=entry_id, key="r").is_posted
