"""Seals again, under the newest key, what an older key sealed; in small steps that need no memory.

Every column that is an ``EncryptedTextField`` is found by itself. An app that seals elsewhere,
such as in files, registers a step of its own in its ``apps.ready``.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from django.apps import apps
from django.db import connection, transaction

from bank.runtime import secrets
from bank.runtime.fields import EncryptedTextField

Step: TypeAlias = Callable[[int], int]
"""Seals up to so many again and returns how many it did; 0 when none is left."""

_steps: dict[str, Step] = {}


def register(name: str, step: Step) -> None:
    """Adds a place that is no column; registering a name again replaces it."""
    _steps[name] = step


def steps() -> Iterator[tuple[str, Step]]:
    """Every place where something sealed is kept."""
    for field in _sealed_columns():
        yield f"{field.model._meta.db_table}.{field.column}", _column_step(field)
    yield from _steps.items()


def run(step: Step, *, batch: int) -> Iterator[int]:
    """Does ``step`` until nothing is left, telling after each batch how many there were.

    Stopped halfway it loses nothing: what is done begins with the newest key's name.
    """
    while done := step(batch):
        yield done


def _sealed_columns() -> Iterator[EncryptedTextField]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField) and not model._meta.proxy:
                yield field


def _column_step(field: EncryptedTextField) -> Step:
    def step(limit: int) -> int:
        with transaction.atomic():
            rows = _take_old(field, limit)
            for key, sealed in rows:
                _replace(field, key, sealed)
        return len(rows)

    return step


def _take_old(field: EncryptedTextField, limit: int) -> list[tuple[Any, bytes]]:
    """Rows under an older key, locked, so that a change made meanwhile is not overwritten."""
    table, key, column = _names(field)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {column} FROM {table}"  # noqa: S608
            f" WHERE substring({column} FROM 1 FOR %s) <> %s ORDER BY {key} LIMIT %s FOR UPDATE",
            [secrets.HEADER_BYTES, secrets.newest_header(), limit],
        )
        return [(row[0], bytes(row[1])) for row in cursor.fetchall()]


def _replace(field: EncryptedTextField, key_value: Any, sealed: bytes) -> None:
    plain = secrets.decrypt(sealed, context=field.seal_context)
    table, key, column = _names(field)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {key} = %s",  # noqa: S608
            [secrets.encrypt(plain, context=field.seal_context), key_value],
        )


def _names(field: EncryptedTextField) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    meta = field.model._meta
    return quote(meta.db_table), quote(str(meta.pk.column)), quote(str(field.column))
