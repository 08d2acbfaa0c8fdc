"""Passkeys, a forgotten password and the end of a session, in a real browser."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from playwright.sync_api import Page, expect

from bank.identity import phones
from bank.identity.models import Passkey, User
from bank.kernel import clock
from bank.runtime import outbox
from bank.runtime.models import SentSms
from tests.identity import mailed_code
from tests.journeys.conftest import PHONE
from tests.journeys.steps import pay_brian_with, sign_in
from tests.portals.town import PASSWORD, Town

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
NEW = "nine green lanterns"


def with_authenticator(page: Page) -> None:
    """Gives the browser a device that keeps passkeys and always recognises its owner."""
    line: Any = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    line.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_passkey(page: Page) -> None:
    page.goto("/account/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of the passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey was added")).to_be_visible()
    expect(page.get_by_role("cell", name="My laptop").first).to_be_visible()


def test_a_passkey_is_added_and_signs_in_and_pays(town: Town, visit: Visit) -> None:
    page = visit("/personal/")
    with_authenticator(page)
    sign_in(page, town.amina.user)
    add_passkey(page)
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/personal/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    pay_brian_with(page, town, "Use a passkey instead")
    assert town.brian.booked == "2250.00"
    assert Passkey.objects.get(user=town.amina.user).last_used_at is not None


def test_a_forgotten_password_on_a_phone_without_script(town: Town, visit: Visit) -> None:
    phones.trust(user=town.amina.user, phone="+254712345678")
    page = visit("/sign-in/", viewport=PHONE, java_script_enabled=False)
    page.get_by_role("link", name="I have forgotten my password").click()
    page.get_by_label("E-mail address").fill(town.amina.user.email)
    page.get_by_role("button", name="Send me a link").click()
    outbox.deliver_due()
    found = re.search(r"(/sign-in/reset/\S+)", str(mail.outbox[-1].body))
    assert found
    page.goto(found[1])
    page.get_by_role("button", name="Send the code to my phone").click()
    outbox.deliver_due()
    code = re.search(r"your code is (\d{6})", SentSms.objects.latest("id").text)
    assert code
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("Code", exact=True).fill(code[1])
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your password was changed")).to_be_visible()
    user = User.objects.get(pk=town.amina.user.pk)
    assert user.check_password(NEW)
    assert not user.check_password(PASSWORD)


def test_the_end_of_a_session_is_announced_and_put_off(town: Town, visit: Visit) -> None:
    """Half an hour goes by for the bank and for the page alike, without anybody waiting for it."""
    page = visit("/personal/", service_workers="block")
    page.clock.install()
    sign_in(page, town.amina.user)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("If you do nothing, you are signed out at")).to_be_visible()
    dialog = page.get_by_role("dialog", name="You are about to be signed out")
    with time_machine.travel(clock.now() + timedelta(minutes=27), tick=True):
        page.clock.fast_forward("27:00")
        expect(dialog).not_to_be_visible()
    with time_machine.travel(clock.now() + timedelta(minutes=29), tick=True):
        page.clock.fast_forward("02:00")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Stay signed in").click()
        expect(dialog).not_to_be_visible()
        page.reload()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    with time_machine.travel(clock.now() + timedelta(minutes=60), tick=True):
        page.clock.fast_forward("31:00")
        page.wait_for_url(re.compile("/sign-in/"))
