"""The public site, and the door that sends everyone to their own."""

import pytest
from django.test import Client
from django.urls import reverse

from bank.identity import services as identity
from tests.portals import town as streets
from tests.portals.town import Town


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_front_page_shows_products_with_rates_and_prices(town: Town, client: Client) -> None:
    page = text(client.get("/"))
    assert "Umoja Savings" in page
    assert "4.50%" in page
    assert "Transfer within the bank" in page
    assert "at most KES 100.00" in page
    for door in ("/personal/", "/corporate/", reverse("identity:sign_in")):
        assert f'href="{door}"' in page


def test_the_front_page_is_small_and_quick(town: Town, client: Client, django_assert_max_num_queries) -> None:
    client.get("/")
    with django_assert_max_num_queries(8):
        page = client.get("/")
    assert len(page.content) < 16_000
    assert "<script" not in page.content.decode()


def test_the_fees_page_lists_every_rate_and_every_price(town: Town, client: Client) -> None:
    page = text(client.get("/fees/"))
    assert "International transfer" in page
    assert "From a balance of" in page
    assert "KES 11.00 to KES 315.00, by amount" in page


def test_a_bank_without_a_catalogue_says_so(db: None, client: Client) -> None:
    assert "The catalogue is being set" in text(client.get("/"))


def test_everyone_comes_to_their_own_door(town: Town, client: Client) -> None:
    staff = identity.create_user(email="staff@example.test", full_name="Halima", password=None, is_staff=True)
    doors = {
        town.amina.user: "/personal/",
        town.firm.user: "/corporate/",
        town.bookkeeper: "/corporate/",
        staff: "/admin/",
    }
    for user, door in doors.items():
        assert streets.browser(user).get("/home/").headers["Location"] == door
    assert client.get("/home/").headers["Location"].startswith(reverse("identity:sign_in"))


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_the_language_switch_leads_nowhere_else(town: Town, client: Client, target: str) -> None:
    answer = client.post("/language/", {"language": "sw", "next": target})
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


def test_the_language_stays(town: Town, client: Client) -> None:
    client.post("/language/", {"language": "sw", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="sw"' in page
    assert "Ingia" in page
    assert client.get("/language/?language=en").status_code == 302
    assert '<html lang="sw"' in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/sign-in/", "/no-such-page/"])
def test_pages_outside_the_portals_change_language_too(db: None, path: str) -> None:
    browser = Client()
    assert 'value="sw"' in browser.get(path).content.decode()
    browser.post("/language/", {"language": "sw", "next": path})
    assert 'lang="sw"' in browser.get(path).content.decode()
