"""Browsers we know: their own budget of wrong passwords, listed, forgotten; and when a session ends."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client, override_settings

from bank.audit.models import AuditRecord
from bank.identity.models import KnownDevice, User
from bank.kernel import clock
from tests.identity import PASSWORD, mailed_code, open_browser

pytestmark = pytest.mark.django_db


def give_password(browser: Client, email: str, password: str = PASSWORD) -> int:
    return browser.post("/sign-in/", {"email": email, "password": password}).status_code


def signed_in(browser: Client, user: User) -> KnownDevice:
    give_password(browser, user.email)
    browser.post("/sign-in/code/", {"code": mailed_code()})
    return KnownDevice.objects.filter(user=user).latest("last_seen_at")


def is_inside(browser: Client) -> bool:
    return browser.get("/page/").status_code == 200


def test_row_01_strangers_at_the_same_address_do_not_stop_a_known_browser(
    browser: Client, alice: User
) -> None:
    signed_in(browser, alice)
    browser.post("/sign-out/")
    stranger = Client()
    answers = [give_password(stranger, alice.email, "wrong") for _ in range(12)]
    assert answers[-1] == 429
    assert give_password(browser, alice.email) == 302


def test_row_01_a_stolen_mark_buys_ten_tries_from_however_many_addresses(
    browser: Client, alice: User
) -> None:
    signed_in(browser, alice)
    answers = []
    for n in range(12):
        thief = Client(REMOTE_ADDR=f"198.51.100.{n}")
        thief.cookies["known"] = browser.cookies["known"].value
        answers.append(give_password(thief, alice.email, "wrong"))
    assert answers == [200] * 10 + [429] * 2


def test_row_01_ones_mark_is_worth_nothing_on_anothers_account(
    browser: Client, alice: User, bob: User
) -> None:
    signed_in(browser, alice)
    browser.post("/sign-out/")
    answers = [give_password(browser, bob.email, "wrong") for _ in range(12)]
    assert answers[-1] == 429, "the address's budget"


def test_a_browser_is_known_again(browser: Client, alice: User) -> None:
    first = signed_in(browser, alice)
    browser.post("/sign-out/")
    assert signed_in(browser, alice) == first
    assert KnownDevice.objects.count() == 1


def test_row_12_a_forgotten_browser_is_out_and_a_stranger(browser: Client, alice: User) -> None:
    other = Client()
    device = signed_in(other, alice)
    open_browser(browser, alice)
    assert "Browsers we know" in browser.get("/account/security/").content.decode()
    browser.post(f"/account/security/devices/{device.pk}/forget/")
    assert not is_inside(other)
    assert is_inside(browser)
    assert signed_in(other, alice) != device
    assert AuditRecord.objects.filter(action="DEVICE_FORGOTTEN", actor_id=alice.pk).exists()


def test_row_21_nobody_forgets_anothers_browser(browser: Client, alice: User, bob: User) -> None:
    his = Client()
    device = signed_in(his, bob)
    open_browser(browser, alice)
    assert browser.post(f"/account/security/devices/{device.pk}/forget/").status_code == 404
    assert is_inside(his)


def left(browser: Client) -> dict[str, object]:
    found: dict[str, object] = browser.get("/account/session/").json()
    return found


def later(**more: int) -> time_machine.travel:
    return time_machine.travel((clock.now() + timedelta(**more)).timestamp(), tick=True)


@override_settings(SESSION_IDLE_S=300, SESSION_ABSOLUTE_S=3600)
def test_row_10_asking_how_long_is_left_does_not_put_the_end_off(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    with later(seconds=200):
        assert 95 <= left(browser)["left_s"] <= 100  # type: ignore[operator]
        assert left(browser)["can_extend"] is True
    with later(seconds=301):
        assert left(browser) == {"left_s": 0, "can_extend": False}
        assert not is_inside(browser)


@override_settings(SESSION_IDLE_S=300, SESSION_ABSOLUTE_S=3600)
def test_row_10_staying_puts_the_idle_end_off_again_and_again(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    for round_ in range(1, 11):
        with later(seconds=250 * round_):
            answer = browser.post("/account/session/stay/", {"next": "/page/"})
            assert answer["Location"] == "/page/"
            assert int(str(left(browser)["left_s"])) > 290


@override_settings(SESSION_IDLE_S=300, SESSION_ABSOLUTE_S=600)
def test_row_10_the_absolute_end_stays_where_it_is_and_says_so(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    with later(seconds=250):
        browser.post("/account/session/stay/")
    with later(seconds=500):
        browser.post("/account/session/stay/")
        page = browser.get("/account/security/").content.decode()
        assert "This session ends at" in page
        assert left(browser)["can_extend"] is False
    with later(seconds=601):
        assert not is_inside(browser)


def test_the_page_says_when_without_script(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    page = browser.get("/account/security/").content.decode()
    assert "If you do nothing, you are signed out at" in page
    assert 'action="/account/session/stay/"' in page
    assert "signed out at" not in Client().get("/sign-in/").content.decode()


def test_row_43_staying_leads_nowhere_else(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    answer = browser.post("/account/session/stay/", {"next": "//evil.test/"})
    assert answer["Location"] == "/account/security/"
