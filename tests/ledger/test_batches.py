"""Batches: one outcome for all or one for each, as if posted one after the other."""

import random
import tracemalloc
from collections.abc import Iterator

import pytest
from django.db import transaction

from bank import ledger
from bank.ledger import engine
from tests.ledger.book import booked, everything, kes, opened, paid, refused


def test_all_or_nothing_names_the_entry_that_spoils_it() -> None:
    opened("A", "B", funds=100)
    with refused("INSUFFICIENT_FUNDS") as caught:
        ledger.post([paid("A", "B", kes(60), key="1"), paid("A", "B", kes(60), key="2")])
    assert caught[0].params["position"] == 1


def test_each_rejects_what_would_fail_one_after_another() -> None:
    opened("A", funds=100)
    opened("B", "C")
    entries = [
        paid("B", "C", kes(10), key="1"),  # nothing there yet
        paid("A", "B", kes(60), key="2"),
        paid("A", "B", kes(60), key="3"),  # no longer there
        paid("B", "C", kes(60), key="4"),  # just arrived
        paid("A", "C", kes(40), key="5"),
        paid("A", "NOBODY", kes(1), key="6"),
        ledger.Entry("7", (), "T"),
        paid("C", "A", kes(100), key="8"),
    ]
    outcomes = ledger.post(entries, outcome="EACH")
    assert [o.is_posted for o in outcomes] == [False, True, False, True, True, False, False, True]
    assert (booked("A"), booked("B"), booked("C")) == ("100.00", "0.00", "0.00")
    assert list(outcomes.refused) == [0, 2, 5, 6]
    assert outcomes[5].refusal is not None
    assert outcomes[5].refusal.params["position"] == 5
    assert outcomes[-1].entry_id == outcomes[7].entry_id
    assert [o.is_posted for o in outcomes[1:4]] == [True, False, True]
    with pytest.raises(IndexError):
        outcomes[8]


def random_entries(count: int, seed: int) -> list[ledger.Entry]:
    """Transfers among few accounts, many of which must fail, some with a key used before."""
    rng = random.Random(seed)
    names = ["A", "B", "C", "D", "E", "FROZEN", "NODEBIT", "NOBODY"]
    entries: list[ledger.Entry] = []
    for number in range(count):
        if entries and rng.random() < 0.1:
            entries.append(rng.choice(entries))
            continue
        debit, credit = rng.choices(names, weights=[9, 9, 9, 9, 9, 1, 2, 1], k=2)
        amount = kes(rng.choice([1, 5, 20, 90]))
        if debit != credit and rng.random() < 0.9:
            legs = paid(debit, credit, amount, key="").postings
        else:
            legs = (
                *paid(debit, "4001.KES", amount, key="").postings,
                *paid(credit, debit, kes(3), key="").postings,
            )
        entries.append(ledger.Entry(f"r{number if rng.random() < 0.97 else 0}", legs, "T"))
    return entries


def prepare() -> None:
    opened("A", "B", "C", funds=60)
    opened("D", "E", "FROZEN", "NODEBIT")
    ledger.set_status("FROZEN", ledger.Status.FROZEN)
    ledger.set_status("NODEBIT", ledger.Status.FROZEN_DEBIT)


@pytest.mark.parametrize("seed", range(4))
def test_a_batch_is_what_its_entries_are_one_after_the_other(seed: int) -> None:
    """The same entries by themselves and in one batch: the same outcomes, the same balances."""
    prepare()
    entries = random_entries(160, seed)
    point = transaction.savepoint()
    alone = [ledger.post(entry, outcome="EACH") for entry in entries]
    balances = [row[1:] for row in everything()[:-5]]
    transaction.savepoint_rollback(point)
    together = ledger.post(iter(entries) if seed % 2 else entries, outcome="EACH")
    assert [(o.replayed, o.refusal and o.refusal.code) for o in together] == [
        (o.replayed, o.refusal and o.refusal.code) for o in alone
    ]
    assert [row[1:] for row in everything()[:-5]] == balances


@pytest.mark.parametrize("seed", range(3))
def test_all_or_nothing_is_nothing_when_one_fails(seed: int) -> None:
    prepare()
    before = everything()
    with pytest.raises(ledger.errors.LedgerError):
        ledger.post(random_entries(200, seed))
    assert everything() == before


def test_many_batches_in_one_database_transaction() -> None:
    opened("A", "B", funds=100)
    for number in range(5):
        ledger.post([paid("A", "B", kes(1), key=f"{number}:{i}") for i in range(10)])
    assert booked("B") == "150.00"


def test_an_empty_batch() -> None:
    assert list(ledger.post([])) == []
    assert list(ledger.post(iter([]))) == []


def test_a_stream_takes_no_memory() -> None:
    opened("A", "B", funds=100)

    def stream(count: int, start: int) -> Iterator[ledger.Entry]:
        return (paid("A", "B", kes("0.01"), key=f"s{start + i}") for i in range(count))

    def peak(count: int, start: int) -> int:
        tracemalloc.start()
        assert len(ledger.post(stream(count, start))) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10, 0)
    assert peak(4000, 1000) < peak(500, 10_000) + 600_000


def test_captures_and_reversals_in_a_batch() -> None:
    opened("A", "B", funds=100)
    first = ledger.post(paid("A", "B", kes(10), key="1"))
    hold = ledger.place_hold(key="h", account="A", amount=kes(50)).hold_id
    undo = ledger.Entry(
        "2", paid("B", "A", kes(10), key="").postings[::-1], "REVERSAL", reverses=first.entry_id
    )
    capture = ledger.Entry("3", paid("A", "2100.KES", kes(30), key="").postings, "CLEARING", captures=hold)
    over = ledger.Entry("4", paid("A", "2100.KES", kes(30), key="").postings, "CLEARING", captures=hold)
    outcomes = ledger.post(
        [undo, capture, over, ledger.Entry("5", undo.postings, "X", reverses=first.entry_id)], outcome="EACH"
    )
    assert [o.refusal and o.refusal.code for o in outcomes] == [
        None,
        None,
        "HOLD_EXCEEDED",
        "ALREADY_REVERSED",
    ]
    assert (booked("A"), ledger.balance("A").held) == ("70.00", kes(20))


def test_the_intake_is_empty_after_a_batch_that_failed() -> None:
    opened("A", "B", funds=100)
    with pytest.raises(ledger.errors.InsufficientFunds):
        ledger.post([paid("A", "B", kes(101), key="1")])
    ledger.post([paid("A", "B", kes(1), key="2")])
    assert engine.row("SELECT count(*) FROM ledger_entry WHERE code = 'TRANSFER'") == (1,)
