"""Passkeys: registered with care, signing a sign-in or exactly one act."""

import json
import os
from html import unescape

import pytest
import time_machine
from django.core import mail
from django.test import Client, override_settings

from bank.audit.models import AuditRecord
from bank.identity import errors, passkeys, services, stepup
from bank.identity.models import Passkey, User, UserSession
from bank.kernel import clock
from bank.runtime import outbox
from tests.identity import PASSWORD, open_browser
from tests.identity.soft_key import SoftKey, registered

pytestmark = pytest.mark.django_db
ACT = {"act": "PAY", "amount": "KES 1250.00", "payee": "Brian"}


def ask(user: User, act: dict[str, str] = ACT) -> tuple[str, str]:
    challenge = stepup.start(user=user, act=act, summary="KES 1,250.00 to Brian")
    return str(challenge.pk), passkeys.asking_for(challenge)


def sign_in_with(browser: Client, key: SoftKey, **lies: object) -> int:
    options = browser.post("/sign-in/passkey/options/").content.decode()
    return browser.post("/sign-in/passkey/", {"answer": key.sign(options, **lies)}).status_code


def is_inside(browser: Client) -> bool:
    return browser.get("/page/").status_code == 200


def test_a_passkey_signs_exactly_this_act_once(alice: User) -> None:
    key, passkey = registered(alice)
    challenge_id, options = ask(alice)
    answer = key.sign(options)
    done = stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code=answer)
    assert done.passkey == passkey
    with pytest.raises(errors.StepUpExpired):
        stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code=answer)
    passkey.refresh_from_db()
    assert passkey.last_used_at is not None


@pytest.mark.parametrize("name", ["amount", "payee"])
def test_row_34_a_signature_for_one_act_confirms_no_other(alice: User, name: str) -> None:
    key, _passkey = registered(alice)
    changed = ACT | {name: "KES 9999.00"}
    _first, options = ask(alice)
    second, _options = ask(alice, changed)
    with pytest.raises(errors.StepUpWrongCode):
        stepup.confirm(user=alice, challenge_id=second, act=changed, code=key.sign(options))
    first, options = ask(alice)
    with pytest.raises(errors.StepUpActChanged):
        stepup.confirm(user=alice, challenge_id=first, act=changed, code=key.sign(options))


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.test"},
        {"origin": "http://localhost.evil.test"},
        {"rp": "evil.test"},
        {"verified": False},
        {"challenge": b"x" * 32},
    ],
    ids=str,
)
def test_a_lie_in_the_answer_is_refused(alice: User, lie: dict[str, object]) -> None:
    key, _passkey = registered(alice)
    challenge_id, options = ask(alice)
    with pytest.raises(errors.StepUpWrongCode):
        stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code=key.sign(options, **lie))
    challenge = os.urandom(32)
    made = SoftKey().make(passkeys.registration(alice, challenge), **lie)
    with pytest.raises(errors.PasskeyRefused):
        passkeys.register(user=alice, name="x", challenge=challenge, answer=made)


def test_row_21_another_persons_passkey_signs_nothing_of_mine(alice: User, bob: User) -> None:
    registered(alice)
    his, _passkey = registered(bob)
    challenge_id, options = ask(alice)
    with pytest.raises(errors.StepUpWrongCode):
        stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code=his.sign(options))


def test_a_forged_signature_is_refused(alice: User) -> None:
    key, _passkey = registered(alice)
    challenge_id, options = ask(alice)
    thief = SoftKey()
    thief.id = key.id
    with pytest.raises(errors.StepUpWrongCode):
        stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code=thief.sign(options))


def test_a_copied_key_is_found_out_by_its_counter(alice: User) -> None:
    key, _passkey = registered(alice)
    challenge_id, options = ask(alice)
    stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code=key.sign(options))
    key.count = 0
    challenge_id, options = ask(alice)
    with pytest.raises(errors.StepUpWrongCode):
        stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code=key.sign(options))


@pytest.mark.parametrize(
    "answer",
    ["{}", "{", '{"id": 5}', '{"id": "AAAA"}', '{"id": null, "response": []}', "{" * 9000, '{"id": "\x00"}'],
)
def test_odd_answers_are_wrong_codes(alice: User, answer: str) -> None:
    registered(alice)
    challenge_id, _options = ask(alice)
    with pytest.raises(errors.StepUpWrongCode):
        stepup.confirm(user=alice, challenge_id=challenge_id, act=ACT, code=answer)


def test_a_passkey_signs_in_without_a_password(browser: Client, alice: User) -> None:
    key, _passkey = registered(alice)
    assert sign_in_with(browser, key) == 302
    assert is_inside(browser)
    assert UserSession.objects.get(user=alice).ended_at is None
    outbox.deliver_due()
    assert "new device" in mail.outbox[-1].subject
    kept = AuditRecord.objects.filter(action="SIGN_IN", actor=alice)
    assert "Passkey" in {line.told["channel"] for line in kept}


def test_row_06_an_answer_signs_in_once_and_for_five_minutes(browser: Client, alice: User) -> None:
    key, _passkey = registered(alice)
    options = browser.post("/sign-in/passkey/options/").content.decode()
    answer = key.sign(options)
    thief = Client()
    thief.post("/sign-in/passkey/", {"answer": answer})
    assert not is_inside(thief)
    browser.post("/sign-in/passkey/", {"answer": answer})
    assert is_inside(browser)
    browser.post("/sign-out/")
    browser.post("/sign-in/passkey/", {"answer": answer})
    assert not is_inside(browser)
    options = browser.post("/sign-in/passkey/options/").content.decode()
    with time_machine.travel(clock.now().timestamp() + 301, tick=True):
        browser.post("/sign-in/passkey/", {"answer": key.sign(options)})
        assert not is_inside(browser)


def test_row_01_passkey_refusals_are_counted_and_recorded(browser: Client, alice: User) -> None:
    registered(alice)
    before = AuditRecord.objects.filter(action="SIGN_IN", result="REFUSED").count()
    for _ in range(10):
        sign_in_with(browser, SoftKey())
    assert AuditRecord.objects.filter(action="SIGN_IN", result="REFUSED").count() == before + 10
    answer = browser.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    assert answer.status_code == 429


def test_row_11_a_user_switched_off_has_no_passkey(browser: Client, alice: User) -> None:
    key, _passkey = registered(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    sign_in_with(browser, key)
    assert not is_inside(browser)


def test_a_passkey_is_the_second_factor_after_the_password(browser: Client, alice: User) -> None:
    key, _passkey = registered(alice)
    browser.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    challenge = alice.challenges.latest("created_at")
    answer = key.sign(passkeys.asking_for(challenge))
    assert browser.post("/sign-in/code/", {"code": answer}).status_code == 302
    assert is_inside(browser)


def confirmed(browser: Client, user: User) -> None:
    open_browser(browser, user)
    browser.post("/account/security/confirm/", {"ask": "1"})
    code = stepup.code_for(user.challenges.latest("created_at"))
    assert browser.post("/account/security/confirm/", {"code": code}).status_code == 302


def options_on(page: str) -> str:
    return unescape(page.partition('data-passkey-options="')[2].partition('"')[0])


def test_a_passkey_is_added_named_used_to_confirm_and_removed(browser: Client, alice: User) -> None:
    confirmed(browser, alice)
    page = browser.get("/account/security/passkeys/", headers={"Host": "localhost"}).content.decode()
    key = SoftKey()
    answer = key.make(options_on(page))
    assert browser.post("/account/security/passkeys/", {"name": "Phone", "answer": answer}).status_code == 302
    passkey = Passkey.objects.get(user=alice)
    browser.post(f"/account/security/passkeys/{passkey.pk}/", {"name": "Old phone"})
    passkey.refresh_from_db()
    assert passkey.name == "Old phone"
    session = browser.session
    del session["confirmed_until"]
    session.save()
    assert browser.get("/account/security/password/").status_code == 302
    page = browser.get("/account/security/confirm/", headers={"Host": "localhost"}).content.decode()
    browser.post("/account/security/confirm/", {"code": key.sign(options_on(page))})
    assert browser.get("/account/security/password/").status_code == 200
    browser.post(f"/account/security/passkeys/{passkey.pk}/remove/")
    assert not Passkey.objects.exists()
    assert is_inside(browser)
    actions = AuditRecord.objects.filter(subject_id=str(alice.pk)).values_list("action", flat=True)
    assert {"PASSKEY_ADDED", "PASSKEY_RENAMED", "PASSKEY_REMOVED"} <= set(actions)
    outbox.deliver_due()
    subjects = [message.subject for message in mail.outbox]
    assert [s for s in subjects if "passkey was added" in s]
    assert [s for s in subjects if "passkey was removed" in s]


def test_an_answer_for_another_form_registers_nothing(browser: Client, alice: User) -> None:
    confirmed(browser, alice)
    stale = SoftKey().make(passkeys.registration(alice, b"y" * 32))
    for answer in (stale, "", "{}", "nonsense"):
        given = {"name": "Phone", "answer": answer}
        page = browser.post("/account/security/passkeys/", given, headers={"Host": "localhost"})
        assert page.status_code == 200
        assert "could not be used here" in page.content.decode()
    assert not Passkey.objects.exists()


def test_row_25_passkeys_change_only_after_a_fresh_code(browser: Client, alice: User) -> None:
    _key, passkey = registered(alice)
    open_browser(browser, alice)
    browser.post(f"/account/security/passkeys/{passkey.pk}/remove/")
    assert Passkey.objects.filter(pk=passkey.pk).exists()
    assert browser.get("/account/security/passkeys/").status_code == 302


def test_row_21_nobody_renames_or_removes_anothers_passkey(browser: Client, alice: User, bob: User) -> None:
    _key, his = registered(bob)
    confirmed(browser, alice)
    assert browser.post(f"/account/security/passkeys/{his.pk}/", {"name": "mine"}).status_code == 404
    assert browser.post(f"/account/security/passkeys/{his.pk}/remove/").status_code == 404
    assert Passkey.objects.get(pk=his.pk).name == "Phone"


def test_one_credential_belongs_to_one_user(alice: User, bob: User) -> None:
    key, _passkey = registered(alice)
    challenge = os.urandom(32)
    with pytest.raises(errors.PasskeyRefused):
        passkeys.register(
            user=bob, name="x", challenge=challenge, answer=key.make(passkeys.registration(bob, challenge))
        )


def test_options_name_the_user_to_nobody(alice: User) -> None:
    options = json.loads(passkeys.registration(alice, b"z" * 32))
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert str(alice.pk).encode() not in passkeys._handle(alice)[:2]
    assert (
        "allowCredentials" not in passkeys.asking(b"z" * 32)
        or not json.loads(passkeys.asking(b"z" * 32))["allowCredentials"]
    )


@override_settings(PUBLIC_URL="https://bank.example")
def test_in_production_one_origin_counts() -> None:
    assert passkeys.relying_party() == "bank.example"
    assert passkeys._origins("{}") == ["https://bank.example"]
    assert passkeys.usable_at("bank.example:443")
    assert passkeys.usable_at("my.bank.example")
    assert not passkeys.usable_at("evilbank.example")


def test_the_device_after_a_passkey_sign_in_is_the_passkey(alice: User) -> None:
    key, passkey = registered(alice)
    challenge = services.ask_second_factor(user=alice, act={"attempt": "1"}, purpose="SIGN_IN")  # type: ignore[arg-type]
    proof = services.check_second_factor(
        user=alice,
        challenge_id=challenge.pk,
        act={"attempt": "1"},
        code=key.sign(passkeys.asking_for(challenge)),
    )
    assert proof == passkey
