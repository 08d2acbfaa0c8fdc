"""Profile, messages, one's own data and the page without a network: walked as a person does, under axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bank.privacy.models import ErasureRequest
from tests.a11y.test_portals import faults, look_at, wear
from tests.portals import town as streets
from tests.portals.town import Town

pytestmark = pytest.mark.browser


def test_what_is_ones_own(town: Town, visit: Callable[..., Page]) -> None:
    """Writes to the bank, has a copy of everything made with a code, asks to be forgotten."""
    page = visit("/", reduced_motion="reduce")
    wear(page, streets.browser(town.amina.user))
    found = look_at(page, ["/personal/profile/", "/personal/messages/", "/personal/messages/new/"])
    page.get_by_label("Something we should do for you").check()
    page.get_by_label("Subject").fill("A new address")
    page.locator("textarea").fill("We have moved to Eldoret.")
    page.get_by_role("button", name="Send the message").click()
    expect(page.get_by_text("We have moved to Eldoret.")).to_be_visible()
    found += faults(page)
    found += look_at(page, ["/personal/profile/data/"])
    page.get_by_role("button", name="Ask for a copy").click()
    page.get_by_label("Code sent to").fill(streets.newest_code(town.amina.user))
    found += faults(page)
    page.get_by_role("button", name="Make the copy").click()
    expect(page.get_by_text("The copy of your data is being made.")).to_be_visible()
    streets.let_the_worker_work()
    page.get_by_role("button", name="Ask to be forgotten").click()
    asked = ErasureRequest.objects.get(customer=town.amina.customer)
    expect(page.get_by_text(asked.reference).first).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    found += faults(page)
    found += look_at(page, ["/personal/offline/"])
    assert found == []


def test_the_way_in_keeps_the_language_it_was_opened_in(
    visit: Callable[..., Page], transactional_db: None
) -> None:
    page = visit("/open-account/?language=sw")
    assert page.locator("html").get_attribute("lang") == "sw"
    page.goto("/open-account/register/personal/")
    assert page.locator("html").get_attribute("lang") == "sw"
    page.goto("/open-account/?language=xx")
    assert page.locator("html").get_attribute("lang") == "sw"
