"""Three densities, one a door, and paper: what a real browser makes of the tokens and of the print sheet."""

import io
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.a11y.test_portals import wear
from tests.portals import town as streets
from tests.portals.test_lists import paid
from tests.portals.town import Town

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

MEASURED = """() => {
    const box = name => document.querySelector(name).getBoundingClientRect();
    const gap = name => parseFloat(getComputedStyle(document.querySelector(name)).rowGap);
    const boxes = [".table tbody tr", ".line", ".button--primary"].map(name => box(name).height);
    return [...boxes, gap(".actions")];
}"""
DENSITY = "getComputedStyle(document.body).getPropertyValue('--density').trim()"
ON_SCREEN_ALONE = (".portal__nav", ".actions", ".pager", ".sift", ".who", ".back", ".skip", "button")
CUT = """() => [...document.querySelectorAll(".table, .statement, .card")]
    .filter(one => getComputedStyle(one).overflowX !== "visible")
    .filter(one => one.scrollWidth > one.clientWidth).length"""


def printed(page: Page) -> str:
    """The words on the paper the browser makes of the page, without white space."""
    page.emulate_media(media="print")
    pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    return re.sub(r"\s", "", "".join(one.extract_text() for one in pages))


def test_a_row_is_as_high_as_its_door_is_dense(town: Town, visit: Visit, settings: LazySettings) -> None:
    settings.DEMO = True  # the page of components is for demonstrations and staff
    page = visit("/styleguide/?portal=personal")
    measured = {}
    for door in ("personal", "sme", "corporate", "staff"):
        page.goto(f"/styleguide/?portal={door}")
        measured[door] = page.evaluate(MEASURED)
    for wider, denser in pairwise(("personal", "sme", "corporate")):
        both = list(zip(measured[wider], measured[denser], strict=True))
        assert all(more > less for more, less in both), (wider, denser, both)
    assert measured["staff"] == measured["corporate"], "three densities for four doors"
    assert min(row[2] for row in measured.values()) >= 36, "whoever has big fingers still meets the button"


def test_paper_has_whole_tables_and_nothing_to_press(town: Town, visit: Visit) -> None:
    page = visit("/")
    amina, firm = streets.browser(town.amina.user), f"/corporate/{town.firm.customer.cif}/"
    receipt = paid(amina, town)
    account = f"/personal/accounts/{town.amina.number}/"
    for client, density, addresses in (
        (streets.browser(town.firm.user), ".75", [firm, f"{firm}accounts/{town.firm.number}/"]),
        (amina, "1", [receipt, "/personal/payments/", account]),
    ):
        wear(page, client)
        for address in addresses:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            assert page.evaluate(DENSITY) == density, "it holds from page to page"
            expect(page.locator(".portal__nav")).to_be_visible()
            page.emulate_media(media="print")
            for name in ON_SCREEN_ALONE:
                for found in page.locator(name).all():
                    expect(found).to_be_hidden()
            assert page.evaluate(CUT) == 0
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
            expect(page.locator("h1")).to_be_visible()
            page.emulate_media(media="screen")

    page.goto(account)
    words = printed(page)
    lines = page.locator(".line").all()
    assert len(lines) >= 2
    for line in lines:
        assert re.sub(r"\s", "", line.locator(".line__name").inner_text()) in words
        assert re.sub(r"\s", "", line.locator(".line__balance").inner_text().splitlines()[-1]) in words
    assert not re.search("Signout|Paysomeone|Skipto", words)

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/fees/")
    cells = [
        re.sub(r"\s", "", cell)
        for cell in page.locator(".table :is(th, td):not(:has(table, summary))").all_inner_texts()
    ]
    words = printed(page)
    assert len(cells) > 40
    assert [cell for cell in cells if cell not in words] == []
