"""The pages of orders under axe-core, in light and in dark, and at 320 pixels."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.a11y.test_portals import look_at, wear
from tests.portals import town as streets
from tests.portals.test_standing import NEW, confirm, given
from tests.portals.town import Town

pytestmark = pytest.mark.browser


@pytest.fixture
def amina(town: Town) -> Client:
    return streets.browser(town.amina.user)


def test_the_pages_of_orders(town: Town, amina: Client, visit: Callable[..., Page]) -> None:
    check = amina.post(NEW, given(town)).headers["Location"]
    order = confirm(amina, town, amina.post(NEW, given(town)).headers["Location"])
    amina.post(f"{order}skip/")
    page = visit("/", reduced_motion="reduce")
    wear(page, amina)
    assert look_at(page, ["/personal/regular/", NEW, check, order]) == []
