"""A book of its own for each module here, in which things are committed, killed and raced for."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from bank.runtime import services
from tests.properties.crew import Crew
from tests.properties.scratch import execute, leading_to, migrate


@pytest.fixture(scope="module")
def scratch_database() -> Iterator[str]:
    """The URL of a database with an empty book, dropped afterwards."""
    server = services.database_url()
    usual = settings.DATABASES["default"]["TEST"]["NAME"]
    name = f"{usual}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_book"
    execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    execute(server, f'CREATE DATABASE "{name}"')
    url = urlsplit(server)._replace(path=f"/{name}").geturl()
    migrate(url)
    yield url
    execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def book(scratch_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The scratch database, and Django's connection led into it."""
    with leading_to(scratch_database, django_db_blocker):
        yield scratch_database


@pytest.fixture(scope="module")
def crew(scratch_database: str) -> Iterator[Crew]:
    """Eight processes with a connection to the scratch database each."""
    with Crew(scratch_database, size=8) as crew:
        yield crew
