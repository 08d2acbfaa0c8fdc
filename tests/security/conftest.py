"""A small town to rob, and everybody who might try."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.permissions.roles import Everybody, assemble
from tests.portals import town as streets
from tests.portals.town import Town
from tests.security.production import Site
from tests.worlds import Standing


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


@pytest.fixture
def everybody(town: Town) -> Everybody:
    return assemble(town)


@pytest.fixture
def amina(town: Town) -> Client:
    """Amina's browser, signed in with both factors."""
    return streets.browser(town.amina.user)


@pytest.fixture(scope="session")
def site(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The site under production's settings, behind a pretended proxy that speaks TLS."""
    with django_db_blocker.unblock():
        site = Site(tmp_path_factory.mktemp("production"))
    yield site
    site.end()
