"""A person banks: in, account, payment, receipt, statement, out; with script, without, and on a phone."""

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.identity import mailed_code
from tests.journeys.conftest import PHONE
from tests.journeys.steps import pay_brian, sign_in
from tests.portals import town as streets
from tests.portals.town import Town

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def ask_for_statement(page: Page, town: Town, kind: str = "PDF") -> None:
    page.get_by_role("link", name="Statements", exact=True).click()
    page.get_by_role("radio", name=town.amina.number[-5:]).check()
    today = streets.ledger.business_date().isoformat()
    page.get_by_label("First day").fill(today)
    page.get_by_label("Last day").fill(today)
    page.get_by_label("Format").select_option(kind)
    page.get_by_role("button", name="Make the statement").click()
    expect(page.get_by_text("Being prepared")).to_be_visible()


def download(page: Page) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    return waiting.value.path().read_bytes()


def test_a_person_signs_in_pays_and_takes_a_statement_home(town: Town, visit: Visit) -> None:
    page = visit("/")
    page.get_by_role("link", name="Sign in").first.click()
    sign_in(page, town.amina.user)
    expect(page).to_have_url(re.compile("/personal/$"))
    expect(page.get_by_text("50,000").first).to_be_visible()

    page.get_by_role("link", name="Umoja Current").click()
    expect(page.get_by_text("Cash deposit").first).to_be_visible()
    pay_brian(page, town)
    receipt = page.url
    page.get_by_role("button", name="Copy").wait_for()

    page.get_by_role("link", name="See the account").click()
    expect(page.locator(".line", has_text="Rent share")).to_contain_text("−1,250.00")
    expect(page.locator(".line").first).to_contain_text("48,738.50")

    ask_for_statement(page, town)
    streets.let_the_worker_work()
    expect(page.get_by_text("Your statement is ready as PDF")).to_be_visible()
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(download(page))).pages)
    assert "Rent share" in text
    assert "48,738.50" in text

    page.get_by_role("button", name="Sign out").click()
    page.goto(receipt)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert town.brian.booked == "2250.00"


def test_the_same_without_script(town: Town, visit: Visit) -> None:
    page = visit("/personal/", java_script_enabled=False)
    sign_in(page, town.amina.user)
    page.get_by_role("link", name="Umoja Current").click()
    page.get_by_label("Search").fill("cash")
    page.get_by_role("button", name="Show").click()
    assert "text=cash" in page.url
    expect(page.locator(".line")).to_have_count(1)
    pay_brian(page, town)
    ask_for_statement(page, town, "CSV")
    streets.let_the_worker_work()
    expect(page.get_by_text("Your statement is ready as CSV")).to_be_visible(timeout=10_000)
    assert b"Rent share" in download(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_the_same_on_a_phone(town: Town, visit: Visit) -> None:
    page = visit("/personal/", viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    sign_in(page, town.amina.user)
    page.get_by_role("link", name="Payments").tap()
    pay_brian(page, town)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert town.brian.booked == "2250.00"


def test_keys_alone_are_enough(town: Town, visit: Visit) -> None:
    """From the skip link to the error summary, which takes the focus and leads to the field."""
    page = visit("/personal/pay/")
    sign_in(page, town.amina.user)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main part")).to_be_focused()
    page.get_by_label("Name of the account holder").focus()
    page.keyboard.type("Brian")
    page.keyboard.press("Tab")
    page.keyboard.type("12345")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Account number")).to_be_focused()


def test_going_back_and_changing_the_amount_asks_for_a_new_code(town: Town, visit: Visit) -> None:
    page = visit("/personal/pay/")
    sign_in(page, town.amina.user)
    page.get_by_label("Name of the account holder").fill(town.brian.name)
    page.get_by_label("Account number").fill(town.brian.number)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("radio", name=town.amina.number[-5:]).check()
    page.get_by_label("Amount").fill("10")
    page.get_by_role("button", name="Check the payment").click()
    first = mailed_code()
    page.get_by_role("link", name="Change Amount").click()
    expect(page.get_by_label("Amount")).to_have_value("10.00")
    page.get_by_label("Amount").fill("10000")
    page.get_by_role("button", name="Check the payment").click()
    page.get_by_label("Code sent to").fill(first)
    page.get_by_role("button", name="Send KES 10,000.00").click()
    expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    assert town.brian.booked == "1000.00"
