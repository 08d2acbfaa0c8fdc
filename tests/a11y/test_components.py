"""Every component in a real browser: axe finds nothing, nothing overflows, nothing breaks the policy."""

import itertools
from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Page

from bank.web.styleguide import views
from tests.a11y.axe import violations

SCREENS = ("", "home/", "check/", "sign-in/", "public/")
VISITS = [
    *itertools.product(SCREENS, ["personal"], ["light"], [1280, 320]),
    *itertools.product(SCREENS, ["personal"], ["dark"], [390]),
    *itertools.product([""], ["corporate", "sme", "staff"], views.THEMES, [1280]),
]


pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _demonstration() -> Iterator[None]:
    with override_settings(DEMO=True):
        yield


@pytest.mark.parametrize(("screen", "portal", "theme", "width"), VISITS)
def test_components_are_accessible(
    live_server: object, page: Page, screen: str, portal: str, theme: str, width: int
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server}/styleguide/{screen}?portal={portal}&theme={theme}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


def test_the_error_summary_has_the_focus_and_leads_to_the_field(live_server: object, page: Page) -> None:
    page.goto(f"{live_server}/styleguide/")
    assert page.evaluate("document.activeElement.className") == "errors"
    page.get_by_role("link", name="Enter all 13 digits").click()
    assert page.evaluate("document.activeElement.name") == "number"


def test_the_skip_link_is_first_and_reaches_the_main_part(live_server: object, page: Page) -> None:
    page.goto(f"{live_server}/styleguide/home/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_second_press_on_send_sends_nothing_more(live_server: object, page: Page) -> None:
    page.goto(f"{live_server}/styleguide/check/")
    sent = page.evaluate("""() => {
        const form = document.querySelector(".form");
        let sent = 0;
        form.method = "post";
        document.addEventListener("submit", (event) => {
            sent += event.defaultPrevented ? 0 : 1;
            event.preventDefault();
        });
        form.requestSubmit();
        form.requestSubmit();
        return sent;
    }""")
    assert sent == 1
    assert page.get_by_role("button", name="Send").get_attribute("aria-disabled") == "true"


def test_pages_work_the_same_without_script(live_server: object, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server}/styleguide/")
    page.get_by_text("The same as a table").first.click()
    assert page.locator(".plot table").first.is_visible()
    assert not page.get_by_role("button", name="Copy").is_visible()
    context.close()
