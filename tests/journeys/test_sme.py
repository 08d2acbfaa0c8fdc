"""A small company sends an invoice that is paid by its link, and runs its payroll."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.identity import mailed_code
from tests.invoicing.shop import open_shop
from tests.journeys.steps import sign_in
from tests.portals.town import PASSWORD, Town, let_the_worker_work

pytestmark = pytest.mark.browser


def test_an_invoice_is_paid_by_its_link_and_wages_are_paid(town: Town, visit: Callable[..., Page]) -> None:
    """All of it without script, so that it works with it too."""
    open_shop(town)
    page = visit("/sme/", java_script_enabled=False)
    sign_in(page, town.firm.user)
    expect(page.get_by_role("heading", level=1)).to_have_text(town.firm.name)
    link = write_invoice(page)
    pay(visit, link, town)
    let_the_worker_work()
    page.reload()
    expect(page.get_by_text("the reference is in the payment")).to_be_visible()
    run_payroll(page, town)
    let_the_worker_work()
    page.get_by_role("link", name="Payroll").first.click()
    expect(page.get_by_text("Paid", exact=True)).to_be_visible()
    assert Decimal(town.brian.booked) > 20000


def write_invoice(page: Page) -> str:
    page.get_by_role("link", name="Write an invoice").click()
    page.get_by_label("Customer").select_option(label="Amina Wanjiru Otieno")
    page.get_by_label("Line 1: what for").fill("Flour")
    page.get_by_label("Price of one, without tax").first.fill("1,000")
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("button", name="Issue it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoice INV-00001")
    return page.get_by_role("link", name="/sme/pay/").get_attribute("href") or ""


def pay(visit: Callable[..., Page], link: str, town: Town) -> None:
    """As somebody who scanned the code: no session yet, a telephone."""
    page = visit("/sme/pay/" + link.split("/sme/pay/")[1], viewport={"width": 390, "height": 844})
    expect(page.get_by_role("img", name="QR code that opens this page")).to_be_visible()
    page.get_by_role("link", name="Sign in and pay").click()
    page.get_by_label("E-mail address").fill(town.amina.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pay from your account")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code sent to").fill(mailed_code())
    page.get_by_role("button", name="Send KES 1,160.00").click()
    expect(page.get_by_text("sees it in a moment")).to_be_visible()


def run_payroll(page: Page, town: Town) -> None:
    page.get_by_role("link", name="Payroll").first.click()
    page.get_by_role("link", name="Take somebody on").click()
    page.get_by_label("Staff number").fill("1")
    page.get_by_label("Name of the account holder").fill(town.brian.name)
    page.get_by_label("Account number").fill(town.brian.number)
    page.get_by_label("Salary a month").fill("30,000")
    page.get_by_label("Joined").fill("2024-01-01")
    page.get_by_role("button", name="Check and keep").click()
    page.get_by_role("link", name="Payroll").first.click()
    page.get_by_role("button", name="Work out").click()
    page.get_by_role("button", name="Make the payment file").click()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code sent to").fill(mailed_code())
    page.get_by_role("button", name="Send KES").click()
    expect(page.get_by_text("1 payment was made.")).to_be_visible()
