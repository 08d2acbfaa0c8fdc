"""The personal portal as an app: installable, and honest without a network."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from tests.portals import town as streets
from tests.portals.town import Town

KEPT = """async () => {
    const found = [];
    for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys())
            found.push(new URL(request.url).pathname);
    return found;
}"""


def signed_in(browser: Browser, live_server: Any, town: Town) -> Page:
    client = streets.browser(town.amina.user)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}
    context.add_cookies([cookie])
    return context.new_page()


@pytest.mark.browser
def test_without_a_network_there_is_a_page_and_nothing_of_anybody(
    browser: Browser, live_server: Any, town: Town
) -> None:
    page = signed_in(browser, live_server, town)
    page.goto("/personal/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"/personal/accounts/{town.amina.number}/")
    kept = page.evaluate(KEPT)
    assert "/personal/offline/" in kept
    assert {path for path in kept if not path.startswith("/static/")} == {"/personal/offline/"}
    page.context.set_offline(True)
    page.goto("/personal/payments/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_role("heading", name="Hakuna muunganisho")).to_be_visible()
    assert town.amina.name not in page.content()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 248, 244)"
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.context.close()


@pytest.mark.browser
def test_chromium_finds_nothing_that_keeps_it_from_being_installed(
    browser: Browser, live_server: Any, town: Town
) -> None:
    page = signed_in(browser, live_server, town)
    page.goto("/personal/")
    devtools = page.context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert json.loads(manifest["data"])["start_url"] == "/personal/"
    faults = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [fault["errorId"] for fault in faults if fault["errorId"] != "in-incognito"] == []
    page.context.close()


def test_the_manifest_speaks_the_readers_language_and_names_icons_that_exist(
    client: Client, db: None
) -> None:
    answer = client.get("/personal/manifest.webmanifest", headers={"Accept-Language": "sw"})
    facts = answer.json()
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert facts["lang"] == "sw"
    assert {icon["sizes"] for icon in facts["icons"]} == {"192x192", "512x512"}
    assert {icon["purpose"] for icon in facts["icons"]} == {"any", "maskable"}
    for icon in facts["icons"]:
        assert client.get(icon["src"]).status_code == 200


def test_the_worker_keeps_no_page_but_the_offline_one(client: Client, db: None) -> None:
    answer = client.get("/personal/service-worker.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer.headers["Cache-Control"]
    script = answer.content.decode()
    kept = json.loads(script.partition("const KEPT = ")[2].partition(";")[0])
    assert [path for path in kept if not path.startswith("/static/")] == ["/personal/offline/"]


def test_the_offline_page_is_everybodys(town: Town, client: Client) -> None:
    anybody = client.get("/personal/offline/").content
    assert streets.browser(town.amina.user).get("/personal/offline/").content == anybody
