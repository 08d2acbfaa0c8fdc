import pytest

from tests.access import oauth
from tests.access.oauth import Program
from tests.portals.town import Town
from tests.worlds import Standing


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


@pytest.fixture
def budget(town: Town) -> Program:
    """An app of Brian's that asks Amina."""
    return oauth.register(town.brian.user)
