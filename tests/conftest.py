"""What every test shares: the embedded database, up before the first test."""

from collections.abc import Iterable, Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from bank.ledger import proof
from bank.runtime import embedded, services
from tests import migrated

if services.database_is_embedded():
    embedded.start_database()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each process copies one migrated database instead of migrating its own."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated.database()


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


WITH_THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.fixture(autouse=True)
def proven_book(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that had the database, the books balance. Tests of planted faults override this."""
    if not (WITH_THE_DATABASE & set(request.fixturenames) or request.node.get_closest_marker("django_db")):
        yield
        return
    request.getfixturevalue("db")
    yield
    if not _broken():
        proof.assert_book_balances()


def _broken() -> bool:
    """Whether the test ended in a refusal of the database, after which nothing can be read or kept."""
    open_one = connection.connection
    return open_one is not None and open_one.get_transaction_status() == TRANSACTION_STATUS_INERROR
