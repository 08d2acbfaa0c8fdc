"""Phones: proved by a code sent to that number, then a way for codes."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client, override_settings

from bank.audit.models import AuditRecord
from bank.identity import errors, phones, services, stepup
from bank.identity.models import SmsCodeDevice, User
from bank.identity.rules import Purpose
from bank.runtime import outbox, secrets
from bank.runtime.models import SentSms
from tests.identity import PASSWORD, open_browser, totp

pytestmark = pytest.mark.django_db
NUMBER = "+254712345678"


def texted_code() -> str:
    outbox.deliver_due()
    found = re.search(r"your code is (\d{6})", SentSms.objects.order_by("-id")[0].text)
    assert found
    return found[1]


@pytest.mark.parametrize("text", ["0712 345 678", "+254 712-345-678", "(0712) 345678", NUMBER])
def test_numbers_are_taken_however_people_type_them(text: str) -> None:
    assert phones.read(text) == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "+254 20 222 2222",
        "0712345678 ext. 5",
        "+1 900 555 0100",
        "call me",
        "+999123456789",
        "٠" * 40,
        "\x00",
    ],
)
def test_what_no_message_reaches_is_refused(text: str) -> None:
    with pytest.raises(errors.PhoneUnfit):
        phones.read(text)


def proved_by_page(browser: Client, user: User, number: str = "0712 345 678") -> None:
    open_browser(browser, user)
    browser.post("/account/security/confirm/", {"ask": "1"})
    code = stepup.code_for(user.challenges.latest("created_at"))
    browser.post("/account/security/confirm/", {"code": code})
    assert browser.post("/account/security/phone/", {"phone": number}).status_code == 302
    assert browser.post("/account/security/phone/prove/", {"code": texted_code()}).status_code == 302


def test_a_phone_is_proved_by_the_code_that_came_to_it(browser: Client, alice: User) -> None:
    proved_by_page(browser, alice)
    assert SmsCodeDevice.objects.get(user=alice).phone == NUMBER
    assert SentSms.objects.get().recipient == NUMBER
    page = browser.get("/account/security/").content.decode()
    assert "+254 ••• 678" in page
    assert NUMBER not in page
    outbox.deliver_due()
    assert "A phone was added" in mail.outbox[-1].subject


def test_row_57_the_number_is_sealed_and_found_by_its_digest(alice: User) -> None:
    phones.trust(user=alice, phone=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM identity_smscodedevice")
        stored = bytes(cursor.fetchone()[0])
    assert NUMBER.encode() not in stored
    digest = secrets.lookup_hash("+254 712 345 678", context="identity.phone")
    assert SmsCodeDevice.objects.filter(phone_digest=digest).exists()


def test_a_code_proves_the_number_it_went_to_and_no_other(alice: User) -> None:
    challenge = phones.ask(user=alice, phone=NUMBER)
    with pytest.raises(errors.StepUpActChanged):
        phones.prove(
            user=alice, phone="+254722000000", challenge_id=challenge.pk, code=stepup.code_for(challenge)
        )
    assert not SmsCodeDevice.objects.exists()


def test_codes_go_to_the_phone_once_the_user_chose_so(browser: Client, alice: User) -> None:
    phones.trust(user=alice, phone=NUMBER)
    act = {"act": "PAY", "amount": "1"}
    assert stepup.start(user=alice, act=act, summary="s").channel == "EMAIL"
    phones.prefer(user=alice, sms_first=True)
    alice.refresh_from_db()
    challenge = stepup.start(user=alice, act=act, summary="KES 1.00 to Bob")
    assert (challenge.channel, challenge.masked_destination) == ("SMS", "+254 ••• 678")
    assert "KES 1.00 to Bob" in _newest_text()
    stepup.confirm(user=alice, challenge_id=challenge.pk, act=act, code=texted_code())


def _newest_text() -> str:
    outbox.deliver_due()
    return SentSms.objects.order_by("-id")[0].text


def test_the_code_of_a_sign_in_may_come_by_sms_instead(browser: Client, alice: User) -> None:
    phones.trust(user=alice, phone=NUMBER)
    browser.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    assert "Send it by SMS instead" in browser.get("/sign-in/code/").content.decode()
    browser.post("/sign-in/code/again/", {"by": "SMS"})
    assert browser.post("/sign-in/code/", {"code": texted_code()}).status_code == 302
    assert browser.get("/page/").status_code == 200


def test_an_app_leaves_no_weaker_way_open(alice: User) -> None:
    phones.trust(user=alice, phone=NUMBER)
    totp.enrolled(alice)
    challenge = services.ask_second_factor(
        user=alice, act={"a": "1"}, purpose=Purpose.SIGN_IN, channel=stepup.Channel.SMS
    )
    assert challenge.channel == "TOTP"
    outbox.deliver_due()
    assert not SentSms.objects.exists()


def test_messages_that_cost_money_are_counted(alice: User) -> None:
    for _ in range(10):
        phones.ask(user=alice, phone=NUMBER)
    with pytest.raises(errors.TooManyTries):
        phones.ask(user=alice, phone="+254722000000")


def test_one_number_gets_ten_messages_whoever_asks(alice: User, bob: User) -> None:
    for _ in range(10):
        phones.ask(user=alice, phone=NUMBER)
    with pytest.raises(errors.TooManyTries):
        phones.ask(user=bob, phone=NUMBER)


def test_removing_the_phone_brings_mail_back_and_is_told(browser: Client, alice: User) -> None:
    proved_by_page(browser, alice)
    browser.post("/account/security/phone/prefer/", {"sms": "1"})
    alice.refresh_from_db()
    assert alice.prefers_sms
    browser.post("/account/security/phone/remove/")
    alice.refresh_from_db()
    assert not alice.prefers_sms
    assert not SmsCodeDevice.objects.exists()
    assert browser.get("/page/").status_code == 200
    actions = AuditRecord.objects.filter(subject_id=str(alice.pk)).values_list("action", flat=True)
    assert {"PHONE_PROVED", "CODES_PREFERRED", "PHONE_REMOVED"} <= set(actions)


@override_settings(SMS_GATEWAY="")
def test_without_a_gateway_nobody_waits_for_a_message(browser: Client, alice: User) -> None:
    phones.trust(user=alice, phone=NUMBER)
    phones.prefer(user=alice, sms_first=True)
    alice.refresh_from_db()
    assert stepup.start(user=alice, act={"a": 1}, summary="s").channel == "EMAIL"
    with pytest.raises(errors.PhoneUnfit):
        phones.ask(user=alice, phone=NUMBER)
    open_browser(browser, alice)
    assert "Add a phone" not in browser.get("/account/security/").content.decode()


@pytest.mark.parametrize("path", ["phone/", "phone/prove/", "phone/remove/", "phone/prefer/"])
def test_row_25_the_phone_changes_only_after_a_fresh_code(browser: Client, alice: User, path: str) -> None:
    open_browser(browser, alice)
    answer = browser.post(f"/account/security/{path}", {"phone": NUMBER, "code": "1", "sms": "1"})
    assert answer["Location"].startswith("/account/security/confirm/")
