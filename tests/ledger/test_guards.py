"""What the database refuses by itself, whoever connects: here somebody with plain SQL and every right."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from bank import ledger
from bank.ledger import engine
from tests.ledger.book import everything, kes, opened, paid


@pytest.fixture(autouse=True)
def some_book() -> None:
    opened("A", "B", funds=100)
    opened("U", currency="USD")
    outcome = ledger.post(paid("A", "B", kes(10), key="t"))
    ledger.post(paid("B", "A", kes(10), key="back"))
    ledger.post(paid("A", "B", kes(1000), key="refused"), outcome="EACH")
    hold = ledger.place_hold(key="h", account="A", amount=kes(5))
    ledger.release_hold(hold_id=hold.hold_id)
    ledger.set_limit("B", kes(1))
    ledger.seal()
    assert outcome.is_posted


@contextmanager
def database_refuses(*kinds: type[DatabaseError]) -> Iterator[None]:
    before = everything()
    with pytest.raises(kinds or DatabaseError), transaction.atomic():
        yield
    assert everything() == before


def run(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)


APPEND_ONLY = (
    *("ledger_entry", "ledger_posting", "ledger_block", "ledger_seal"),
    *("ledger_refusal", "ledger_hold_event", "ledger_account_change"),
)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET {} = {}"])
def test_the_past_is_not_changed(table: str, change: str) -> None:
    column = engine.row(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 LIMIT 1", (table,)
    )[0]
    with database_refuses():
        run(change.format(table, column, column))


@pytest.mark.parametrize("table", ["ledger_account", "ledger_balance", "ledger_hold", "ledger_claim"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_the_past_rests_on_is_kept(table: str, change: str) -> None:
    with database_refuses():
        run(change.format(table))


@pytest.mark.parametrize(
    "change",
    [
        "currency = 'USD'",
        "code = 'Z'",
        "guarded = false",
        "kind = 'ASSET'",
        "exponent = 3",
        "control_id = NULL",
    ],
)
def test_an_account_stays_what_it_is(change: str) -> None:
    with database_refuses():
        run(f"UPDATE ledger_account SET {change} WHERE code = 'A'")


def test_a_key_is_not_given_away() -> None:
    with database_refuses():
        run("UPDATE ledger_claim SET key = 'other' WHERE key = 't'")


@pytest.mark.parametrize("change", ["booked = -1", "held = 10001", "overdraft = -1", "held = -1"])
def test_no_balance_goes_below_its_floor(change: str) -> None:
    with database_refuses(IntegrityError):
        run(
            f"UPDATE ledger_balance SET {change} FROM ledger_account a"
            " WHERE a.id = account_id AND a.code = 'A'"
        )


def add(legs: int, *postings: tuple[str, int]) -> None:
    """An entry written past the engine: the journal's row, then all its postings in one statement."""
    day = ledger.business_date()
    (entry,) = engine.row(
        "INSERT INTO ledger_claim (key, digest) VALUES ('raw', gen_random_uuid()) RETURNING id"
    )
    run(
        "INSERT INTO ledger_entry (id, code, booking_date, value_date, booked_at, narrative, reference, legs)"
        " VALUES (%s, 'RAW', %s, %s, now(), '', '', %s)",
        *(entry, day, day, legs),
    )
    run(
        "INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount)"
        " SELECT %s, l.leg, coalesce(a.id, 0), %s << 20 | l.leg, l.amount"
        " FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY AS l (code, amount, leg)"
        " LEFT JOIN ledger_account a ON a.code = l.code",
        *(entry, entry, [code for code, _ in postings], [amount for _, amount in postings]),
    )


def test_a_balanced_entry_of_summed_accounts_may_be_written_by_hand() -> None:
    add(2, ("1001.KES", -5), ("4001.KES", 5))


@pytest.mark.parametrize(
    ("legs", "postings"),
    [
        (2, [("1001.KES", -5), ("4001.KES", 6)]),
        (2, [("1001.KES", -5), ("4001.USD", 5)]),
        (4, [("1001.KES", -5), ("4001.USD", 5), ("1001.USD", -6), ("4001.KES", 6)]),
        (3, [("1001.KES", -5), ("4001.KES", 5)]),
        (1, [("1001.KES", -5), ("4001.KES", 5)]),
        (2, [("1001.KES", -5), ("nobody", 5)]),
        (2, [("1001.KES", -5), ("2001.KES", 5)]),
        (2, [("1001.KES", -5), ("A", 5)]),
        (2, [("A", -500), ("B", 500)]),
        (2, [("1001.KES", 0), ("4001.KES", 0)]),
    ],
    ids=[
        "unbalanced",
        "mixed",
        "crossed",
        "one short",
        "one over",
        "unknown",
        "control",
        "guarded",
        "floor",
        "zero",
    ],
)
def test_entries_that_do_not_fit_are_refused(legs: int, postings: list[tuple[str, int]]) -> None:
    with database_refuses():
        add(legs, *postings)


def test_an_entry_takes_no_further_postings() -> None:
    with database_refuses():
        run(
            "INSERT INTO ledger_posting (entry_id, leg, account_id, version, amount)"
            " SELECT e.id, l.leg, a.id, e.id << 20 | l.leg, l.amount FROM ledger_entry e, ledger_account a,"
            " (VALUES (3, -5), (4, 5)) l (leg, amount) WHERE e.code = 'TRANSFER' AND a.code = '4001.KES'"
        )


def test_an_entry_is_reversed_once_by_anybody() -> None:
    entry = ledger.entry_by_key("t")
    assert entry is not None
    ledger.reverse(entry_id=entry.id, key="r")
    with database_refuses(IntegrityError):
        run(
            "INSERT INTO ledger_entry (id, code, booking_date, value_date, booked_at, narrative, reference,"
            " legs, reverses_id) VALUES (0, 'RAW', now(), now(), now(), '', '', 2, %s)",
            entry.id,
        )


def test_there_is_one_business_date() -> None:
    with database_refuses(IntegrityError):
        run("INSERT INTO ledger_business_day (date, opened_at, last_claim) VALUES ('2030-01-01', now(), 0)")


def test_an_entry_has_its_postings_when_its_database_transaction_ends() -> None:
    day = ledger.business_date()
    head = (
        "INSERT INTO ledger_entry (id, code, booking_date, value_date, booked_at, narrative, reference, legs)"
        " VALUES (0, 'RAW', %s, %s, now(), '', '', 2)"
    )
    with database_refuses():
        run(head, day, day)
        run("SET CONSTRAINTS ALL IMMEDIATE")


ORDER = (
    "SELECT ledger_post_one(ROW('raw', gen_random_uuid(), 'RAW', NULL, NULL, '', '', NULL, NULL, NULL, false,"
    " %s, %s, %s, now(), %s)::ledger_order)"
)
BATCH = (
    "SELECT ledger_post_many('{1}', '{raw}', ARRAY[gen_random_uuid()], '{RAW}', '{NULL}', '{NULL}', '{\"\"}',"
    " '{\"\"}', '{NULL}', '{NULL}', '{NULL}', '{f}', ARRAY[%s], ARRAY[%s], ARRAY[%s], %s, now())"
)


@pytest.mark.parametrize(
    ("accounts", "currencies", "amounts"),
    [
        ("{A,B}", "{KES,KES}", "{-5,6}"),
        ("{A,B}", "{KES,KES}", "{0,0}"),
        ("{A}", "{KES}", "{5}"),
        ("{}", "{}", "{}"),
        ("{A,B,4001.KES}", "{KES,KES,KES}", "{-5,4,2}"),
        ("{A,B,4001.KES}", "{KES,KES,KES}", "{-5,5,0}"),
        ("{A,U}", "{KES,USD}", "{-5,5}"),
        ("{A,A}", "{KES,KES}", "{-5,6}"),
        ("{A,B}", "{KES}", "{-5,5}"),
        ("{A,B}", "{KES,KES}", "{-5,NULL}"),
        ("{A,B}", "{NULL,NULL}", "{-5,5}"),
        ("{A,U}", "{NULL,NULL}", "{-5,5}"),
        ("{A,B,A,U}", "{KES,KES,NULL,NULL}", "{-5,5,-5,5}"),
    ],
)
def test_the_engine_refuses_what_does_not_balance_whoever_asks(
    accounts: str, currencies: str, amounts: str
) -> None:
    """Our own client never sends it; somebody with plain SQL may."""
    for way in (ORDER, BATCH):
        for each in (False, True):
            with database_refuses():
                run(way, accounts, currencies, amounts, each)


@pytest.mark.parametrize(
    "said",
    [
        "'A', 'B', 'KES', 0, NULL, NULL, NULL",
        "'A', 'B', NULL, -5, NULL, NULL, NULL",
        "'A', 'B', 'KES', NULL, NULL, NULL, NULL",
        "'A', 'B', 'KES', -9223372036854775808, NULL, NULL, NULL",
        "'A', 'B', 'KES', 5, '{A,B}', '{KES,KES}', '{-5,5}'",
        "'A', 'B', 'KES', 5, '{A,B,4001.KES}', '{KES,KES,KES}', '{-5,4,1}'",
    ],
)
def test_what_is_no_pair_is_not_taken_for_one(said: str) -> None:
    """Laid out by somebody with plain SQL: nothing is booked of it."""
    with database_refuses():
        run("SELECT ledger_open_intake()")
        run(
            "INSERT INTO ledger_intake (n, key, digest, code, narrative, reference, final,"
            " first, second, currency, moved, accounts, currencies, amounts)"
            f" VALUES (1, 'raw', gen_random_uuid(), 'RAW', '', '', false, {said})"
        )
        run("SELECT ledger_post_intake(true, now())")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("NULL, 'B', 'KES', -5", "UNKNOWN_ACCOUNT"),
        ("'A', 'U', 'KES', -5", "CURRENCY_MISMATCH"),
        ("'A', '2001.KES', 'KES', -5", "CONTROL_ACCOUNT"),
        ("'A', 'B', 'KES', -4000000000000000000", "BALANCE_OUT_OF_RANGE"),
    ],
)
def test_a_pair_that_cannot_be_booked_is_told_why(said: str, why: str) -> None:
    run("SELECT ledger_open_intake()")
    run(
        "INSERT INTO ledger_intake"
        " (n, key, digest, code, narrative, reference, final, first, second, currency, moved)"
        f" VALUES (1, 'raw', gen_random_uuid(), 'RAW', '', '', false, {said})"
    )
    assert engine.row("SELECT refusals FROM ledger_post_intake(true, now())") == ([why],)


def test_only_the_engine_itself_is_not_checked_twice() -> None:
    """Nobody can sign in as its role; where that could not be made, nobody is excepted."""
    roles = engine.rows(
        "SELECT r.rolcanlogin OR r.rolsuper FROM pg_roles r WHERE r.rolname = 'bank_ledger_engine'"
    )
    assert roles in ([(False,)], [])
    excepted = engine.rows(
        "SELECT count(*) FROM pg_proc p WHERE p.proname LIKE 'ledger\\_%%' AND p.prosecdef"
        " AND has_function_privilege('public', p.oid, 'EXECUTE')"
    )
    assert not roles or excepted == [(0,)]


def test_the_engine_takes_no_intake_but_its_own() -> None:
    """Else somebody could lay out legs for it that no entry has."""
    if not engine.rows("SELECT 1 FROM pg_roles WHERE rolname = 'bank_ledger_engine'"):
        pytest.skip("the role could not be made here")
    with database_refuses():
        run("CREATE TEMPORARY TABLE ledger_intake_forged (n int)")
        ledger.post([paid("A", "B", kes(1), key="forged")])
