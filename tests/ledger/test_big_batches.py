"""Batches of several thousands are taken in a thousand at a time while they come in: what is decided of them
is what is decided of a small one, wherever the borders fall."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from bank import ledger
from bank.ledger import engine
from tests.ledger.book import CASH, booked, everything, kes, opened, paid, refused

MANY = 2100
CENT = kes("0.01")


def payments(count: int = MANY, start: int = 1) -> Iterator[ledger.Entry]:
    return (paid("A", "B", CENT, key=f"p{n}") for n in range(start, start + count))


def test_a_key_that_comes_again_beyond_a_border_is_answered_as_the_first_time() -> None:
    opened("A", "B", funds=100)
    entries = [*payments()]
    entries[1500] = entries[10]
    entries[2001] = paid("A", "B", kes(1), key="p20")
    before = everything()
    with refused("IDEMPOTENCY_CONFLICT") as caught:
        ledger.post(iter(entries))
    assert (caught[0].params["position"], everything()) == (2001, before)
    outcomes = ledger.post(iter(entries), outcome="EACH")
    assert [n for n, one in enumerate(outcomes) if one.replayed] == [1500, 2001]
    assert (outcomes[1500].entry_id, list(outcomes.refused)) == (outcomes[10].entry_id, [2001])
    assert booked("B") == "120.98"
    again = ledger.post(iter(entries), outcome="EACH")
    assert (list(again.ids[:2001]), all(one.replayed for one in again)) == (list(outcomes.ids[:2001]), True)
    assert booked("B") == "120.98"


def test_a_refusal_of_the_last_undoes_all_and_the_money_may_run_out_in_the_middle() -> None:
    opened("A", "B", funds=15)
    with refused("INSUFFICIENT_FUNDS") as caught:
        ledger.post(payments())
    assert caught[0].params["position"] == 1500
    with refused("UNKNOWN_ACCOUNT") as caught:
        ledger.post([*payments(1400), paid("A", "NOBODY", CENT, key="x")])
    assert caught[0].params["position"] == 1400
    mixed = [*payments(1600), paid("B", "A", kes(1), key="back"), *payments(500, 1601)]
    outcomes = ledger.post(iter(mixed), outcome="EACH")
    assert list(outcomes.refused) == [*range(1500, 1600), *range(1701, 2101)]
    assert (booked("A"), booked("B")) == ("0.00", "30.00")


def test_what_is_malformed_stays_behind_wherever_it_stands() -> None:
    opened("A", "B", funds=100)
    entries = [*payments()]
    for place in (0, 998, 999, 1000, 2099):
        entries[place] = ledger.Entry(f"bad{place}", (), "T")
    outcomes = ledger.post(iter(entries), outcome="EACH")
    assert (list(outcomes.refused), len(outcomes)) == ([0, 998, 999, 1000, 2099], MANY)
    assert (booked("B"), ledger.entry(outcomes.ids[1001]).postings[1].account) == ("120.95", "B")


def test_accounts_of_all_kinds_dates_and_a_reversal_far_apart() -> None:
    opened("A", "B", funds=100)
    opened("U", currency="USD", funds=100)
    first = ledger.post(paid("A", "B", kes(1), key="first"))
    odd = {
        5: ledger.Entry(
            "fx",
            (
                *paid("A", "1001.KES", kes(5), key="").postings,
                *paid("1001.USD", "U", ledger.balance("U").booked, key="").postings,
            ),
            "FX",
        ),
        1100: paid("A", "4001.KES", kes(2), key="fee", value_date=ledger.business_date()),
        1200: paid("A", "U", kes(2), key="other currency"),
        2000: ledger.Entry(
            "undo", paid("B", "A", kes(1), key="").postings[::-1], "REVERSAL", reverses=first.entry_id
        ),
        2050: paid("A", "B", kes(1), key="dated", booking_date=ledger.business_date()),
    }
    entries = [odd.get(n, one) for n, one in enumerate(payments())]
    outcomes = ledger.post(iter(entries), outcome="EACH")
    assert [(n, one.code) for n, one in outcomes.refused.items()] == [(1200, "CURRENCY_MISMATCH")]
    assert (booked("A"), booked("B"), booked("U")) == ("71.05", "121.95", "200.00")


def test_what_is_said_is_the_same_through_each_door_whatever_signs_it_has() -> None:
    """A key that was used by itself is answered in a stream and in a list, for the content is the same."""
    opened("A", "B", funds=100)
    words = [
        "",
        "plain",
        "a\tb",
        "back\\slash",
        "\\N",
        "\\.",
        'a "quote"',
        "line\r\nline",
        "Wanjikũ",
        "{a,b}",
        "\x7f",
    ]
    entries = [
        *(paid("A", "B", CENT, key=f"{n}\\{word}", narrative=word) for n, word in enumerate(words)),
        paid("A", "B", CENT, key="meta", meta={"a\tb": ["\\", '"', None]}),
        paid("A", "B", CENT, key="valued", value_date=ledger.business_date(), reference="r\t1"),
        ledger.Entry(
            "three",
            (*paid("A", "B", CENT, key="").postings, *paid("A", "4001.KES", CENT, key="").postings),
            "T",
        ),
    ]
    alone = [ledger.post(entry) for entry in entries[::2]]
    streamed = ledger.post(iter(entries))
    listed = ledger.post(entries)
    assert list(streamed.ids[::2]) == [one.entry_id for one in alone]
    assert list(listed.ids) == list(streamed.ids)
    assert [one.replayed for one in streamed] == [n % 2 == 0 for n in range(len(entries))]
    assert [ledger.entry(n).narrative for n in streamed.ids[: len(words)]] == words
    assert booked("B") == f"100.{len(entries):02}"


def test_numbers_that_come_out_of_order_are_booked_in_their_order() -> None:
    """By plain SQL: the engine makes nothing of the order in which it is told."""
    opened("A", funds=1)
    opened("B")
    engine.row("SELECT ledger_open_intake()")
    engine.rows(
        "INSERT INTO ledger_intake"
        " (n, key, digest, code, narrative, reference, final, accounts, currencies, amounts)"
        " SELECT n, 'q' || n, gen_random_uuid(), 'T', '', '', false,"
        " CASE WHEN n = 1 THEN ARRAY['B', 'A'] WHEN n = 1500 THEN ARRAY[%s, 'B'] ELSE ARRAY['A', 'B'] END,"
        " ARRAY['KES', 'KES'], CASE WHEN n = 1500 THEN ARRAY[-5, 5] ELSE ARRAY[-1, 1] END"
        " FROM generate_series(2100, 1, -1) n",
        (CASH,),
    )
    (refusals,) = engine.row("SELECT refused FROM ledger_post_intake(true, now())")
    assert (refusals[:2], len(refusals)) == ([1, 102], 1999)
    assert (booked("A"), booked("B")) == ("0.00", "1.05")


@pytest.mark.django_db(transaction=True)
def test_big_batches_and_single_posts_never_wait_for_one_another_in_a_circle() -> None:
    """Two batches over the same accounts in opposite orders, single transfers across them meanwhile."""
    names = [f"C{n}" for n in range(40)]
    opened(*names, funds=100)
    failures: list[BaseException] = []

    def batch(name: str, order: list[str]) -> None:
        ledger.post(paid(order[n % 40], order[(n + 1) % 40], CENT, key=f"{name}{n}") for n in range(1200))

    def singles() -> None:
        for n in range(60):
            ledger.post(paid(names[-n % 40], names[(7 * n + 1) % 40], CENT, key=f"s{n}"))

    def guarded(work: object, *args: object) -> None:
        try:
            work(*args)  # type: ignore[operator]
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    jobs = [(batch, "up", names), (batch, "down", names[::-1]), (singles,)]
    threads = [threading.Thread(target=guarded, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with transaction.atomic():
        assert engine.row("SELECT count(*) FROM ledger_entry WHERE code = 'TRANSFER'") == (2460,)
