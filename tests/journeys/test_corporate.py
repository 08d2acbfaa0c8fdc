"""A company pays its people from one file."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.identity import mailed_code
from tests.journeys.steps import sign_in
from tests.portals.town import Town, pain001

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_treasurer_pays_the_valid_lines_of_a_file(
    town: Town, visit: Callable[..., Page], script: bool
) -> None:
    page = visit("/corporate/", java_script_enabled=script)
    sign_in(page, town.firm.user)
    expect(page.get_by_role("heading", level=1)).to_have_text(town.firm.name)
    page.get_by_role("link", name="Send a payment file").click()
    lines = [
        (town.amina.name, town.amina.number, "1500.00"),
        (town.brian.name, town.brian.number, "2500.00"),
        ("Nobody at All", "0010000099999", "10.00"),
    ]
    content = pain001(town.firm, lines)
    page.get_by_label("Payment file").set_input_files(
        {"name": "salaries.xml", "mimeType": "text/xml", "buffer": content}
    )
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("There is no account with this number at the bank")).to_be_visible()
    page.get_by_role("radio", name="Only the 2 valid lines").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("1 faulty line is left out")).to_be_visible()
    page.get_by_label("Code sent to").fill(mailed_code())
    page.get_by_role("button", name="Send KES 4,000.00").click()
    expect(page.get_by_text("2 payments were made. 1 line was not paid.")).to_be_visible()
    page.get_by_role("link", name="Not paid").click()
    expect(page.get_by_text("Nobody at All")).to_be_visible()
    assert (town.amina.booked, town.brian.booked) == ("51500.00", "3500.00")
