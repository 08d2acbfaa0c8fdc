"""What the bank's own rules are, rows say and two people change; whoever decides sees whom it touches."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from bank.audit.models import AuditRecord
from bank.cases import selectors as cases
from bank.cases import services as open_cases
from bank.cases.models import ServiceTarget
from bank.cif import rating
from bank.cif import selectors as cif
from bank.cif import services as customers
from bank.cif.commands import SetRatingRule
from bank.cif.errors import RatingRuleUnusable
from bank.cif.models import Customer, RatingRule
from bank.identity import sessions
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.onboarding import selectors as onboarding
from bank.places import rules, selectors, services
from bank.places.errors import UnusablePlace
from bank.places.models import Place
from bank.workflows import services as workflows
from bank.workflows.models import Command
from tests.cif.conftest import customer
from tests.identity import open_browser
from tests.workflows.conftest import employ

__all__ = ["customer"]
pytestmark = pytest.mark.django_db
PLACE = {
    "code": "nairobi-test", "kind": "BRANCH", "name": "Test Street", "town": "Nairobi",
    "street": "Test Street 1", "phone": "+254 20 555 0100", "latitude": "-1.28638", "longitude": "36.81722",
    "services": ["TELLERS", "CASH_OUT"], "hours": "Mon-Fri 08:30-16:00\nSat 9:00-12:00",
    "reason": "A new one",
}  # fmt: skip


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Client]:
    """A browser of somebody new in a role."""
    monkeypatch.setattr(sessions, "is_confirmed", lambda request: True)

    def sit(name: str, role: str) -> Client:
        browser = Client()
        open_browser(browser, employ(name, role))
        return browser

    return sit


def proposed(browser: Client, address: str, **answers: Any) -> Command:
    """What the form at this address proposed; a refusal is shown with the answers kept."""
    assert browser.get(address).status_code == 200
    page = browser.post(address, answers)
    assert page.status_code == 302, page.content.decode()
    return Command.objects.latest("pk")


def approve(command: Command, role: str, name: str = "checker") -> Command:
    user = User.objects.filter(email=f"{name}@umoja.example").first() or employ(name, role)
    done = workflows.approve(command=command, checker=user)
    assert done.state == "APPROVED", done.decision_reason
    return done


def said(command: Command) -> dict[str, tuple[str, str]]:
    return {line["label"]: (line["before"], line["after"]) for line in command.difference}


def test_a_place_opens_changes_and_is_given_up_by_two(desk: Callable[[str, str], Client]) -> None:
    browser = desk("ops", "OPERATIONS")
    start = "/admin/places/place/start/open/"
    refused = browser.post(start, PLACE | {"hours": "Mon 9-12"})
    assert b"Write hours as Mon-Fri 08:30-16:00" in refused.content
    opening = proposed(browser, start, **PLACE)
    assert not Place.objects.exists(), "nothing opens by one person"
    assert said(opening)["Hours"] == ("", "Mon-Fri 08:30-16:00; Sat 09:00-12:00")
    approve(opening, "BRANCH_MANAGER")
    place = Place.objects.get()
    assert (place.hours.count(), place.is_always_open, place.services) == (6, False, ["CASH_OUT", "TELLERS"])
    services.open_place(
        code="nairobi-far", kind="BRANCH", name="Far", town="Nairobi", street="Far 1",
        spot=rules.Spot(place.latitude, place.longitude + 1),
    )  # fmt: skip
    page = f"/admin/places/place/{place.pk}/do/"
    same = {name: value for name, value in PLACE.items() if name not in ("code", "kind")}
    assert b"The place is so already" in browser.post(f"{page}change/", same).content
    change = proposed(browser, f"{page}change/", **same | {"street": "Other Street 2", "hours": ""})
    street, hours = (
        ("Test Street 1", "Other Street 2"),
        ("Mon-Fri 08:30-16:00; Sat 09:00-12:00", "Day and night"),
    )
    assert said(change) == {"Street": street, "Hours": hours}
    approve(change, "BRANCH_MANAGER")
    assert selectors.place("nairobi-test", now=clock.now()).place.street == "Other Street 2"
    tomorrow = clock.today() + timedelta(days=1)
    end = proposed(browser, f"{page}give-up/", on=tomorrow.isoformat(), reason="The lease is over")
    assert "Far, Nairobi" in said(end)["Nearest other"][1]
    approve(end, "BRANCH_MANAGER")
    assert set(selectors.codes()) == {"nairobi-test", "nairobi-far"}, "there until its last day is over"
    Place.objects.filter(pk=place.pk).update(closed_on=clock.today())
    with pytest.raises(NotFound):
        selectors.place("nairobi-test", now=clock.now())
    kept = AuditRecord.objects.filter(subject_type="PLACE", subject_id="nairobi-test").order_by("pk")
    assert [one.action for one in kept] == ["PLACE_OPENED", "PLACE_CHANGED", "PLACE_GIVEN_UP"]


@pytest.mark.parametrize(
    "fault",
    [
        {"code": "Nairobi Test"}, {"kind": "KIOSK"}, {"name": "Umoja\u202e"}, {"phone": "call us"},
        {"latitude": "91"}, {"hours": "Fri-Mon 09:00-12:00"}, {"hours": "Mon 12:00-09:00"},
        {"hours": "Mon 09:00-12:00\nMon 11:00-13:00"}, {"hours": "Mon 25:00-26:00"}, {"services": ["CREDIT"]},
    ],
)  # fmt: skip
def test_an_impossible_place_is_not_even_proposed(
    desk: Callable[[str, str], Client], fault: dict[str, Any]
) -> None:
    page = desk("ops", "OPERATIONS").post("/admin/places/place/start/open/", PLACE | fault)
    assert page.status_code == 200
    assert not Command.objects.exists()


def test_hours_are_read_as_they_are_written() -> None:
    text = "Mon-Tue 08:30-12:00\nMon-Tue 13:00-16:00\nThu 08:30-12:00\nSat-Sun 10:00-11:00"
    assert rules.write_hours(rules.read_hours(text)) == text
    with pytest.raises(UnusablePlace):
        rules.read_hours("\n".join(["Mon-Sun 09:00-10:00"] * 5))


def test_a_promise_of_answers_moves_the_clocks_that_run(desk: Callable[[str, str], Client]) -> None:
    case = open_cases.open_case(
        kind="COMPLAINT",
        subject="Cards",
        text="My card",
        contact_name="Amina",
        contact_email="a@example.test",
    )
    row = ServiceTarget.objects.get(kind="COMPLAINT", priority="NORMAL")
    browser, page = desk("officer", "OFFICER"), f"/admin/cases/servicetarget/{row.pk}/do/change/"
    answers = {"first_answer_hours": "9", "resolution_days": "31", "reason": "Slower"}
    assert browser.post(page, answers).status_code == 200, "no promise of more than thirty days"
    command = proposed(browser, page, **answers | {"resolution_days": "14"})
    assert said(command)["Open cases due on another day"] == ("", "1")
    open_cases.open_case(
        kind="COMPLAINT", subject="Fees", text="A fee", contact_name="Ben", contact_email="b@example.test"
    )
    approve(command, "BRANCH_MANAGER")
    assert cases.target_for("COMPLAINT", "NORMAL").resolution_days == 14
    before, case.resolution_due_at = (
        case.resolution_due_at,
        type(case).objects.get(pk=case.pk).resolution_due_at,
    )
    assert case.resolution_due_at - before >= timedelta(days=7)
    assert AuditRecord.objects.filter(action="SERVICE_TARGET_SET", subject_id="COMPLAINT NORMAL").exists()


def test_owners_are_named_from_a_share_two_people_set(desk: Callable[[str, str], Client]) -> None:
    browser, page = desk("officer", "OFFICER"), "/admin/onboarding/ownershipthreshold/start/thresholds/"
    answers = {"kind": "SME", "named_from_pct": "10", "together_pct": "90", "reason": "As for companies"}
    for bad in (
        {"named_from_pct": "25.01"},
        {"named_from_pct": "0"},
        {"kind": "PERSONAL"},
        {"together_pct": "NaN"},
    ):
        assert browser.post(page, answers | bad).status_code == 200
    command = proposed(browser, page, **answers)
    assert said(command)["Owners named from, per cent"] == ("25", "10")
    assert onboarding.threshold("SME").named_from_pct == 25
    approve(command, "COMPLIANCE")
    assert (onboarding.threshold("SME").named_from_pct, onboarding.threshold("SME").together_pct) == (10, 90)


def test_a_legal_hold_needs_two_and_is_shown(desk: Callable[[str, str], Client], customer: Customer) -> None:
    browser, page = desk("officer", "OFFICER"), f"/admin/cif/customer/{customer.pk}/do/hold/"
    assert b"There is no hold to lift" in browser.post(page, {"order": "", "reason": "No reason"}).content
    command = proposed(browser, page, order="High Court 12/2026", reason="The order came today")
    assert cif.profile_of(customer).legal_hold == ""
    approve(command, "COMPLIANCE")
    assert b"High Court 12/2026" in browser.get(f"/admin/cif/customer/{customer.pk}/change/").content
    approve(proposed(browser, page, order="", reason="It was lifted"), "COMPLIANCE")
    held = AuditRecord.objects.filter(subject_id=customer.cif, action__startswith="LEGAL_HOLD").order_by("pk")
    assert [one.action for one in held] == ["LEGAL_HOLD_SET", "LEGAL_HOLD_LIFTED"]


def test_a_rule_of_the_rating_is_a_row_and_says_whom_it_moves(
    desk: Callable[[str, str], Client], customer: Customer
) -> None:
    customers.update_profile(customer=customer, sector="crypto", channel="ONLINE")
    customers.note_screening(customer=customer, outcome="CLEAR")
    before = cif.assessment_of(customer)
    assert before
    row = RatingRule.objects.get(code="SECTOR_SENSITIVE")
    browser, page = desk("compliance", "COMPLIANCE"), f"/admin/cif/ratingrule/{row.pk}/do/change/"
    members = " ".join(row.members).lower().replace("arms", "")
    command = proposed(browser, page, figure="60", members=members, reason="The regulator said so")
    shown = said(command)
    assert shown["SECTOR_SENSITIVE"] == ("25", "60")
    assert shown["No longer about"] == ("ARMS", "")
    moved = next(value for label, value in shown.items() if label.startswith("Customers rated otherwise"))
    assert moved == (f"1 {before.rating}", "HIGH")
    customers.note_screening(customer=customer, outcome="CLEAR", is_pep=True)
    approve(command, "COMPLIANCE", "second")
    customers.note_screening(customer=customer, outcome="CLEAR", is_pep=False)
    after = cif.assessment_of(customer)
    assert after
    assert (after.rating, [one["points"] for one in after.reasons if one["code"] == row.code]) == (
        "HIGH",
        [60],
    )


@pytest.mark.parametrize(
    ("code", "figure", "members"),
    [
        ("PEP", 59, []), ("MEDIUM_FROM", 60, []), ("REVIEW_HIGH", 25, []), ("REVIEW_LOW", 61, []),
        ("HIGH_FROM", 61, []), ("COUNTRY_MONITORED", 25, ["KEN"]), ("SECTOR_CASH", 15, ["<b>"]),
        ("CHANNEL_REMOTE", 10, ["KE"]), ("NONSENSE", 1, []), ("SCREENING_HIT", 101, []),
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_together_are_refused(code: str, figure: int, members: list[str]) -> None:
    payload = SetRatingRule(code, figure, members)
    with pytest.raises(RatingRuleUnusable):
        workflows.propose(
            kind="cif.set_rating_rule", payload=payload, reason="No", maker=employ("c", "COMPLIANCE")
        )


def test_the_rows_are_what_the_bank_began_with() -> None:
    assert cif.rating_scheme() == rating.DEFAULTS
    RatingRule.objects.all().delete()
    assert cif.rating_scheme() == rating.DEFAULTS, "no row, no other rule"
    assert rating.next_review("LOW", date(2024, 2, 29)) == date(2027, 2, 28)
