"""The pages about programs under axe-core: the consent screen, consents, and the developers' pages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from bank.access import services
from tests.a11y.test_portals import faults, look_at, wear
from tests.access import oauth
from tests.portals import town as streets
from tests.portals.town import Town

pytestmark = pytest.mark.browser


def test_the_consent_screen_and_the_list_of_consents(town: Town, visit: Callable[..., Page]) -> None:
    program = oauth.register(town.brian.user)
    page = visit("/", reduced_motion="reduce")
    wear(page, streets.browser(town.amina.user))
    found = look_at(page, ["/personal/apps/", oauth.address(program.app, scope=" ".join(oauth.SCOPES))])
    page.get_by_role("button", name="Give access").click()
    page.get_by_role("alert").wait_for()
    found += faults(page)
    services.give_consent(
        user=town.amina.user, app=program.app, scopes=oauth.SCOPES, numbers=[town.amina.number]
    )
    found += look_at(page, ["/personal/apps/"])
    assert found == []


def test_the_developers_pages(town: Town, visit: Callable[..., Page]) -> None:
    firm = town.firm
    program = oauth.register(firm.user, customer=firm.customer)
    _key, text = oauth.key(firm.user, customer=firm.customer, networks=["127.0.0.1"])
    page = visit("/", reduced_motion="reduce")
    wear(page, streets.browser(firm.user))
    home = f"/corporate/{firm.customer.cif}/"
    root = f"{home}developers/"
    found = look_at(page, ["/developers/", "/developers/log/", f"{home}apps/"])
    oauth.ask(text)
    app = f"{root}apps/{program.app.client_id}/"
    found += look_at(
        page, [root, app, f"{root}apps/new/", f"{root}keys/new/", f"{root}log/", f"{root}sandbox/"]
    )
    page.goto(f"{root}keys/new/")
    page.get_by_role("button", name="Make the key").click()
    page.get_by_role("alert").wait_for()
    found += faults(page)
    page.get_by_label("Name").fill("Night run")
    page.get_by_label("accounts:read").check()
    page.get_by_role("button", name="Make the key").click()
    page.get_by_text("Copy this now").first.wait_for()
    assert faults(page) + found == []
