"""What tests put in place without working it out again is what the seeds put in place."""

import pytest
from django.db import connection, transaction

from tests.conftest import SEEDS
from tests.remembered import Remembered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("module", "name", "tables"), SEEDS, ids=[name for _module, name, _tables in SEEDS])
def test_a_seed_written_back_is_the_seed(module: object, name: str, tables: list[str]) -> None:
    remembered: Remembered = getattr(module, name)
    told, found = [], []
    for _n in range(2):
        with transaction.atomic():
            with connection.cursor() as cursor:
                for table in reversed(tables):
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL; DELETE FROM {table}")
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
            before = set(remembered.known)
            remembered()
            told.append(set(remembered.known) - before)
            found.append(remembered._found())
            transaction.set_rollback(True)
    assert any(found[0])
    assert (found[0], told[1]) == (found[1], set())
