"""The hash chain: complete, in order of commit, and repeatable."""

import threading

import pytest
from django.db import connection, transaction

from bank import ledger
from bank.ledger import engine, sealing
from tests.ledger.book import kes, opened, paid


@pytest.mark.django_db(transaction=True)
def test_blocks_follow_the_postings_and_are_not_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BLOCK", 3)
    opened("A", "B", funds=100)
    ledger.post([paid("A", "B", kes(1), key=f"b{i}") for i in range(5)])
    assert ledger.seal_state().behind == 7
    assert (ledger.seal(), ledger.seal()) == (7, 0)
    state = ledger.seal_state()
    assert (state.blocks, state.behind, state.oldest_unsealed_at) == (3, 0, None)
    ledger.post(paid("A", "B", kes(1), key="last"))
    assert ledger.seal_state().behind == 1
    assert ledger.seal() == 1
    links = engine.rows("SELECT number, previous, hash, entries FROM ledger_block ORDER BY number")
    assert [bytes(link[1]) for link in links[1:]] == [bytes(link[2]) for link in links[:-1]]
    assert [link[3] for link in links] == [3, 3, 1, 1]


@pytest.mark.django_db(transaction=True)
def test_turnover_is_rolled_up_once_per_account_control_and_day() -> None:
    opened("A", "B", funds=100)
    ledger.post(paid("A", "B", kes(30), key="t"))
    ledger.seal()
    found = engine.rows(
        "SELECT a.code, t.debits, t.credits, t.postings FROM ledger_day_total t"
        " JOIN ledger_account a ON a.id = t.account_id ORDER BY a.code"
    )
    assert found == [
        ("1001.KES", 20000, 0, 2),
        ("2001.KES", 3000, 23000, 4),
        ("A", 3000, 10000, 2),
        ("B", 0, 13000, 2),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_turns_up_late_is_sealed_in_a_later_block() -> None:
    opened("A", "B", funds=100)
    posted, commit = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            ledger.post(paid("1001.KES", "4001.KES", kes(1), key="late"))
            posted.set()
            commit.wait(10)
        connection.close()

    worker = threading.Thread(target=late)
    worker.start()
    assert posted.wait(10)
    ledger.post(paid("A", "B", kes(1), key="early"))
    assert ledger.seal() == 3
    assert ledger.seal_state().behind == 0
    commit.set()
    worker.join()
    assert ledger.seal_state().behind == 1
    assert ledger.balance("4001.KES").booked == kes(1)
    assert (ledger.seal(), ledger.seal()) == (1, 0)
    late_entry, early_entry = ledger.entry_by_key("late"), ledger.entry_by_key("early")
    assert late_entry
    assert early_entry
    assert late_entry.id < early_entry.id
    assert engine.rows("SELECT block_id FROM ledger_seal WHERE entry_id = %s", (late_entry.id,)) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_a_book_restored_into_a_younger_cluster_is_sealed_on() -> None:
    """Commit orders start again there: what was sealed stays, what was not and what is new follow."""
    opened("A", "B", funds=100)
    ledger.seal()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE ledger_block SET next_order = '9000000000'")
        cursor.execute("UPDATE ledger_entry SET commit_order = (8999999000 + id)::text::xid8")
        cursor.execute("RESET session_replication_role")
    ledger.post(paid("A", "B", kes(1), key="t"))
    assert ledger.balance("1001.KES").booked == kes(-200)
    assert ledger.seal_state().behind == 1
    assert (ledger.seal(), ledger.seal()) == (1, 0)
    ledger.post(paid("A", "B", kes(1), key="u"))
    assert ledger.seal() == 1
