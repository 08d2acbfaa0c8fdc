"""Proving the whole book, for ``manage.py ledger_verify``, the staff's page and every test."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from bank.kernel import clock
from bank.ledger import checks, engine
from bank.ledger.checks import Check


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that was made, how long it took, and the first fault it found, if any."""

    check: str
    seconds: float
    fault: str | None


def prove(
    *, only: Sequence[Check] = checks.ALL, each: Callable[[Finding], None] = lambda _: None
) -> Finding | None:
    """Checks the book as it stood at one instant; stops at, and answers with, the first fault.

    Reads only. While it runs the bank goes on: outside a database transaction of the caller all
    checks see one snapshot, so that what is posted meanwhile disturbs none of them.
    """
    with _one_snapshot():
        for check in only:
            started = time.perf_counter()
            found = engine.rows(check.sql)
            finding = Finding(check.name, time.perf_counter() - started, found[0][0] if found else None)
            each(finding)
            if finding.fault:
                return finding
    return None


def prove_and_record(*, each: Callable[[Finding], None] = lambda _: None) -> Finding | None:
    """Proves the book and keeps when, how much and what was found, for staff to see."""
    started_at = clock.now()
    entries, postings = size()
    finding = prove(each=each)
    engine.rows(
        "INSERT INTO ledger_proof (started_at, finished_at, entries, postings, fault)"
        " VALUES (%s, %s, %s, %s, %s)",
        (started_at, clock.now(), entries, postings, f"{finding.check}: {finding.fault}" if finding else ""),
    )
    return finding


def size() -> tuple[int, int]:
    """How many entries and postings the journal has."""
    entries, postings = engine.row(
        "SELECT (SELECT count(*) FROM ledger_entry), (SELECT count(*) FROM ledger_posting)"
    )
    return entries, postings


def assert_book_balances() -> None:
    """Raises AssertionError naming the first fault of the book. Quick on an empty or small one."""
    if engine.row("SELECT EXISTS (SELECT FROM ledger_claim) OR EXISTS (SELECT FROM ledger_posting)")[0]:
        finding = prove()
        assert finding is None, f"{finding.check}: {finding.fault}"


@contextmanager
def _one_snapshot() -> Iterator[None]:
    if connection.in_atomic_block:
        with _whole_tables():
            yield
        return
    with transaction.atomic():
        engine.rows("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with _whole_tables():
            yield


@contextmanager
def _whole_tables() -> Iterator[None]:
    """Every check reads whole tables: statistics that lag behind a bulk load must not tell the planner
    to loop over one of them for each row of another."""
    engine.rows("SET LOCAL enable_nestloop = off")
    engine.rows("SET LOCAL work_mem = '64MB'")
    yield
    engine.rows("SET LOCAL enable_nestloop TO DEFAULT")
    engine.rows("SET LOCAL work_mem TO DEFAULT")
