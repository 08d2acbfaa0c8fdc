"""Passwords, authenticator apps, recovery codes, users and roles."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken

from bank.audit.models import AuditRecord
from bank.identity import errors, recovery, role_rules, rules, services, stepup
from bank.identity.models import Authenticator, User
from bank.runtime import outbox
from tests.identity import PASSWORD, mailed_code, open_browser, totp

pytestmark = pytest.mark.django_db
NEW = "nine green lanterns"


def is_inside(browser: Client) -> bool:
    return browser.get("/page/").status_code == 200


def confirm_oneself(browser: Client) -> None:
    """Through the page that asks for the second factor again."""
    browser.post("/account/security/confirm/", {"ask": "1"})
    assert browser.post("/account/security/confirm/", {"code": mailed_code()}).status_code == 302


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Bank2026!",
        "password1234",
        "qwertyuiop12",
        "alice@example.test",
        "Alice Achieng",
        "",
        "x" * 1025,
    ],
)
def test_row_03_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(errors.PasswordUnfit):
        services.create_user(email="alice@example.test", full_name="Alice Achieng", password=password)
    assert not User.objects.exists()
    assert not AuditRecord.objects.filter(action="USER_CREATED").exists()


@pytest.mark.parametrize(
    "password",
    ["bcdefg" * 12, "ß🦁🦒 simba na twiga", "  leading and trailing  ", "kwa heri ya kuonana", "z9" * 100],
)
def test_row_03_long_and_unusual_passwords_are_kept_whole(password: str) -> None:
    user = services.create_user(email="u@example.test", full_name="U", password=password)
    assert services.check_password(email="U@example.test", password=password) == user
    for near in (password[:-1], password[:72] + "!", f"{password} ", f" {password}"):
        with pytest.raises(errors.SignInRefused):
            services.check_password(email="u@example.test", password=near)


@pytest.mark.usefixtures("real_hashes")
def test_row_58_passwords_are_kept_as_argon2id(alice: User) -> None:
    assert alice.password.startswith("argon2$argon2id$")


def test_row_04_a_change_needs_the_old_password(alice: User) -> None:
    with pytest.raises(errors.WrongPassword):
        services.change_password(user=alice, old="wrong", new=NEW)
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    refusal = AuditRecord.objects.get(action="PASSWORD_CHANGED", subject_id=str(alice.pk))
    assert refusal.result == "REFUSED"


def test_row_04_a_change_ends_the_other_browsers_and_is_told(browser: Client, alice: User) -> None:
    other = Client()
    open_browser(browser, alice)
    open_browser(other, alice)
    confirm_oneself(browser)
    answer = browser.post("/account/security/password/", {"old": PASSWORD, "new": NEW})
    assert answer.status_code == 302, answer.content
    assert is_inside(browser)
    assert not is_inside(other)
    outbox.deliver_due()
    assert "Your password was changed" in mail.outbox[-1].subject
    assert services.check_password(email=alice.email, password=NEW) == alice
    with pytest.raises(errors.SignInRefused):
        services.check_password(email=alice.email, password=PASSWORD)


def test_row_04_a_refused_change_says_why(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    confirm_oneself(browser)
    for old, new, sentence in (
        ("wrong", NEW, "The present password is wrong"),
        (PASSWORD, "short", "Choose another password"),
    ):
        page = browser.post("/account/security/password/", {"old": old, "new": new})
        assert sentence in page.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert is_inside(browser)


@pytest.mark.parametrize(
    "path",
    [
        "/account/security/password/",
        "/account/security/authenticator/",
        "/account/security/authenticator/remove/",
        "/account/security/recovery-codes/",
    ],
)
def test_row_25_credentials_change_only_after_a_fresh_code(browser: Client, alice: User, path: str) -> None:
    open_browser(browser, alice)
    answer = browser.post(path, {"old": PASSWORD, "new": NEW, "code": "000000"})
    assert (answer.status_code, answer["Location"][:26]) == (302, "/account/security/confirm/")
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert not Authenticator.objects.exists()


def test_row_25_a_code_for_a_payment_does_not_open_the_credentials(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    payment = stepup.start(user=alice, act={"act": "PAY"}, summary="KES 1.00 to Bob")
    browser.post("/account/security/confirm/", {"ask": "1"})
    browser.post("/account/security/confirm/", {"code": stepup.code_for(payment)})
    assert browser.get("/account/security/password/").status_code == 302


def test_row_09_confirming_renews_the_session_key(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    before = browser.cookies["session"].value
    confirm_oneself(browser)
    assert browser.cookies["session"].value != before
    assert is_inside(browser)


def enrol_by_page(browser: Client, user: User) -> list[str]:
    page = browser.get("/account/security/authenticator/").content.decode()
    assert 'src="data:image/svg+xml' in page
    device = Authenticator.objects.get(user=user, confirmed=False)
    shown = browser.post("/account/security/authenticator/", {"code": totp.code(device)}).content.decode()
    return re.findall(r">([a-z2-9]{5}-[a-z2-9]{5})<", shown)


def test_an_authenticator_is_added_by_a_code_made_with_it(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    confirm_oneself(browser)
    codes = enrol_by_page(browser, alice)
    assert len(codes) == rules.RECOVERY_CODES
    assert stepup.has_authenticator(alice)
    outbox.deliver_due()
    assert "authenticator app was added" in mail.outbox[-1].subject


def test_a_wrong_code_adds_no_authenticator(browser: Client, alice: User) -> None:
    device = services.enrol_totp(user=alice)
    with pytest.raises(errors.StepUpWrongCode):
        services.confirm_totp(user=alice, code=totp.wrong(device))
    assert not stepup.has_authenticator(alice)
    assert services.enrol_totp(user=alice) == device, "a reloaded page still fits the app"


def test_removing_the_authenticator_keeps_the_session(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    confirm_oneself(browser)
    enrol_by_page(browser, alice)
    assert browser.post("/account/security/authenticator/remove/").status_code == 302
    assert is_inside(browser)
    assert not stepup.has_authenticator(alice)
    assert recovery.left(alice) == 0


def test_recovery_codes_are_kept_as_digests_and_replaced_whole(alice: User) -> None:
    codes = totp.recovery_codes(alice)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert not stored & {code.replace("-", "") for code in codes}
    newer = services.replace_recovery_codes(user=alice)
    assert not recovery.spend(alice, codes[0])
    assert recovery.spend(alice, newer[0])
    assert recovery.left(alice) == rules.RECOVERY_CODES - 1


def test_a_recovery_code_of_another_person_opens_nothing(alice: User, bob: User) -> None:
    codes = totp.recovery_codes(alice)
    totp.recovery_codes(bob)
    assert not recovery.spend(bob, codes[0])


def test_an_address_belongs_to_one_user(alice: User) -> None:
    with pytest.raises(errors.EmailTaken):
        services.create_user(email=" ALICE@example.test ", full_name="Other", password=PASSWORD)
    assert User.objects.count() == 1


def test_a_user_without_password_cannot_sign_in() -> None:
    services.create_user(email="new@example.test", full_name="New", password=None)
    for password in ("", "!", "None"):
        with pytest.raises(errors.SignInRefused):
            services.check_password(email="new@example.test", password=password)


def test_row_08_a_user_is_no_staff_unless_made_one() -> None:
    user = services.create_user(email="c@example.test", full_name="C", password=PASSWORD)
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_row_22_roles_are_seeded_and_reseeded_alike() -> None:
    services.seed_roles()
    auditor = Group.objects.get(name="AUDITOR")
    auditor.permissions.clear()
    groups = services.seed_roles()
    assert {group.name for group in groups} == set(role_rules.ROLES)
    assert set(auditor.permissions.values_list("codename", flat=True)) >= {"view_auditrecord", "view_user"}


def test_row_22_an_auditor_changes_nothing_and_a_teller_sees_no_trail() -> None:
    services.seed_roles()
    verbs = {
        codename.partition("_")[0]
        for codename in Group.objects.get(name="AUDITOR").permissions.values_list("codename", flat=True)
    }
    assert verbs == {"view"}
    teller = Group.objects.get(name="TELLER").permissions
    assert not teller.filter(content_type__app_label__in=["audit", "identity", "ledger"]).exists()


def test_row_62_changes_of_credentials_are_on_the_trail(alice: User) -> None:
    totp.recovery_codes(alice)
    services.change_password(user=alice, old=PASSWORD, new=NEW)
    services.remove_totp(user=alice)
    records = AuditRecord.objects.filter(subject_type="USER", subject_id=str(alice.pk)).order_by("id")
    assert [record.action for record in records] == [
        "USER_CREATED",
        "AUTHENTICATOR_ENROLLED",
        "PASSWORD_CHANGED",
        "AUTHENTICATOR_REMOVED",
    ]
    assert NEW not in str([record.told for record in records])
