"""The way into the database functions of ``sql/``: one round trip a call, errors in the bank's words.

A call outside any database transaction that loses to a deadlock or a failover's serialization
error has changed nothing and is repeated; inside one, the caller's whole work must be, so the
caller is told LEDGER_BUSY.
"""

import random
import time
from asyncio import _get_running_loop
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connection, connections

from bank.ledger import errors

_LOST_RACES: Final = frozenset({"40P01", "40001", "55P03"})
_TRIES: Final = 8
_NOT_OPENED: Final = "UB001"

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _AtHand:
    """What the next call of a connection needs: the driver's session, a cursor, and the functions the session
    has a prepared call of. To find them anew costs more than the call."""

    session: Any
    cursor: Any
    prepared: set[str] = field(default_factory=set)


_at_hand: Final[WeakKeyDictionary[Any, _AtHand]] = WeakKeyDictionary()
"""By Django's connection. Not by thread: one that runs an event loop has a connection for each task, and a
posting belongs into the transaction of its own."""


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
    return repeated(lambda: call_once(function, argument_type, argument))


def stands_alone() -> bool:
    """Whether a call now would be a database transaction of its own, in a session of its own, that nobody
    listens to: then it may as well go with others."""
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    return not (
        wrapper.in_atomic_block
        or wrapper.connection is None
        or not wrapper.autocommit
        or _is_watched(wrapper)
        or settings.DATABASE_SESSIONS_ARE_SHARED
        or _get_running_loop() is not None
    )


def is_connected() -> bool:
    """Whether the connection has outlived an error."""
    session: Any = connections[DEFAULT_DB_ALIAS].connection
    return session is not None and not session.closed


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


def call_once(function: str, argument_type: str, argument: str) -> Any:
    """The call itself, whatever race it loses."""
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    ready = _at_hand.get(wrapper)
    if ready is None or wrapper.connection is not ready.session or function not in ready.prepared:
        ready = _prepare(wrapper, function, argument_type)
    if _is_watched(wrapper):
        return _execute(f"EXECUTE call_{function} (%s)", (argument,))[0][0]
    try:
        ready.cursor.execute(f"EXECUTE call_{function} (%s)", (argument,))
        return ready.cursor.fetchone()[0]
    except wrapper.Database.Error as error:
        _raise_as_djangos(wrapper, error)


def _prepare(wrapper: Any, function: str, argument_type: str) -> _AtHand:
    """Preparing is no part of a database transaction: it outlives one that is rolled back."""
    wrapper.ensure_connection()
    ready = _at_hand.get(wrapper)
    if ready is None or wrapper.connection is not ready.session:
        ready = _at_hand[wrapper] = _AtHand(wrapper.connection, wrapper.connection.cursor())
    with wrapper.wrap_database_errors:
        ready.cursor.execute(f"PREPARE call_{function} ({argument_type}) AS SELECT {function}($1)")
    ready.prepared.add(function)
    return ready


def _raise_as_djangos(wrapper: Any, error: Exception) -> NoReturn:
    try:
        with wrapper.wrap_database_errors:
            raise error
    except DatabaseError as translated:
        if _sqlstate(translated) == _NOT_OPENED:
            raise errors.BooksNotOpened from translated
        raise


def _is_watched(wrapper: Any) -> bool:
    """Whether somebody listens to Django's cursor, or it would refuse."""
    return bool(wrapper.queries_logged or wrapper.execute_wrappers or wrapper.needs_rollback)


@contextmanager
def _cursor() -> Iterator[Any]:
    """The connection's cursor: Django's, or, where nobody listens to it, the driver's own, which saves
    a fifth of a posting's time in the client."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    if _is_watched(wrapper):
        with wrapper.cursor() as watched:
            yield watched
        return
    wrapper.ensure_connection()
    with wrapper.wrap_database_errors, wrapper.connection.cursor() as cursor:
        yield cursor


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.__cause__, "pgcode", None)
