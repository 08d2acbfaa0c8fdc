"""Staff sessions, roles and limits as data, and the glass to break in need."""

from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from bank.audit.models import AuditRecord
from bank.identity import checks, duty, errors, role_rules, services, sessions
from bank.identity.models import RoleLimit, StaffSession, User
from bank.identity.role_rules import Act
from bank.identity.rules import Ended
from bank.kernel import clock
from bank.kernel.errors import InvalidInput, NotAllowed
from bank.kernel.money import Money
from bank.runtime import outbox
from tests.identity import mailed_code, open_browser

pytestmark = pytest.mark.django_db
RIGHT = "identity.change_user"
REASON = "Case C-17, a lost phone"


@pytest.fixture
def admin() -> User:
    services.seed_roles()
    return employed("halima", "ADMINISTRATOR")


def employed(name: str, *roles: str) -> User:
    email = f"{name}@example.test"
    user = services.create_user(email=email, full_name=name.title(), password=None, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def may(user: User, right: str = RIGHT) -> bool:
    return User.objects.get(pk=user.pk).has_perm(right)


def test_a_role_looks_at_any_time_and_changes_on_duty_alone(admin: User) -> None:
    assert may(admin, "identity.view_user")
    assert not may(admin)
    duty.open_session(user=admin, reason=REASON, minutes=15, browser=None)
    assert may(admin)
    assert not may(admin, "cif.change_customer"), "no more than the role has"
    duty.end(user=admin)
    assert not may(admin)


def test_what_was_typed_waits_while_the_code_is_asked_for(browser: Client, admin: User) -> None:
    open_browser(browser, admin, on_duty=False)
    typed = {"reason": REASON, "minutes": "30", "next": "/admin/cif/"}
    asks = browser.post("/account/duty/", typed).headers["Location"]
    asked = browser.get(asks)
    assert not StaffSession.objects.exists()
    assert b'href="/admin/"' in asked.content
    assert b'href="/account/security/"' not in asked.content
    browser.post(asks, {"ask": "1"})
    back = browser.post(asks, {"code": mailed_code()})
    page = browser.get(back.headers["Location"])
    assert page.context["form"].initial == typed
    assert page.context["next"] == "/admin/cif/"


def test_it_ends_by_itself(admin: User) -> None:
    duty.open_session(user=admin, reason=REASON, minutes=15, browser=None)
    with time_machine.travel(clock.now().timestamp() + 901, tick=True):
        assert not may(admin)
        assert may(admin, "identity.view_user")


def test_it_ends_with_the_browser_it_was_opened_in(browser: Client, admin: User) -> None:
    opened = open_browser(browser, admin)
    assert may(admin)
    sessions.close(opened, Ended.SIGNED_OUT)
    assert not may(admin)


@pytest.mark.parametrize("reason", ["", "          ", "short", "a  b  c  d"])
def test_it_needs_a_reason(admin: User, reason: str) -> None:
    with pytest.raises(errors.ReasonNeeded):
        duty.open_session(user=admin, reason=reason, minutes=15, browser=None)
    with pytest.raises(errors.ReasonNeeded):
        duty.break_glass(user=admin, reason=reason, minutes=15)
    assert not StaffSession.objects.exists()


@pytest.mark.parametrize("minutes", [0, -5, 241, 10**6])
def test_it_lasts_four_hours_at_most(admin: User, minutes: int) -> None:
    with pytest.raises(InvalidInput):
        duty.open_session(user=admin, reason=REASON, minutes=minutes, browser=None)
    with pytest.raises(InvalidInput):
        duty.break_glass(user=admin, reason=REASON, minutes=minutes)


def test_customers_open_none(alice: User) -> None:
    with pytest.raises(NotAllowed):
        duty.open_session(user=alice, reason=REASON, minutes=15, browser=None)
    with pytest.raises(NotAllowed):
        duty.break_glass(user=alice, reason=REASON, minutes=15)


def test_the_page_asks_for_a_code_and_a_reason(browser: Client, admin: User) -> None:
    open_browser(browser, admin, on_duty=False)
    given = {"reason": REASON, "minutes": "30"}
    assert browser.post("/account/duty/", given)["Location"].startswith("/account/security/confirm/")
    assert not may(admin)
    browser.post("/account/security/confirm/", {"ask": "1"})
    browser.post("/account/security/confirm/", {"code": mailed_code()})
    assert (
        "at least 10 characters" in browser.post("/account/duty/", given | {"reason": "x"}).content.decode()
    )
    assert browser.post("/account/duty/", given | {"minutes": "9999"}).status_code == 200
    assert not may(admin)
    assert browser.post("/account/duty/", given)["Location"] == "/admin/"
    assert may(admin)
    line = AuditRecord.objects.get(action="STAFF_SESSION_OPENED", actor_id=admin.pk)
    assert line.told["reason"] == REASON
    browser.post("/account/duty/end/")
    assert not may(admin)
    assert AuditRecord.objects.filter(action="STAFF_SESSION_ENDED", actor_id=admin.pk).exists()


def test_the_code_in_between_leads_back_to_the_page_somebody_came_from(browser: Client, admin: User) -> None:
    open_browser(browser, admin, on_duty=False)
    page = "/account/duty/?next=/admin/onboarding/application/"
    asks = browser.get(page)["Location"]
    assert browser.post(asks, {"ask": "1"})["Location"] == asks
    assert browser.post(asks, {"code": mailed_code()})["Location"] == page
    assert browser.post(page, {"reason": REASON, "minutes": "30"})["Location"].endswith("/application/")


def test_a_customer_finds_no_such_door(browser: Client, alice: User) -> None:
    open_browser(browser, alice)
    browser.post("/account/security/confirm/", {"ask": "1"})
    browser.post("/account/security/confirm/", {"code": mailed_code()})
    assert browser.post("/account/duty/", {"reason": REASON, "minutes": "30"}).status_code == 403


@override_settings(PRODUCTION=True)
def test_a_superuser_by_standing_has_nothing_in_production_and_is_reported(admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    assert not may(admin)
    assert not may(admin, "ledger.view_entry")
    assert not User.objects.get(pk=admin.pk).has_module_perms("ledger")
    assert User.objects.get(pk=admin.pk).get_all_permissions() <= {
        f"{app}.view_{model}" for app, model in _tables()
    }
    (found,) = checks.no_standing_superuser(databases=["default"])
    assert admin.email in found.msg
    assert found.id == "identity.E001"
    User.objects.filter(pk=admin.pk).update(is_superuser=False)
    assert checks.no_standing_superuser(databases=["default"]) == []


def _tables() -> set[tuple[str, str]]:
    return set(ContentType.objects.values_list("app_label", "model"))


@override_settings(PRODUCTION=True)
def test_a_broken_glass_gives_every_right_for_a_while_and_is_told(admin: User) -> None:
    teller = employed("joseph", "TELLER")
    said = StringIO()
    call_command("break_glass", teller.email, reason="Ledger stands still", minutes=30, stdout=said)
    assert "every right until" in said.getvalue()
    assert may(teller, "ledger.view_entry")
    assert may(teller)
    outbox.deliver_due()
    told = {m.to[0] for m in mail.outbox if "Every right" in m.subject}
    assert told == {teller.email, admin.email}
    line = AuditRecord.objects.get(action="GLASS_BROKEN", subject_id=str(teller.pk))
    assert line.told["reason"] == "Ledger stands still"
    with time_machine.travel(clock.now().timestamp() + 1801, tick=True):
        assert not may(teller)
    call_command("break_glass", teller.email, "--end", stdout=StringIO())
    assert not may(teller)


@pytest.mark.parametrize(
    ("email", "reason"),
    [("nobody@example.test", REASON), ("halima@example.test", "x"), ("alice@example.test", REASON)],
)
def test_the_command_refuses_and_says_why(admin: User, alice: User, email: str, reason: str) -> None:
    with pytest.raises(CommandError):
        call_command("break_glass", email, reason=reason, minutes=30)
    assert not StaffSession.objects.exists()


def test_limits_are_rows_that_survive_seeding(admin: User) -> None:
    assert RoleLimit.objects.count() == sum(len(acts) for acts in role_rules.LIMITS.values())
    teller = Group.objects.get(name="TELLER")
    duty.set_limit(role=teller, act=Act.CASH, maximum=Money.of("50000", "KES"), actor=admin)
    services.seed_roles()
    assert duty.limit_of(employed("joseph", "TELLER"), Act.CASH) == Money.of("50000", "KES")
    assert AuditRecord.objects.filter(action="ROLE_LIMIT_SET", subject_id="TELLER").exists()


def test_the_highest_of_several_roles_counts_and_none_is_nothing(admin: User) -> None:
    both = employed("grace", "TELLER", "BRANCH_MANAGER")
    assert duty.limit_of(both, Act.CASH) == Money.of("5000000", "KES")
    duty.require_within(user=both, act=Act.CASH, amount=Money.of("5000000", "KES"))
    for amount in ("5000000.01", "9000000"):
        with pytest.raises(errors.OverLimit):
            duty.require_within(user=both, act=Act.CASH, amount=Money.of(amount, "KES"))
    with pytest.raises(errors.OverLimit):
        duty.require_within(user=both, act=Act.CASH, amount=Money.of("1", "USD"))
    with pytest.raises(errors.OverLimit):
        duty.require_within(user=admin, act=Act.CREDIT, amount=Money.of("1", "KES"))


def test_nobody_raises_the_limit_of_a_role_of_their_own(admin: User) -> None:
    with pytest.raises(NotAllowed):
        duty.set_limit(
            role=Group.objects.get(name="ADMINISTRATOR"),
            act=Act.CREDIT,
            maximum=Money.of("1", "KES"),
            actor=admin,
        )


def test_every_role_of_the_bank_is_there(admin: User) -> None:
    wanted = {"TELLER", "OFFICER", "BRANCH_MANAGER", "REGIONAL_MANAGER", "CREDIT_COMMITTEE", "COMPLIANCE"}
    assert wanted | {"AUDITOR", "ADMINISTRATOR"} <= set(Group.objects.values_list("name", flat=True))
