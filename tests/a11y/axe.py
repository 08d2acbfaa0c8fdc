"""axe-core over a page, at no more cost than it needs: the script goes in once a page, and what only
colours can change is all that is looked at again in another scheme."""

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

STANDARDS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""WCAG 2.2 AA, and what axe thinks good besides."""

_LETTERS: Final = 150


def violations(page: Page, *, colours_alone: bool = False) -> list[str]:
    """A line for each element that breaks a rule; empty is good."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    run_only: Any = ["color-contrast"] if colours_alone else STANDARDS
    options = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule" if colours_alone else "tag", "values": run_only},
    }
    found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [f"{one['id']}: {node['html'][:_LETTERS]}" for one in found for node in one["nodes"]]
