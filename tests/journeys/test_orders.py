"""Orders that repeat: a person sets up a standing order, skips a date and ends it, without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bank.standing.models import StandingOrder
from tests.identity import mailed_code
from tests.journeys.steps import sign_in
from tests.portals.town import Town

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def test_a_standing_order_from_the_first_question_to_its_end(town: Town, visit: Visit) -> None:
    page = visit("/personal/", java_script_enabled=False)
    sign_in(page, town.amina.user)
    page.get_by_role("link", name="Standing orders").first.click()
    page.get_by_role("link", name="New standing order").click()
    page.get_by_role("radio", name=town.amina.number[-5:]).check()
    page.get_by_label("Name of the account holder").fill(town.brian.name)
    page.get_by_label("Account number").fill(town.brian.number)
    page.get_by_label("Amount", exact=True).fill("1,250")
    page.get_by_label("First payment").fill("2027-01-31")
    page.get_by_role("button", name="Show the dates").click()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(7)
    page.get_by_role("button", name="Check the standing order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your standing order")
    page.get_by_label("Code sent to").fill(mailed_code())
    page.get_by_role("button", name="Set up the standing order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(town.brian.name)
    page.get_by_role("button", name="Skip the next one").click()
    expect(page.get_by_text("You left this payment out.")).to_be_visible()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("The standing order has ended.")).to_be_visible()
    assert StandingOrder.objects.get().status == "ENDED"
    assert town.brian.booked == "1000.00"
