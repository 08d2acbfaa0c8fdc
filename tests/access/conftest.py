import pytest

from tests.access import oauth
from tests.access.oauth import Program
from tests.portals import town as streets
from tests.portals.town import Town


@pytest.fixture
def town(db: None) -> Town:
    return streets.build()


@pytest.fixture
def budget(town: Town) -> Program:
    """An app of Brian's that asks Amina."""
    return oauth.register(town.brian.user)
