"""Two holders who sign together pay: one asks, the other is told, looks, agrees; then it is paid, once."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bank.accounts import services as accounts
from tests.identity import mailed_code
from tests.journeys.conftest import PHONE
from tests.journeys.steps import sign_in
from tests.portals import town as streets
from tests.portals.town import Town

pytestmark = pytest.mark.browser


def test_two_holders_pay_together(town: Town, visit: Callable[..., Page]) -> None:
    accounts.add_holder(account=town.amina.accounts[0], customer=town.brian.customer, signing="BOTH")
    before = town.firm.booked
    brians = visit("/personal/payments/")
    sign_in(brians, town.brian.user)
    brians.goto("/personal/payments/")
    brians.get_by_role("link", name="Pay someone").first.click()
    brians.get_by_label("Name of the account holder").fill(town.firm.name)
    brians.get_by_label("Account number").fill(town.firm.number)
    brians.get_by_role("button", name="Go on").click()
    brians.get_by_role("radio", name=town.amina.number[-5:]).check()
    brians.get_by_label("Amount").fill("2,000")
    brians.get_by_label("Message").fill("Rent for two")
    brians.get_by_role("button", name="Check the payment").click()
    brians.get_by_label("Code sent to").fill(mailed_code())
    brians.get_by_role("button", name="Send KES 2,000.00").click()
    expect(brians.get_by_text("Waiting").first).to_be_visible()
    assert town.firm.booked == before

    streets.let_the_worker_work()
    aminas = visit("/personal/", viewport=PHONE)
    sign_in(aminas, town.amina.user)
    aminas.goto("/personal/together/")
    aminas.get_by_role("link", name=re.compile("Payment, KES 2,000.00")).click()
    expect(aminas.get_by_text("has not said yes yet")).to_be_visible()
    aminas.get_by_role("button", name="Agree").click()
    aminas.get_by_label("Code sent to").fill(mailed_code())
    aminas.get_by_role("button", name="Agree").click()
    expect(aminas.get_by_text("Agreed", exact=True).first).to_be_visible()
    expect(aminas.get_by_role("button", name="Agree")).to_have_count(0)
    assert float(town.firm.booked) == float(before) + 2000

    brians.goto("/personal/together/")
    brians.get_by_role("link", name=re.compile("Payment, KES 2,000.00")).click()
    expect(brians.get_by_text(town.amina.name).first).to_be_visible()
