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
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connection, connections

from bank.ledger import errors

_LOST_RACES: Final = frozenset({"40P01", "40001", "55P03"})
_TRIES: Final = 8
_NOT_OPENED: Final = "UB001"

_prepared: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""By session of the driver, the functions it has a prepared call of."""

Answer = TypeVar("Answer")


def rows(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement."""
    return repeated(lambda: _execute(sql, params))


def row(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...]:
    """The one row of a statement that always has one."""
    return rows(sql, params)[0]


def call(function: str, argument_type: str, argument: str) -> Any:
    """What a function of one argument answers, by a call that is planned once a session: a tenth of a
    posting's time. A pooler that lends sessions by the transaction cannot keep such calls
    (``DATABASE_SESSIONS_ARE_SHARED``).
    """
    if settings.DATABASE_SESSIONS_ARE_SHARED:
        return row(f"SELECT {function}(%s::{argument_type})", (argument,))[0]
    return repeated(lambda: _execute_prepared(function, argument_type, argument))[0][0]


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


def _execute_prepared(function: str, argument_type: str, argument: str) -> list[tuple[Any, ...]]:
    """Preparing is no part of a database transaction: it outlives one that is rolled back."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    known = _prepared.setdefault(wrapper.connection, set())
    if function not in known:
        with wrapper.wrap_database_errors, wrapper.connection.cursor() as cursor:
            cursor.execute(f"PREPARE call_{function} ({argument_type}) AS SELECT {function}($1)")
        known.add(function)
    return _execute(f"EXECUTE call_{function} (%s)", (argument,))


@contextmanager
def _cursor() -> Iterator[Any]:
    """The connection's cursor: Django's, or, where nobody listens to it, the driver's own, which saves
    a fifth of a posting's time in the client."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    if wrapper.queries_logged or wrapper.execute_wrappers or wrapper.needs_rollback:
        with wrapper.cursor() as watched:
            yield watched
        return
    wrapper.ensure_connection()
    with wrapper.wrap_database_errors, wrapper.connection.cursor() as cursor:
        yield cursor


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.__cause__, "pgcode", None)
