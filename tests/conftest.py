"""What every test shares: the embedded database, up before the first test."""

import gc
import json
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.handlers.base import BaseHandler
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import post_migrate
from django.template import Context, Template
from django.test.signals import template_rendered
from django.utils import translation
from django.utils.safestring import SafeString
from jsonschema import Draft202012Validator, FormatChecker
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from bank.documents import inspection
from bank.identity import services as identity
from bank.payments import services as payments
from bank.places import services as places
from bank.products import services as products
from bank.runtime import embedded, outbox, services, topics
from tests import longest_first, migrated, shared_reading, whole_book, worlds
from tests.chromium import browser, running_chromium
from tests.invoicing import shop
from tests.portals import town
from tests.remembered import Remembered, Rows, all_rows, tables_of, write
from tests.statements import world

__all__ = ["browser", "running_chromium"]

if services.database_is_embedded():
    embedded.start_database()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> longest_first.LongestFirst:
    return longest_first.scheduler(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    shared_reading.begin(session.config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        longest_first.sort(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    longest_first.note(
        one
        for found in terminalreporter.stats.values()
        for one in found
        if isinstance(one, pytest.TestReport)
    )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each process copies one migrated database instead of migrating its own."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated.database()
    connection.creation.create_test_db = _copy  # type: ignore[method-assign]


def _copy(
    verbosity: int = 1, autoclobber: bool = False, serialize: bool = False, keepdb: bool = False
) -> str:
    """As Django does it, without looking for migrations to run and without writing down what is in there."""
    name: str = connection.creation._get_test_db_name()
    connection.creation._create_test_db(verbosity, autoclobber, keepdb)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    _migrated.extend(all_rows(NEVER_DELETED))
    return name


@pytest.fixture(autouse=True, scope="session")
def clean_up_by_deleting() -> None:
    """Tests that commit leave a few rows in a few of some two hundred tables: those are deleted. To truncate
    all of them, as Django does, costs more than most tests do. Append-only tables refuse either; only
    then, and only in the test database, their triggers sleep. What migrations put there is put there again.
    """

    def delete(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(_DELETE_ALL)
            for rows in _migrated:
                write(rows)

    DatabaseOperations.execute_sql_flush = delete  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def leave_permissions_alone() -> None:
    """They are never deleted, so emptying the tables need not make those of every app again."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


SEEDS: list[tuple[ModuleType, str, list[str]]] = [
    (products, "seed_catalogue", tables_of("products")),
    (
        payments,
        "seed_limits",
        ["payments_paymentlimit", "payments_velocityrule", "signing_signingrule", "payments_institution"],
    ),
    (identity, "seed_roles", ["auth_group", "auth_group_permissions", "identity_rolelimit"]),
    (places, "seed_places", tables_of("places")),
]


@pytest.fixture(autouse=True, scope="session")
def remember_seeds() -> None:
    """Every seed really runs in every process; what it did is written back when it is asked for again."""
    for module, name, tables in SEEDS:
        setattr(module, name, Remembered(getattr(module, name), tables))


@pytest.fixture(autouse=True, scope="session")
def read_a_file_once() -> None:
    """A file is read by a process of its own, which takes half a second to start: the same picture, handed
    in by one test after another, is read once. What is refused is read again every time.
    """
    inspection.inspect = cache(inspection.inspect)


@pytest.fixture(autouse=True, scope="session")
def hold_events_to_their_schemas() -> None:
    """Whatever test has something told: a payload that breaks the schema of its topic fails it there."""
    tell = outbox.emit

    def checked(topic: str, payload: dict[str, Any]) -> UUID:
        if (validator := _validator(topic)) is not None:
            validator.validate(json.loads(json.dumps(payload)))
        return tell(topic, payload)

    outbox.emit = checked


@cache
def _validator(topic: str) -> Draft202012Validator | None:
    declared = topics.known(topic)
    return Draft202012Validator(declared.schema(), format_checker=FormatChecker()) if declared else None


NEVER_DELETED = ("django_migrations", "django_content_type", "auth_permission")
_migrated: list[Rows] = []
_DELETE_ALL = f"""
DO $$
DECLARE
    name regclass;
    filled boolean;
BEGIN
    FOR name IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'r' AND pg_relation_size(c.oid) > 0
            AND c.relname NOT IN {NEVER_DELETED}
            AND c.relnamespace = current_schema()::regnamespace LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM %s', name);
        END IF;
    END LOOP;
END $$
"""


@pytest.fixture(autouse=True, scope="session")
def load_middleware_once() -> None:
    """A test client loads all middleware before its first request, which takes as long as a request.
    They hold nothing of a client: the first to load them does it for all, where the settings are the usual.
    """
    load, usual, loaded = BaseHandler.load_middleware, settings._wrapped, dict[str, Any]()

    def load_once(self: BaseHandler, is_async: bool = False) -> None:
        if is_async or settings._wrapped is not usual:
            load(self, is_async)
            return
        if not loaded:
            before = set(vars(self))
            load(self)
            loaded.update({name: it for name, it in vars(self).items() if name not in before})
        vars(self).update(loaded)

    BaseHandler.load_middleware = load_once  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def keep_the_context_of_pages(django_test_environment: None) -> None:
    """The test client keeps a copy of what each template was given. Of the page itself is enough: to copy it
    for every component of a page, some hundreds, takes a tenth as long as to make the page.
    """

    def render(self: Template, context: Context) -> SafeString:
        if context.template is self:
            template_rendered.send(sender=self, template=self, context=context)
        return self.nodelist.render(context)

    Template._render = render  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def collect_garbage_seldom() -> None:
    """What Django and the bank are made of stays for good: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True, scope="session")
def keep_documents_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests hand in lies in a folder of the run, not among the installation's own documents."""
    settings.DOCUMENTS_DIR = tmp_path_factory.mktemp("documents")


standing_world = worlds.once_a_module(world.build)
"""What the tests of the REST door share, wherever they stand."""
standing_town = worlds.once_a_module(town.build)
standing_shop = worlds.once_a_module(lambda: shop.open_shop(town.build()))
"""What the tests of the portals share: the town, and the town with a small company that invoices."""


def _commits(item: pytest.Item, names: Iterable[str]) -> bool:
    mark = item.get_closest_marker("django_db")
    return not COMMITTING.isdisjoint(names) or bool(mark and mark.kwargs.get("transaction"))


COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}
WITH_THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_reset_sequences"}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test without the world that others of its module share finds none, nor the last page's language."""
    translation.deactivate()
    names = getattr(item, "fixturenames", ())
    if _has_the_database(item, names):
        visited = any(name.startswith("standing_") for name in names)
        worlds.make_way(visited=visited, committing=_commits(item, names))


def _has_the_database(item: pytest.Item, names: Iterable[str]) -> bool:
    return not WITH_THE_DATABASE.isdisjoint(names) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True)
def proven_book(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test that had the database, the books balance. Tests of planted faults override this."""
    if not _has_the_database(request.node, request.fixturenames):
        yield
        return
    request.getfixturevalue("db")
    yield
    if not _broken():
        whole_book.assert_balances()


def _broken() -> bool:
    """Whether the test ended in a refusal of the database, after which nothing can be read or kept."""
    open_one = connection.connection
    return open_one is not None and open_one.get_transaction_status() == TRANSACTION_STATUS_INERROR
