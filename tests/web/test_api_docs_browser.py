"""The docs pages in a real browser: drawn, accessible, and without a breach of the content policy."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.a11y.conftest import page

__all__ = ["page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "request",
        lambda request: found.append(request.url) if "127.0.0.1" not in _host(request.url) else None,
    )
    return found


def _host(url: str) -> str:
    return "127.0.0.1" if url.startswith(("data:", "blob:")) or "localhost" in url else url.split("/")[2]


def test_the_docs_page_draws_every_operation(
    live_server: LiveServer, page: Page, complaints: list[str]
) -> None:
    page.goto(f"{live_server.url}/api/docs/")
    page.wait_for_selector("#operations-Transfers-makeTransfer")
    assert page.locator(".opblock").count() >= 18
    assert complaints == []


def test_the_error_page_is_accessible(live_server: LiveServer, page: Page, complaints: list[str]) -> None:
    page.goto(f"{live_server.url}/api/docs/errors/")
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    assert complaints == []
