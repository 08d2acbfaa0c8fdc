"""A small town to rob, and everybody who might try."""

import pytest
from django.test import Client

from tests.permissions.roles import Everybody, assemble
from tests.portals import town as streets
from tests.portals.town import Town


@pytest.fixture
def town(db: None) -> Town:
    return streets.build()


@pytest.fixture
def everybody(town: Town) -> Everybody:
    return assemble(town)


@pytest.fixture
def amina(town: Town) -> Client:
    """Amina's browser, signed in with both factors."""
    return streets.browser(town.amina.user)
