"""The way into the database functions of ``sql/``: one round trip a call, errors in the bank's words.

A call outside any database transaction that loses to a deadlock or a failover's serialization
error has changed nothing and is repeated; inside one, the caller's whole work must be, so the
caller is told LEDGER_BUSY.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from django.db import DatabaseError, OperationalError, connection

from bank.ledger import errors

_LOST_RACES: Final = frozenset({"40P01", "40001", "55P03"})
_TRIES: Final = 8
_NOT_OPENED: Final = "UB001"

Answer = TypeVar("Answer")


def rows(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    return repeated(lambda: _execute(sql, params))


def row(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...]:
    """The one row of a statement that always has one."""
    return rows(sql, params)[0]


def repeated(work: Callable[[], Answer]) -> Answer:
    """Does ``work``, again when it lost a race and nothing else hangs on it."""
    for attempt in range(_TRIES):
        try:
            return work()
        except OperationalError as error:
            if _sqlstate(error) not in _LOST_RACES:
                raise
            if connection.in_atomic_block or attempt == _TRIES - 1:
                raise errors.LedgerBusy from error
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
    raise AssertionError("unreachable")


def _execute(sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    try:
        with _cursor() as cursor:
            cursor.execute(sql, params or None)
            return cursor.fetchall() if cursor.description else []
    except DatabaseError as error:
        if _sqlstate(error) == _NOT_OPENED:
            raise errors.BooksNotOpened from error
        raise


@contextmanager
def _cursor() -> Iterator[Any]:
    """The connection's cursor: Django's, or, where nobody listens to it, the driver's own, which saves
    a fifth of a posting's time in the client."""
    if connection.queries_logged or connection.execute_wrappers or connection.needs_rollback:
        with connection.cursor() as watched:
            yield watched
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        yield cursor


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.__cause__, "pgcode", None)
