"""A new database is migrated the short way: it must have what the models say, and nothing else."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, Model

pytestmark = pytest.mark.django_db

_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relnamespace = current_schema()::regnamespace
"""
_REFERENCES = """
    SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    WHERE c.contype = 'f'
"""
_INDEXES = "SELECT tablename, indexname FROM pg_indexes WHERE schemaname = current_schema()"
_CONSTRAINTS = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conrelid > 0"


def found(sql: str) -> set[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return set(cursor.fetchall())


def models() -> list[type[Model]]:
    return [one for one in apps.get_models(include_auto_created=True) if one._meta.managed]


def columns() -> Iterator[tuple[str, Field]]:
    for model in models():
        for field in model._meta.local_concrete_fields:
            if field.db_type(connection) is not None:
                yield model._meta.db_table, field


def test_every_column_is_there_and_no_other() -> None:
    ours = {model._meta.db_table for model in models()}
    there = {(table, column, empty) for table, column, _type, empty in found(_COLUMNS) if table in ours}
    assert there == {(table, field.column, not field.null) for table, field in columns()}


def test_every_reference_is_held() -> None:
    expected = {
        (table, field.column, field.related_model._meta.db_table)
        for table, field in columns()
        if isinstance(field, ForeignKey) and field.db_constraint
    }
    assert expected <= found(_REFERENCES)


def test_a_reference_has_the_type_of_what_it_refers_to() -> None:
    types = {(table, column): kind for table, column, kind, _ in found(_COLUMNS)}
    assert [
        (table, column, other)
        for table, column, other in found(_REFERENCES)
        if types[table, column] not in {kind for (name, _), kind in types.items() if name == other}
    ] == []


def test_every_index_and_constraint_is_there() -> None:
    named = {
        (model._meta.db_table, one.name)
        for model in models()
        for one in (*model._meta.indexes, *model._meta.constraints)
    }
    assert named <= found(_INDEXES) | found(_CONSTRAINTS)
