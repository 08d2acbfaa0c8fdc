import pytest

from tests.access import oauth
from tests.access.oauth import Program
from tests.portals import town as streets
from tests.portals.town import Town
from tests.worlds import Standing, once_a_module

standing_town = once_a_module(streets.build)


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


@pytest.fixture
def budget(town: Town) -> Program:
    """An app of Brian's that asks Amina."""
    return oauth.register(town.brian.user)
