"""A database connection beside the work in progress, for what must outlive its rollback.

A wrong code that rolled its own count back could be guessed without end, and a refusal that
took its trace with it would never have happened. Refusals are rare, so the connection is
opened for the purpose and closed at once: nothing is pooled, nothing left behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def connection_aside() -> Iterator[BaseDatabaseWrapper]:
    """A connection that commits on its own; the ordinary one where no database transaction is open."""
    if not connection.in_atomic_block:
        yield connections[DEFAULT_DB_ALIAS]
        return
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        yield own
    finally:
        own.close()
