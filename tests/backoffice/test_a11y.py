"""The staff's pages in a real browser: axe finds nothing, nothing overflows, nothing breaks the policy."""

import itertools
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from bank.accounts.models import Account
from bank.audit.models import AuditRecord
from bank.identity.models import User
from tests.a11y.axe import violations
from tests.backoffice.conftest import SmallBank, employ
from tests.backoffice.pages import list_url, record_url, record_urls, tables
from tests.identity import open_browser

SCREENS = list(itertools.product((1280, 390), ("light", "dark")))
NARROWEST = [(390, "dark")]
ALONE = (
    "/admin/",
    "/admin/ledger/trial-balance/",
    "/admin/reports/cash-flow/?compare=1",
    "/admin/bookkeeping/journal/write/",
    "/admin/search/?q=Savanna",
    "/admin/search/?q=nobody-at-all",
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cookie(small_bank: SmallBank, client: Client) -> str:
    """The session of a signed-in superuser."""
    open_browser(client, employ("SUPERUSER"))
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.fixture
def desk(browser: Browser, live_server: object, cookie: str) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(live_server)}])
    yield context.new_page()
    context.close()


def visits() -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Pages that differ in kind on every screen; those that differ in content alone on the hardest one."""
    kinds = (*ALONE, list_url(Account), record_url(Account), list_url(AuditRecord), record_url(User))
    yield from ((address, SCREENS) for address in kinds)
    others = (*map(list_url, tables()), *record_urls())
    yield from ((address, NARROWEST) for address in others if address not in kinds)


def test_every_page_is_accessible_on_every_screen(desk: Page, live_server: object) -> None:
    complaints: list[str] = []
    desk.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    found: list[str] = []
    for address, screens in visits():
        desk.goto(f"{live_server}{address}")
        for width, scheme in screens:
            desk.set_viewport_size({"width": width, "height": 900})
            desk.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            again = len(screens) > 1 and scheme == "dark"
            found += [f"{address} {width} {scheme} {one}" for one in violations(desk, colours_alone=again)]
            if not desk.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                found.append(f"{address} {width} is wider than the screen")
    assert found == []
    assert complaints == []


def test_on_a_phone_the_tables_open_without_script(
    browser: Browser,
    live_server: object,
    cookie: str,
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(live_server)}])
    page = context.new_page()
    page.goto(f"{live_server}/admin/")
    assert page.get_by_role("link", name="Journal", exact=True).count() == 0
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Journal", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Journal"
    context.close()


def test_a_sealed_book_is_said_to_be_up_to_date(desk: Page, live_server: object) -> None:
    desk.goto(f"{live_server}/admin/")
    assert desk.get_by_text("Up to date").is_visible()


def test_the_search_field_opens_what_was_named_in_full(
    desk: Page, live_server: object, small_bank: SmallBank
) -> None:
    desk.goto(f"{live_server}/admin/")
    field = desk.get_by_role("searchbox")
    field.fill(small_bank.account.number)
    field.press("Enter")
    desk.wait_for_url(f"**/admin/accounts/account/{small_bank.account.pk}/change/")
