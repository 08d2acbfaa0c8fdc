"""Sessions: how long they live, who may end them, and what a page of theirs may be stored as."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from bank.audit.models import AuditRecord
from bank.identity import devices, selectors, services, sessions
from bank.identity.models import KnownDevice, User, UserSession
from bank.kernel import clock
from tests.identity import bearer, open_browser

pytestmark = pytest.mark.django_db


def is_inside(browser: Client) -> bool:
    return browser.get("/page/").status_code == 200


def later(**spell: float) -> Any:
    return time_machine.travel(clock.now() + timedelta(**spell), tick=True)


@override_settings(SESSION_IDLE_S=300)
def test_row_10_an_idle_session_ends(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    cookie = browser.cookies["session"].value
    with later(seconds=299):
        assert is_inside(browser)
    with later(seconds=299 + 301):
        browser.cookies["session"] = cookie
        assert not is_inside(browser)
    assert UserSession.objects.get(user=alice).ended_reason == "IDLE"


@override_settings(SESSION_IDLE_S=300)
def test_row_10_a_session_in_use_goes_on(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    for minute in range(1, 30):
        with later(minutes=4 * minute):
            assert is_inside(browser)


@override_settings(SESSION_IDLE_S=300, SESSION_ABSOLUTE_S=3600)
def test_row_10_no_session_outlives_its_absolute_end(browser: Client, alice: User) -> None:
    session = open_browser(browser, alice)
    for minute in range(4, 60, 4):
        with later(minutes=minute):
            assert is_inside(browser)
    with later(minutes=60, seconds=1):
        assert not is_inside(browser)
    session.refresh_from_db()
    assert session.ended_reason == "TOO_OLD"


def test_last_seen_is_written_once_a_minute_at_most(browser: Client, alice: User) -> None:
    session = open_browser(browser, alice)
    first = session.last_seen_at
    with later(seconds=50):
        is_inside(browser)
    session.refresh_from_db()
    assert session.last_seen_at == first
    with later(seconds=70):
        is_inside(browser)
    session.refresh_from_db()
    assert session.last_seen_at > first


def test_row_11_a_signed_out_cookie_is_worthless(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    stolen = browser.cookies["session"].value
    answer = browser.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    thief = Client()
    thief.cookies["session"] = stolen
    assert not is_inside(thief)
    assert AuditRecord.objects.filter(action="SIGN_OUT", actor=alice).count() == 1


def test_row_11_signing_out_takes_a_post(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    assert browser.get("/sign-out/").status_code == 405
    assert is_inside(browser)


def test_row_38_forms_need_their_token(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    open_browser(strict, alice)
    for path in ("/sign-in/", "/sign-out/", "/sign-in/code/again/", "/account/security/password/"):
        assert strict.post(path, {}).status_code == 403
    assert is_inside(strict)


def test_row_11_a_user_switched_off_is_out_at_once(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert not is_inside(browser)


def test_row_12_one_browser_ends_another(browser: Client, alice: User) -> None:
    other = Client()
    open_browser(browser, alice)
    session = open_browser(other, alice)
    page = browser.get("/account/security/").content.decode()
    assert page.count("Firefox on Linux<br>") == 2
    assert browser.post(f"/account/security/sessions/{session.pk}/end/").status_code == 302
    assert not is_inside(other)
    assert is_inside(browser)


def test_row_21_nobody_ends_another_persons_session_or_program(
    browser: Client, alice: User, bob: User
) -> None:
    his = Client()
    session = open_browser(his, bob)
    header = bearer(bob)
    family = selectors.token_families_of(bob)[0]
    open_browser(browser, alice)
    assert browser.post(f"/account/security/sessions/{session.pk}/end/").status_code == 404
    assert browser.post(f"/account/security/programs/{family.pk}/end/").status_code == 404
    assert is_inside(his)
    assert his.get("/api/v1/probe", **header).status_code == 200


def test_a_program_is_ended_from_the_page(browser: Client, alice: User) -> None:
    header = bearer(alice)
    open_browser(browser, alice)
    family = selectors.token_families_of(alice)[0]
    browser.post(f"/account/security/programs/{family.pk}/end/")
    assert browser.get("/api/v1/probe", **header).status_code == 401


def test_row_13_cookies_are_for_the_server_alone(browser: Client, alice: User) -> None:
    browser.post("/sign-in/", {"email": alice.email, "password": "correct horse battery"})
    for cookie in browser.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert len(cookie.OutputString()) < 4096


@override_settings(SESSION_COOKIE_SECURE=True)
def test_row_13_the_mark_of_a_known_device_is_as_guarded_as_the_session(alice: User) -> None:
    response = HttpResponse()
    devices.mark(response, KnownDevice.objects.create(user=alice, label="Firefox on Linux"))
    cookie = response.cookies["__Host-known"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]


def test_a_forged_mark_of_a_known_device_counts_for_nothing(alice: User) -> None:
    request = RequestFactory().get("/")
    device = KnownDevice.objects.create(user=alice, label="Firefox on Linux")
    for forged in (str(device.pk), f"{device.pk}:xx:yy", ""):
        request.COOKIES["known"] = forged
        assert devices.known(request, alice.email) is None


@pytest.mark.parametrize("path", ["/account/security/", "/sign-in/"])
def test_row_14_pages_about_a_person_are_not_stored(browser: Client, alice: User, path: str) -> None:
    if path != "/sign-in/":
        open_browser(browser, alice)
    assert "no-store" in browser.get(path)["Cache-Control"]


def test_row_09_a_confirmed_step_up_renews_the_key(browser: Client, alice: User) -> None:
    session = open_browser(browser, alice)
    old = browser.cookies["session"].value
    request = RequestFactory().get("/")
    request.session = browser.session  # type: ignore[assignment]
    sessions.renew(request)
    request.session.save()
    thief = Client()
    thief.cookies["session"] = old
    assert not is_inside(thief)
    browser.cookies["session"] = str(request.session.session_key)
    assert is_inside(browser)
    assert selectors.sessions_of(alice).get() == session


def test_purging_keeps_what_is_in_use(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    services.purge()
    assert is_inside(browser)
    with later(days=400):
        services.purge()
    assert not UserSession.objects.exists()
