"""Signing in with two factors in a browser."""

import re
import time
from statistics import median

import django_otp
import pytest
import time_machine
from django.core import mail
from django.test import Client

from bank.audit.models import AuditRecord
from bank.identity import errors, services, stepup
from bank.identity.models import Challenge, User, UserSession
from bank.identity.rules import Purpose
from bank.kernel import clock
from bank.runtime import outbox
from bank.runtime.models import OutboxMessage
from tests.identity import PASSWORD, mailed_code, open_browser, totp

pytestmark = pytest.mark.django_db


def give_password(browser: Client, email: str, password: str = PASSWORD, **more: str) -> int:
    return browser.post("/sign-in/", {"email": email, "password": password, **more}).status_code


def sign_in(browser: Client, email: str, **more: str) -> str:
    assert give_password(browser, email, **more) == 302
    answer = browser.post("/sign-in/code/", {"code": mailed_code()})
    assert answer.status_code == 302, answer.content
    return answer["Location"]


def is_inside(browser: Client) -> bool:
    return browser.get("/page/").status_code == 200


def test_both_factors_open_the_door(browser: Client, alice: User) -> None:
    assert sign_in(browser, "Alice@Example.test") == "/home/"
    assert is_inside(browser)
    assert UserSession.objects.get(user=alice).device == "Firefox on Linux"


def test_staff_land_in_the_admin(browser: Client, alice: User) -> None:
    alice.is_staff = True
    alice.save()
    assert sign_in(browser, alice.email) == "/admin/"


def test_an_authenticator_replaces_the_mail(browser: Client, alice: User) -> None:
    device = totp.enrolled(alice)
    mail.outbox.clear()
    give_password(browser, alice.email)
    outbox.deliver_due()
    assert not [message for message in mail.outbox if "code" in message.subject]
    assert browser.post("/sign-in/code/", {"code": totp.code(device)}).status_code == 302
    assert is_inside(browser)


def test_a_recovery_code_opens_once(browser: Client, alice: User) -> None:
    codes = totp.recovery_codes(alice)
    give_password(browser, alice.email)
    assert browser.post("/sign-in/code/", {"code": codes[0].upper()}).status_code == 302
    assert is_inside(browser)
    second = Client()
    give_password(second, alice.email)
    assert second.post("/sign-in/code/", {"code": codes[0]}).status_code == 200
    assert not is_inside(second)


def test_row_01_an_address_is_stopped_by_the_eleventh_wrong_password(browser: Client, alice: User) -> None:
    answers = [give_password(browser, alice.email, "wrong") for _ in range(12)]
    assert answers == [200] * 10 + [429] * 2
    answer = browser.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 301
    with time_machine.travel(clock.now().timestamp() + 301, tick=True):
        assert give_password(browser, alice.email) == 302


def test_row_01_one_try_on_each_of_many_accounts_is_stopped(browser: Client, alice: User) -> None:
    answers = [give_password(browser, f"user{n}@example.test", "wrong") for n in range(11)]
    assert answers[-1] == 429


def test_row_01_a_forged_forwarded_for_resets_nothing(browser: Client, alice: User) -> None:
    for n in range(10):
        browser.post(
            "/sign-in/",
            {"email": alice.email, "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{n}"},
        )
    assert give_password(browser, alice.email) == 429


def test_row_01_right_passwords_do_not_buy_an_address_more_guesses(
    browser: Client, alice: User, bob: User
) -> None:
    for _ in range(9):
        give_password(browser, alice.email, "wrong")
    assert give_password(Client(), bob.email) == 302
    assert give_password(browser, alice.email, "wrong") == 200
    assert give_password(browser, alice.email, "wrong") == 429


def wrong_from(address: str, email: str) -> int:
    answer = Client(REMOTE_ADDR=address).post("/sign-in/", {"email": email, "password": "wrong"})
    return answer.status_code


def test_row_01_an_account_is_guarded_against_many_addresses_and_stays_open_to_its_owner(
    browser: Client, alice: User
) -> None:
    sign_in(browser, alice.email)
    browser.post("/sign-out/")
    answers = [wrong_from(f"198.51.100.{n}", alice.email) for n in range(22)]
    assert answers == [200] * 20 + [429] * 2
    abroad = Client(REMOTE_ADDR="192.0.2.99")
    abroad.cookies["known"] = browser.cookies["known"].value
    assert give_password(abroad, alice.email) == 302, "the owner's browser is known"
    assert give_password(Client(), alice.email) == 302, "the owner's address is known"


def masked(body: bytes) -> str:
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", body.decode())
    return re.sub(r"[\w.]+@example\.test", "X", text)


@pytest.mark.usefixtures("real_hashes")
def test_row_02_known_and_unknown_addresses_look_the_same(alice: User) -> None:
    bodies, times = {}, {"alice@example.test": [], "nobody@example.test": []}  # type: ignore[var-annotated]
    for n in range(15):
        for email, taken in times.items():
            client = Client(REMOTE_ADDR=f"198.51.100.{n}")
            started = time.perf_counter()
            answer = client.post("/sign-in/", {"email": email, "password": "wrong password"})
            taken.append(time.perf_counter() - started)
            bodies[email] = (answer.status_code, masked(answer.content))
    assert bodies["alice@example.test"] == bodies["nobody@example.test"]
    known, unknown = (median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.25 * known


def test_row_02_a_user_switched_off_looks_unknown(browser: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    refused = browser.post("/sign-in/", {"email": alice.email, "password": PASSWORD})
    unknown = browser.post("/sign-in/", {"email": "nobody@example.test", "password": PASSWORD})
    assert masked(refused.content) == masked(unknown.content)


@pytest.mark.parametrize(
    "path",
    ["/page/", "/account/security/", "/account/security/password/", "/account/security/authenticator/"],
)
def test_row_05_the_password_alone_opens_nothing(browser: Client, alice: User, path: str) -> None:
    give_password(browser, alice.email)
    answer = browser.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={path}")


def test_row_05_a_session_made_round_the_second_factor_is_a_strangers(browser: Client, alice: User) -> None:
    browser.force_login(alice)
    assert not is_inside(browser)


def test_row_05_a_session_whose_proof_is_gone_is_a_strangers(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    assert is_inside(browser)
    session = browser.session
    del session[django_otp.DEVICE_ID_SESSION_KEY]
    session.save()
    assert not is_inside(browser)
    assert UserSession.objects.get(user=alice).ended_reason == "REVOKED"


def test_row_05_the_password_gives_the_api_nothing(browser: Client, alice: User) -> None:
    give_password(browser, alice.email)
    assert browser.get("/api/v1/probe").status_code == 401


def test_row_06_six_wrong_codes_kill_the_challenge(browser: Client, alice: User) -> None:
    give_password(browser, alice.email)
    right = mailed_code()
    for _ in range(5):
        browser.post("/sign-in/code/", {"code": stepup_wrong(right)})
    browser.post("/sign-in/code/", {"code": right})
    assert not is_inside(browser)
    browser.post("/sign-in/code/again/")
    browser.post("/sign-in/code/", {"code": mailed_code()})
    assert is_inside(browser), "a new code is a new chance"


def stepup_wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06d}"


def test_row_06_a_code_works_only_in_the_browser_that_asked_for_it(
    browser: Client, alice: User, bob: User
) -> None:
    give_password(browser, alice.email)
    code = mailed_code()
    for email in (alice.email, bob.email):
        other = Client()
        give_password(other, email)
        other.post("/sign-in/code/", {"code": code})
        assert not is_inside(other)


def test_row_06_a_code_is_bound_to_its_attempt(alice: User) -> None:
    asked = services.ask_second_factor(user=alice, act={"attempt": "1"}, purpose=Purpose.SIGN_IN)
    with pytest.raises(errors.StepUpActChanged):
        services.check_second_factor(
            user=alice, challenge_id=asked.pk, act={"attempt": "2"}, code=stepup.code_for(asked)
        )


def test_row_06_a_code_works_once(browser: Client, alice: User) -> None:
    give_password(browser, alice.email)
    stolen, code = browser.cookies["session"].value, mailed_code()
    browser.post("/sign-in/code/", {"code": code})
    thief = Client()
    thief.cookies["session"] = stolen
    thief.post("/sign-in/code/", {"code": code})
    assert is_inside(browser)
    assert not is_inside(thief)


def test_row_06_a_code_dies_after_ten_minutes(browser: Client, alice: User) -> None:
    give_password(browser, alice.email)
    code = mailed_code()
    with time_machine.travel(clock.now().timestamp() + 601, tick=True):
        browser.post("/sign-in/code/", {"code": code})
        assert not is_inside(browser)


def test_row_06_endless_new_codes_do_not_buy_endless_guesses(browser: Client, alice: User) -> None:
    began = clock.now().timestamp()
    for n in range(4):
        with time_machine.travel(began + n * 301, tick=True):
            assert give_password(browser, alice.email) == 302
            right = mailed_code()
            for _ in range(5):
                browser.post("/sign-in/code/", {"code": stepup_wrong(right)})
    with time_machine.travel(began + 4 * 301, tick=True):
        assert give_password(Client(), alice.email) == 429


def test_row_63_wrong_codes_are_paced_whatever_their_challenge(browser: Client, alice: User) -> None:
    give_password(browser, alice.email)
    answers = []
    for _ in range(3):
        right = mailed_code()
        for _ in range(4):
            answers.append(browser.post("/sign-in/code/", {"code": stepup_wrong(right)}))
        browser.post("/sign-in/code/again/")
    assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 200
    browser.post("/sign-in/code/", {"code": mailed_code()})
    assert not is_inside(browser), "not even the right one, until the window is over"


def test_row_63_new_codes_are_few(browser: Client, alice: User) -> None:
    give_password(browser, alice.email)
    answers = [browser.post("/sign-in/code/again/") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 200
    assert "very often in a short time" in answers[-1].content.decode()
    assert Challenge.objects.filter(user=alice).count() == 6


def test_row_63_codes_for_new_credentials_are_few(browser: Client, alice: User) -> None:
    sign_in(browser, alice.email)
    answers = [browser.post("/account/security/confirm/", {"ask": "1"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "very often in a short time" in answers[-1].content.decode()


def test_row_08_signing_in_takes_no_other_field(browser: Client, alice: User) -> None:
    sign_in(browser, alice.email, is_staff="true", is_superuser="1")
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (False, False)


def test_row_09_the_session_key_changes_at_each_step(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    planted = browser.cookies["session"].value
    give_password(browser, alice.email)
    halfway = browser.cookies["session"].value
    browser.post("/sign-in/code/", {"code": mailed_code()})
    final = browser.cookies["session"].value
    assert len({planted, halfway, final}) == 3
    for old in (planted, halfway):
        thief = Client()
        thief.cookies["session"] = old
        assert not is_inside(thief)


def test_row_62_sign_ins_are_on_the_trail_refused_ones_too(browser: Client, alice: User) -> None:
    give_password(browser, alice.email, "my secret password")
    give_password(browser, "my secret password")
    sign_in(browser, alice.email)
    records = AuditRecord.objects.filter(action="SIGN_IN").order_by("id")
    mine = records.filter(subject_id=str(alice.pk))
    assert list(mine.values_list("result", "actor_id")) == [("REFUSED", None), ("OK", alice.pk)]
    assert "secret password" not in str(list(AuditRecord.objects.values_list("detail", "subject_id")))


def test_a_sign_in_is_told_by_mail(browser: Client, alice: User) -> None:
    sign_in(browser, alice.email)
    outbox.deliver_due()
    assert "Sign-in from a new device" in mail.outbox[-1].subject
    assert "127.0.0.1" in mail.outbox[-1].body
    browser.post("/sign-out/")
    sign_in(browser, alice.email)
    outbox.deliver_due()
    assert "Sign-in to your account" in mail.outbox[-1].subject


@pytest.mark.parametrize(
    "path",
    [
        "//evil.test/",
        "https://evil.test/",
        "https:evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
        "/a\r\nX: 1",
    ],
)
def test_row_43_next_never_leads_away(browser: Client, alice: User, path: str) -> None:
    assert sign_in(browser, alice.email, next=path) == "/home/"


def test_next_leads_back_to_the_page_asked_for(browser: Client, alice: User) -> None:
    assert sign_in(browser, alice.email, next="/page/?a=1") == "/page/?a=1"


def test_odd_input_is_refused_calmly(browser: Client, alice: User) -> None:
    for email, password in (("a\x00@b.test", "x"), ("", ""), ("x" * 300, "y"), ("a@b.test", "z" * 5000)):
        assert give_password(browser, email, password) == 200
    give_password(browser, alice.email)
    for code in ("", "１２３４５６", "12\x0034", "e" * 100, "-1", "1e5"):
        assert browser.post("/sign-in/code/", {"code": code}).status_code == 200
    assert not is_inside(browser)


def test_a_code_is_never_stored(browser: Client, alice: User) -> None:
    give_password(browser, alice.email)
    code = stepup.code_for(Challenge.objects.get(user=alice))
    for table in (OutboxMessage, Challenge, AuditRecord):
        assert code not in str(list(table.objects.values()))
