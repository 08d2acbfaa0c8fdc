"""Every page of the customers' doors under axe-core, in light and in dark, and at 320 pixels.

WCAG 2.2 AA is more than axe can see; focus, keys and working without script are in ``tests/journeys``.
"""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from bank import ledger
from bank.kernel.money import Money
from bank.places import services as places
from tests.a11y.axe import violations
from tests.portals import town as streets
from tests.portals.test_corporate import bad_lines, good_lines, to_confirm
from tests.portals.test_lists import ask, keep_brian, paid
from tests.portals.test_paying import begin, to_check
from tests.portals.town import Town, pain001

pytestmark = pytest.mark.browser
SCHEMES: list[Literal["light", "dark"]] = ["light", "dark"]
NARROW = {"width": 320, "height": 640}


def faults(page: Page) -> list[str]:
    """What axe finds in light and in dark, one line per element; and what a 320 pixel screen cannot show.

    Motion is reduced, or axe would measure colours on their way from one theme to the other.
    """
    lines = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found = violations(page, colours_alone=scheme != SCHEMES[0])
        lines += [f"{page.url} {scheme} {one}" for one in found]
    before = page.viewport_size
    page.set_viewport_size(NARROW)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        lines.append(f"{page.url} is wider than 320 pixels")
    assert before is not None
    page.set_viewport_size(before)
    return lines


def wear(page: Page, client: Client) -> None:
    """Lets the page's browser be the signed-in client."""
    name = settings.SESSION_COOKIE_NAME
    value = client.cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])


def look_at(page: Page, addresses: list[str]) -> list[str]:
    found = []
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.url.endswith(address), page.url
        found += faults(page)
    return found


def submit(page: Page, address: str, button: str, **typed: str) -> list[str]:
    """What is wrong with the page that comes back from a form filled in badly."""
    page.goto(address)
    for name, value in typed.items():
        page.locator(f"input[name={name}]:not([type=hidden])").first.fill(value)
    page.get_by_role("button", name=button).click()
    page.get_by_role("alert").wait_for()
    return faults(page)


@pytest.fixture
def busy(town: Town) -> Town:
    hold: dict[str, Any] = {"account": town.amina.number, "amount": Money.of("42.80", "KES")}
    ledger.place_hold(key="hold", narrative="Rail and Coach", **hold)
    return town


def test_the_public_site(town: Town, visit: Callable[..., Page]) -> None:
    places.seed_places()
    page = visit("/", reduced_motion="reduce")
    found = look_at(
        page,
        [
            "/", "/fees/", "/products/", "/products/savings/", "/products/fixed/", "/products/mortgage/",
            "/products/compare/?product=SAVINGS&product=MORTGAGE", "/calculators/", "/calculators/loan/",
            "/calculators/savings/?opening=x&monthly=0&months=0", "/calculators/fixed-deposit/",
            "/calculators/recurring-deposit/", "/places/?q=maralal", "/places/kisumu/", "/contact/",
            "/status/", "/security/", "/accessibility/",
        ],
    )  # fmt: skip
    assert found == []


def test_the_personal_portal(busy: Town, visit: Callable[..., Page]) -> None:
    client, user = streets.browser(busy.amina.user), busy.amina.user
    empty = ["/personal/payments/", "/personal/payees/", "/personal/statements/"]
    page = visit("/", reduced_motion="reduce")
    wear(page, client)
    found = look_at(page, empty)
    keep_brian(client, busy)
    receipt = paid(client, busy)
    amount, check = begin(client, busy, name="Wangari Maathai"), to_check(client, busy)
    statement = ask(client, busy).headers["Location"]
    account = f"/personal/accounts/{busy.amina.number}/"
    wear(page, client)
    found += look_at(
        page,
        [
            "/personal/", account, f"{account}?text=nowhere", f"{account}?since=x", f"{account}details/",
            f"/personal/lines/{busy.amina.number}-1/", "/personal/pay/", amount, check, receipt,
            "/personal/transfer/", *empty, statement,
        ],
    )  # fmt: skip
    found += submit(page, "/personal/pay/", "Go on", name="Brian")
    found += submit(page, amount, "Check the payment", amount="a lot")
    found += submit(page, check, "Send KES", code=f"{(int(streets.newest_code(user)) + 1) % 1_000_000:06d}")
    streets.let_the_worker_work()
    found += look_at(page, [statement, "/personal/"])
    assert found == []


def test_who_has_nothing_yet(town: Town, visit: Callable[..., Page]) -> None:
    page = visit("/", reduced_motion="reduce")
    wear(page, streets.browser(town.bookkeeper))
    assert look_at(page, ["/personal/", "/personal/transfer/"]) == []


def test_the_corporate_portal(town: Town, visit: Callable[..., Page]) -> None:
    client, home = streets.browser(town.firm.user), f"/corporate/{town.firm.customer.cif}/"
    page = visit("/", reduced_motion="reduce")
    wear(page, client)
    found = look_at(page, ["/corporate/?all=", home, f"{home}files/"])
    confirm = to_confirm(client, home, pain001(town.firm, good_lines(town) + bad_lines()), "VALID")
    wear(page, client)
    file = confirm.split("pay/")[0]
    addresses = [
        home,
        f"{home}files/",
        file,
        f"{file}?lines=all",
        confirm,
        f"{home}accounts/{town.firm.number}/",
    ]
    found += look_at(page, [*addresses, f"/corporate/lines/{town.firm.number}-1/"])
    found += submit(page, file, "Go on")
    page.goto(confirm)
    page.get_by_label("Code sent to").fill(streets.newest_code(town.firm.user))
    page.get_by_role("button", name="Send KES").click()
    page.get_by_text("2 payments were made.").wait_for()
    found += faults(page)
    assert found == []
