"""A real browser over the real bank: Debian's chromium, driven by Playwright, against the live server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.portals import town as streets
from tests.portals.town import PASSWORD, Town

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def town(transactional_db: None) -> Town:
    return streets.build(password=PASSWORD)


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser of its own; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            accept_downloads=True,
            **{"viewport": DESKTOP, "locale": "en-GB"} | options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request", lambda asked: asked.url.startswith(live_server.url) or complaints.append(asked.url)
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
