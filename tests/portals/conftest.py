from collections.abc import Callable

import pytest
from django.test import Client

from tests.portals import town as streets
from tests.portals.town import Town
from tests.worlds import Standing


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


@pytest.fixture
def amina(town: Town) -> Client:
    """Amina's browser, signed in with both factors."""
    return streets.browser(town.amina.user)


@pytest.fixture
def brian(town: Town) -> Client:
    return streets.browser(town.brian.user)


@pytest.fixture
def treasurer(town: Town) -> Client:
    return streets.browser(town.firm.user)


@pytest.fixture
def queries(django_assert_max_num_queries: Callable) -> Callable:
    """No list takes more than a dozen queries, sign-in checks included, however long it is."""
    return lambda: django_assert_max_num_queries(12)
