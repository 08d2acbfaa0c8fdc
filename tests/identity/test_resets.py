"""A new password by mail and a second factor: tells nobody anything, works once (attack row 7)."""

import re
import time
from statistics import median

import pytest
import time_machine
from django.core import mail
from django.test import Client

from bank.audit.models import AuditRecord
from bank.identity import errors, passkeys, phones, resets, services, stepup
from bank.identity.models import Challenge, PasswordReset, User
from bank.kernel import clock
from bank.runtime import outbox
from bank.runtime.models import OutboxMessage, SentSms
from tests.identity import PASSWORD, bearer, open_browser, totp
from tests.identity.soft_key import registered

pytestmark = pytest.mark.django_db
NEW = "nine green lanterns"


@pytest.fixture
def amina(alice: User) -> User:
    phones.trust(user=alice, phone="+254712345678")
    return alice


def ask(browser: Client, email: str) -> int:
    return browser.post("/sign-in/forgotten/", {"email": email}).status_code


def mailed_link() -> str:
    outbox.deliver_due()
    found = [re.search(r"http://127\.0\.0\.1:\d+(/sign-in/reset/\S+)", str(m.body)) for m in mail.outbox]
    return next(match[1] for match in reversed(found) if match)


def opened(browser: Client, user: User) -> str:
    """The browser on the page behind the link that was mailed."""
    ask(browser, user.email)
    path = mailed_link()
    assert browser.get(path)["Location"] == "/sign-in/reset/"
    return path


def texted_code() -> str:
    outbox.deliver_due()
    found = re.search(r"your code is (\d{6})", SentSms.objects.order_by("-id")[0].text)
    assert found
    return found[1]


def choose(browser: Client, code: str, password: str = NEW) -> int:
    return browser.post("/sign-in/reset/", {"new": password, "code": code}).status_code


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def has_password(user: User, password: str) -> bool:
    user.refresh_from_db()
    return user.check_password(password)


def test_row_07_mail_and_phone_set_a_new_password_and_end_everything(browser: Client, amina: User) -> None:
    other, program = Client(), bearer(amina)
    open_browser(other, amina)
    opened(browser, amina)
    browser.post("/sign-in/reset/", {"ask": "1"})
    assert choose(browser, texted_code()) == 302
    assert has_password(amina, NEW)
    assert other.get("/page/").status_code == 302
    assert other.get("/api/v1/probe", **program).status_code == 401
    outbox.deliver_due()
    assert "Your password was changed" in mail.outbox[-1].subject
    actions = AuditRecord.objects.filter(subject_id=str(amina.pk)).values_list("action", flat=True)
    assert {"RESET_ASKED", "PASSWORD_RESET", "PASSWORD_CHANGED"} <= set(actions)


def test_row_07_a_reset_does_not_sign_in_and_skips_no_second_factor(browser: Client, amina: User) -> None:
    opened(browser, amina)
    browser.post("/sign-in/reset/", {"ask": "1"})
    choose(browser, texted_code())
    assert browser.get("/page/").status_code == 302
    browser.post("/sign-in/", {"email": amina.email, "password": NEW})
    assert browser.get("/page/").status_code == 302, "the code is still asked for"


def test_row_07_a_link_works_once(browser: Client, amina: User) -> None:
    path = opened(browser, amina)
    browser.post("/sign-in/reset/", {"ask": "1"})
    choose(browser, texted_code())
    again = Client()
    again.get(path)
    assert again.get("/sign-in/reset/").status_code == 410
    assert again.post("/sign-in/reset/", {"ask": "1"}).status_code == 410


def test_row_07_a_link_is_over_after_fifteen_minutes(browser: Client, amina: User) -> None:
    path = opened(browser, amina)
    with time_machine.travel(clock.now().timestamp() + 901, tick=True):
        browser.get(path)
        assert browser.get("/sign-in/reset/").status_code == 410


def test_row_07_an_older_link_is_void_once_the_password_changed(browser: Client, amina: User) -> None:
    path = opened(browser, amina)
    services.set_password(user=amina, password="seven blue umbrellas")
    browser.get(path)
    assert browser.get("/sign-in/reset/").status_code == 410


@pytest.mark.parametrize("token", ["x", "00000000000070008000000000000001.ab", "....", "%00", "é.ü"])
def test_row_07_a_made_up_link_opens_nothing(browser: Client, amina: User, token: str) -> None:
    browser.get(f"/sign-in/reset/{token}/")
    assert browser.get("/sign-in/reset/").status_code == 410


def test_row_07_the_link_names_the_banks_own_host(browser: Client, amina: User) -> None:
    answer = browser.post("/sign-in/forgotten/", {"email": amina.email}, headers={"Host": "evil.test"})
    assert answer.status_code == 400
    browser.post("/sign-in/forgotten/", {"email": amina.email}, headers={"X-Forwarded-Host": "evil.test"})
    outbox.deliver_due()
    assert "evil.test" not in str(mail.outbox[-1].body)


def test_row_07_the_secret_leaves_the_address_and_is_never_stored(browser: Client, amina: User) -> None:
    path = opened(browser, amina)
    secret = path.rstrip("/").rpartition(".")[2]
    page = browser.get("/sign-in/reset/")
    assert secret not in page.content.decode()
    for table in (OutboxMessage, PasswordReset, AuditRecord):
        assert secret not in str(list(table.objects.values()))


def masked(body: bytes) -> str:
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", body.decode())
    return re.sub(r"[\w.]+@example\.test", "X", text)


def test_row_02_known_and_unknown_addresses_get_the_same_answer_in_the_same_time(amina: User) -> None:
    bodies, times = {}, {amina.email: [], "nobody@example.test": []}  # type: ignore[var-annotated]
    for n in range(20):
        for email, taken in times.items():
            client = Client(REMOTE_ADDR=f"198.51.100.{n}")
            started = time.perf_counter()
            answer = client.post("/sign-in/forgotten/", {"email": email})
            taken.append(time.perf_counter() - started)
            bodies[email] = (answer.status_code, masked(answer.content))
    assert bodies[amina.email] == bodies["nobody@example.test"]
    known, unknown = (median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.35 * known
    outbox.deliver_due()
    assert {message.to[0] for message in mail.outbox if "new password" in message.subject} == {amina.email}


def test_row_01_an_address_asks_ten_times_and_an_account_is_mailed_three(amina: User, bob: User) -> None:
    one = Client()
    assert [ask(one, f"user{n}@example.test") for n in range(11)] == [200] * 10 + [429]
    answers = [ask(Client(REMOTE_ADDR=f"198.51.100.{n}"), amina.email) for n in range(6)]
    assert answers == [200] * 6, "nobody is told"
    outbox.deliver_due()
    assert len([m for m in mail.outbox if "new password" in m.subject and m.to == [amina.email]]) == 3


def test_row_06_five_wrong_codes_void_the_challenge_and_the_password_stays(
    browser: Client, amina: User
) -> None:
    opened(browser, amina)
    browser.post("/sign-in/reset/", {"ask": "1"})
    code = texted_code()
    for _ in range(5):
        assert choose(browser, wrong(code)) == 200
    assert choose(browser, code) == 200
    assert has_password(amina, PASSWORD)


def test_an_unfit_password_spends_no_code(browser: Client, amina: User) -> None:
    opened(browser, amina)
    browser.post("/sign-in/reset/", {"ask": "1"})
    code = texted_code()
    page = browser.post("/sign-in/reset/", {"new": "password1234", "code": code}).content.decode()
    assert "Choose another password" in page
    assert choose(browser, code) == 302


def test_a_code_by_mail_never_counts(browser: Client, alice: User) -> None:
    """Whoever reads the mail has the link already; a code by mail would be no second factor."""
    ask(browser, alice.email)
    outbox.deliver_due()
    assert "come to a branch" in mail.outbox[-1].body
    reset = PasswordReset.objects.get(user=alice)
    challenge = resets.challenge_for(reset)
    assert resets.ways(reset) == set()
    with pytest.raises(errors.StepUpWrongCode):
        resets.finish(reset=reset, challenge_id=challenge.pk, code=stepup.code_for(challenge), password=NEW)
    outbox.deliver_due()
    assert "Your code is" not in mail.outbox[-1].body


def test_an_authenticator_app_and_a_recovery_code_prove_too(browser: Client, alice: User) -> None:
    device = totp.enrolled(alice)
    opened(browser, alice)
    assert choose(browser, totp.wrong(device)) == 200
    assert choose(browser, totp.code(device)) == 302
    assert has_password(alice, NEW)
    codes = services.replace_recovery_codes(user=alice)
    opened(browser, alice)
    assert choose(browser, codes[0], "seven blue umbrellas") == 302
    assert has_password(alice, "seven blue umbrellas")


def test_a_passkey_proves_too(browser: Client, alice: User) -> None:
    key, _passkey = registered(alice)
    opened(browser, alice)
    browser.get("/sign-in/reset/", headers={"Host": "localhost"})
    challenge = Challenge.objects.get(user=alice, purpose="RESET")
    assert choose(browser, key.sign(passkeys.asking_for(challenge))) == 302
    assert has_password(alice, NEW)


def test_row_06_a_code_for_a_payment_resets_nothing(browser: Client, amina: User) -> None:
    opened(browser, amina)
    browser.post("/sign-in/reset/", {"ask": "1"})
    payment = stepup.start(user=amina, act={"act": "PAY"}, summary="KES 1.00 to Bob")
    assert choose(browser, stepup.code_for(payment)) == 200
    assert has_password(amina, PASSWORD)


def test_staff_help_at_the_counter(browser: Client, alice: User, bob: User) -> None:
    code = resets.begin_at_counter(user=alice, actor=bob, reason="Saw passport AK123")
    browser.get(mailed_link())
    assert choose(browser, "aaaaa-aaaaa") == 200
    assert choose(browser, code.upper()) == 302
    assert has_password(alice, NEW)
    line = AuditRecord.objects.get(action="RESET_ASKED_AT_COUNTER", subject_id=str(alice.pk))
    assert line.actor_id == bob.pk
    assert code not in str(line.told)


def test_a_user_switched_off_gets_no_link(browser: Client, amina: User) -> None:
    User.objects.filter(pk=amina.pk).update(is_active=False)
    ask(browser, amina.email)
    outbox.deliver_due()
    assert not PasswordReset.objects.exists()
