"""What every test shares: the embedded database, up before the first test."""

from collections.abc import Iterable

import pytest
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations

from bank.runtime import embedded, services

if services.database_is_embedded():
    embedded.start_database()


@pytest.fixture(autouse=True, scope="session")
def flush_append_only_tables() -> None:
    """Tests that commit are cleaned up after by TRUNCATE, which append-only tables refuse; only then, and
    only in the test database, their triggers sleep."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_past_guards(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    DatabaseOperations.execute_sql_flush = flush_past_guards  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def keep_documents_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests hand in lies in a folder of the run, not among the installation's own documents."""
    settings.DOCUMENTS_DIR = tmp_path_factory.mktemp("documents")
