"""Answers: what is refused, with which words, and that nothing is half kept."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from bank.kernel.errors import NotFound
from bank.onboarding import checks, errors, selectors, services
from bank.onboarding.models import Application
from bank.onboarding.rules import Kind, Task, Threshold
from tests.onboarding.desk import COMPANY, OWNER, PARTNER, PERSONAL, Desk, answered

TRICKS = {
    "bidi": "Ami\u202ena",
    "zero-width": "Ami\u200bna",
    "soft hyphen": "Ami\u00adna",
    "cyrillic a": "\u0410mina",
    "greek": "Am\u03b9na",
    "full width": "Amina \uff21",
    "mathematical": "\U0001d400mina",
    "html": "<b>Amina</b>",
    "script": "Amina <script>",
    "formula": "=HYPERLINK(1)",
    "plus": "+Amina",
    "at": "@SUM",
    "minus": "-Amina",
    "zalgo": "A\u0300\u0301\u0302\u0303mina",
    "control": "Ami\x07na",
    "hangul filler": "Ami\u3164na",
    "digits": "Amina7",
    "only marks": "'",
}


def refusal(task: str, **changed: Any) -> dict[str, str]:
    given = (PERSONAL | COMPANY)[task] | changed
    with pytest.raises(errors.UnusableAnswers) as found:
        checks.check(task, given)
    return found.value.faults


@pytest.mark.parametrize("name", TRICKS.values(), ids=TRICKS)
def test_tricks_in_names_are_refused_with_a_remedy(name: str) -> None:
    faults = refusal(Task.IDENTITY, given_names=name)
    assert list(faults) == ["given_names"]
    assert faults["given_names"].endswith((".", ":"))


@pytest.mark.parametrize(
    "name",
    [
        "Wanjikũ",
        "O\u2019Brien",
        "Ngũgĩ wa Thiong'o",
        "Anne-Marie",
        "José",
        "محمد علي",
        "Иван",
        "王小明",
        "Dr. Amina",
    ],
)
def test_names_as_people_write_them_are_taken(name: str) -> None:
    kept = checks.check(Task.IDENTITY, PERSONAL[Task.IDENTITY] | {"given_names": f"  {name} "})
    assert kept["given_names"] == name.replace("\u2019", "'")


@pytest.mark.parametrize("name", ["Café 4 U & Sons", "S.H. Benson (Kenya) Ltd", "7-Eleven/Nairobi"])
def test_company_names_may_have_digits_and_signs(name: str) -> None:
    kept = checks.check(Task.ORGANISATION, COMPANY[Task.ORGANISATION] | {"registered_name": name})
    assert kept["registered_name"] == name


@pytest.mark.parametrize("name", ["=1+1", "<i>Ltd", "Savanna\u202e Ltd", "S\u0430vanna Ltd"])
def test_company_names_with_tricks_are_refused(name: str) -> None:
    assert "registered_name" in refusal(Task.ORGANISATION, registered_name=name)


@pytest.mark.parametrize(
    ("task", "changed", "field"),
    [
        (Task.IDENTITY, {"birth_date": "2015-01-01"}, "birth_date"),
        (Task.IDENTITY, {"birth_date": "3015-01-01"}, "birth_date"),
        (Task.IDENTITY, {"birth_date": "not a day"}, "birth_date"),
        (Task.IDENTITY, {"nationality": "XX"}, "nationality"),
        (Task.IDENTITY, {"id_number": "ABC12"}, "id_number"),
        (Task.IDENTITY, {"id_kind": "LIBRARY_CARD"}, "id_kind"),
        (Task.IDENTITY, {"phone": "12"}, "phone"),
        (Task.TAX, {"tax_number": "12345678"}, "tax_number"),
        (Task.TAX, {"other_residence": "YES"}, "other_country"),
        (Task.TAX, {"us_person": ""}, "us_person"),
        (Task.OCCUPATION, {"employer": ""}, "employer"),
        (Task.OCCUPATION, {"funds": "CRIME"}, "funds"),
        (Task.AGREEMENT, {"accepted": False}, "accepted"),
        (Task.ORGANISATION, {"registered_on": "3000-01-01"}, "registered_on"),
        (Task.SIGNING, {"rule": "TOGETHER_ABOVE"}, "limit"),
        (Task.SIGNING, {"rule": "TOGETHER_ABOVE", "limit": "-5"}, "limit"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_at_its_field(
    task: Task, changed: dict[str, Any], field: str
) -> None:
    assert field in refusal(task, **changed)


def test_all_faults_are_told_at_once_and_nothing_is_kept(desk: Desk) -> None:
    application = services.begin(applicant=desk.zawadi, kind="PERSONAL")
    given = PERSONAL[Task.IDENTITY] | {"given_names": "<b>", "family_name": "", "phone": "x"}
    with pytest.raises(errors.UnusableAnswers) as refused:
        services.answer(application=application, task=Task.IDENTITY, given=given)
    assert set(refused.value.faults) == {"given_names", "family_name", "phone"}
    application.refresh_from_db()
    assert (application.answers, application.sealed, application.name) == ({}, "", "")


def test_identifiers_are_sealed_in_the_database(desk: Desk) -> None:
    application = answered(desk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM onboarding_application a")
        stored = cursor.fetchone()[0]
    assert "23456789" not in stored
    assert "A123456789B" not in stored
    opened = selectors.sealed_answers(application)
    assert opened[Task.IDENTITY]["id_number"] == "23456789"
    assert opened[Task.TAX]["tax_number"] == "A123456789B"


def test_a_second_application_under_the_same_identity_is_seen(desk: Desk) -> None:
    first = answered(desk)
    services.submit(application=first, by=desk.zawadi)
    second = services.begin(applicant=desk.officer, kind="PERSONAL")
    services.answer(
        application=second, task=Task.IDENTITY, given=PERSONAL[Task.IDENTITY] | {"id_number": " 2345 6789"}
    )
    second.refresh_from_db()
    assert selectors.same_identity(second) == [first]


def test_a_product_for_others_is_refused(desk: Desk) -> None:
    application = services.begin(applicant=desk.zawadi, kind="PERSONAL")
    for product, currency in (("CORPORATE", "KES"), ("SAVINGS", "USD"), ("NOTHING", "KES")):
        with pytest.raises(errors.UnusableAnswers, match="product"):
            services.answer(
                application=application, task=Task.PRODUCT, given={"product": product, "currency": currency}
            )


def test_an_incomplete_application_is_not_sent(desk: Desk) -> None:
    application = services.begin(applicant=desk.zawadi, kind="PERSONAL")
    with pytest.raises(errors.ApplicationIncomplete, match="identity"):
        services.submit(application=application, by=desk.zawadi)


def test_what_was_sent_is_not_changed_any_more(desk: Desk) -> None:
    application = services.submit(application=answered(desk), by=desk.zawadi)
    with pytest.raises(errors.ApplicationNotOpen):
        services.answer(application=application, task=Task.ADDRESS, given=PERSONAL[Task.ADDRESS])


def test_somebody_elses_application_does_not_exist(desk: Desk) -> None:
    application = answered(desk)
    with pytest.raises(NotFound):
        selectors.application_for(desk.officer, application.pk)


class TestOwners:
    def company(self, desk: Desk, kind: Kind = Kind.SME) -> Application:
        return services.begin(applicant=desk.zawadi, kind=kind)

    def add(self, application: Application, **changed: Any) -> None:
        services.add_party(application=application, given=OWNER | changed)

    def test_shares_never_exceed_the_whole(self, desk: Desk) -> None:
        application = self.company(desk)
        self.add(application, share_pct="60")
        with pytest.raises(errors.SharesOverWhole, match=r"100\.01"):
            services.add_party(application=application, given=PARTNER | {"share_pct": "40.01"})
        assert application.parties.count() == 1

    def test_correcting_a_share_does_not_count_it_twice(self, desk: Desk) -> None:
        application = self.company(desk)
        party = services.add_party(application=application, given=OWNER | {"share_pct": "100"})
        services.add_party(application=application, given=OWNER | {"share_pct": "90"}, party_id=party.pk)
        assert selectors.ownership(application).total == 90

    @pytest.mark.parametrize(
        ("kind", "shares", "suffices"),
        [
            (Kind.SME, ["76"], True),
            (Kind.SME, ["75"], False),
            (Kind.SME, ["74.99"], False),
            (Kind.SME, ["40", "35.01"], True),
            (Kind.CORPORATE, ["76"], False),
            (Kind.CORPORATE, ["90"], False),
            (Kind.CORPORATE, ["60", "30.01"], True),
        ],
    )
    def test_the_named_shares_must_reach_the_threshold(
        self, desk: Desk, kind: Kind, shares: list[str], suffices: bool
    ) -> None:
        """At 75 % together an unnamed owner of 25 % is still possible; so a little more is needed."""
        application = self.company(desk, kind)
        for share in shares:
            self.add(application, share_pct=share)
        assert (selectors.ownership(application).gap == 0) is suffices
        assert (Task.PEOPLE in selectors.done_tasks(application)) is suffices

    def test_the_threshold_is_a_row(self, desk: Desk) -> None:
        application = self.company(desk)
        self.add(application, share_pct="76")
        strict = Threshold(Decimal(10), Decimal(75))
        assert [selectors.lacking_owners(kind, strict) for kind in ("SME", "CORPORATE")] == [1, 0]
        services.set_threshold(kind="SME", threshold=strict, by=desk.second)
        assert selectors.ownership(application).gap > 0

    def test_an_organisation_may_own_and_not_direct(self, desk: Desk) -> None:
        application = self.company(desk)
        firm = {"kind": "ORGANISATION", "name": "Holding 3 Ltd", "is_signatory": "NO", "birth_date": ""}
        self.add(application, **firm, role="OWNER")
        with pytest.raises(errors.UnusableAnswers, match="role"):
            self.add(application, **firm, role="DIRECTOR", share_pct="")

    def test_an_owner_without_share_and_a_director_with_one_are_refused(self, desk: Desk) -> None:
        application = self.company(desk)
        for changed, field in (
            ({"share_pct": "0"}, "share_pct"),
            ({"role": "DIRECTOR", "share_pct": "5"}, "role"),
            ({"share_pct": "-1"}, "share_pct"),
            ({"share_pct": "NaN"}, "share_pct"),
            ({"share_pct": "1.001"}, "share_pct"),
            ({"share_pct": "101"}, "share_pct"),
            ({"email": ""}, "email"),
            ({"name": "Zawadi\u202e"}, "name"),
        ):
            with pytest.raises(errors.UnusableAnswers, match=field):
                self.add(application, **changed)
        assert not application.parties.exists()

    def test_a_party_of_another_application_does_not_exist(self, desk: Desk) -> None:
        application, other = self.company(desk), self.company(desk, Kind.CORPORATE)
        party = services.add_party(application=application, given=OWNER)
        with pytest.raises(NotFound):
            services.remove_party(application=other, party_id=party.pk)

    def test_two_who_sign_together_must_be_two(self, desk: Desk) -> None:
        application = self.company(desk)
        self.add(application)
        given = {"rule": "TOGETHER", "limit": ""}
        services.answer(application=application, task=Task.SIGNING, given=given)
        application.refresh_from_db()
        assert Task.SIGNING not in selectors.done_tasks(application)
        services.add_party(application=application, given=PARTNER)
        assert Task.SIGNING in selectors.done_tasks(application)
