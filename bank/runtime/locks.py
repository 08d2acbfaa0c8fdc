"""Named locks that die with the database transaction that took them."""

import hashlib

from django.db import connection


def hold_until_commit(name: str) -> None:
    """Waits for the advisory lock ``name``; it is released when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])


def hold_within(group: str, name: str) -> None:
    """Waits for ``name`` as ``hold_until_commit`` does, and for whoever holds the whole ``group``, which
    those within it share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_number(group)])
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_number(name)])


def try_until_commit(name: str) -> bool:
    """Takes the lock if it is free; tells whether it did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(name)])
        row = cursor.fetchone()
    return bool(row and row[0])


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
