"""The browser of the tests that look at pages: Debian's chromium, one for each process of a run.

Its headless shell, where it is installed, does the same work with about half of the processor. To start
a browser costs as much as several tests do; what one test does in it is gone with the test's own context.
"""

import os
import shutil
from asyncio import _set_running_loop
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, sync_playwright

PROGRAM: Final = shutil.which("chromium-headless-shell") or shutil.which("chromium")

# Playwright's loop runs in the thread of the test, whose queries are synchronous all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def running_chromium() -> Iterator[tuple[Browser, Any]]:
    """The browser and the loop it is driven by, which between modules is not this thread's."""
    if PROGRAM is None:
        pytest.skip("Debian's chromium is not installed")
    with sync_playwright() as playwright:
        loop = playwright._impl_obj._loop
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        _set_running_loop(None)
        yield browser, loop
        _set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def browser(running_chromium: tuple[Browser, Any]) -> Iterator[Browser]:
    browser, loop = running_chromium
    _set_running_loop(loop)
    yield browser
    for context in browser.contexts:
        context.close()
    _set_running_loop(None)
