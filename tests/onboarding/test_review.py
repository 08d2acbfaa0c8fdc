"""The staff's work: two people, reasons, more asked for, and what approval makes."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from bank.accounts.models import Account
from bank.audit.models import AuditRecord
from bank.cif import rating
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.services import create_organisation, ruling
from bank.documents import selectors as documents
from bank.kernel import clock
from bank.kernel.errors import Conflict, NotAllowed
from bank.onboarding import errors, selectors, services, wording
from bank.onboarding.models import Application, Invitation, KycReview
from bank.onboarding.rules import Kind, State, Task
from bank.risk.rules import Topic
from bank.risk.screening import lists
from bank.risk.screening import services as screening
from bank.risk.screening.entries import ListedEntry
from bank.risk.screening.names import Kind as NameKind
from bank.runtime import outbox
from tests.onboarding import desk as desks
from tests.onboarding.desk import PERSONAL, Desk

REASON = "Everything was looked at"


def told() -> str:
    mail.outbox.clear()
    outbox.deliver_due()
    return "\n".join(str(one.body) for one in mail.outbox)


def test_approval_makes_customer_mandate_account_and_welcome(desk: Desk) -> None:
    application = desks.approved(desk)
    customer = application.customer
    assert customer is not None
    assert (customer.display_name, customer.segment) == ("Zawadi Achieng Mwangi", "RETAIL")
    assert customer.phone == "+254712345678"
    account = Account.objects.get(customer=customer)
    assert (account.product.code, account.currency) == ("SAVINGS", "KES")
    assert desk.zawadi.mandates.get().role == "OWNER"
    assert len(documents.documents_of(f"customer:{customer.cif}")) == 2
    assert not documents.documents_of(f"application:{application.pk}")
    mails = told()
    assert customer.cif in mails
    assert account.number[-5:] in mails.replace(" ", "").replace("\u00a0", "")
    review = KycReview.objects.get(customer=customer)
    profile = cif.profile_of(customer)
    assert review.due_date == profile.next_review_date
    assert (profile.occupation, profile.channel, profile.kyc_level) == ("Teacher", "ONLINE", "STANDARD")
    kinds = set(customer.identity_documents.values_list("kind", flat=True))
    assert kinds == {"NATIONAL_ID", "TAX_PIN"}
    actions = set(
        AuditRecord.objects.filter(subject_id=application.reference).values_list("action", flat=True)
    )
    assert {"APPLICATION_SUBMITTED", "APPLICATION_TAKEN", "APPLICATION_APPROVED"} <= actions


def test_the_welcome_is_in_the_users_language(desk: Desk) -> None:
    desk.zawadi.language = "sw"
    desk.zawadi.save()
    desks.approved(desk)
    assert "Karibu" in told()


def test_who_recommends_does_not_decide(desk: Desk) -> None:
    application = desks.recommended(desk)
    with pytest.raises(errors.SecondPersonNeeded):
        services.decide(application=application, approve=True, reason=REASON, by=desk.officer)
    application.refresh_from_db()
    assert application.state == State.RECOMMENDED
    assert not Customer.objects.exists()
    refused = AuditRecord.objects.filter(action="APPLICATION_DECIDED").latest("id")
    assert refused.actor_id == desk.officer.pk


def test_the_database_itself_refuses_one_person_in_both_parts(desk: Desk) -> None:
    application = desks.recommended(desk)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(decider=desk.officer)
    with pytest.raises(IntegrityError, match="not_judged_by_its_applicant"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(decider=desk.zawadi)


def test_staff_do_not_judge_their_own_application(desk: Desk) -> None:
    Application.objects.filter(pk=desks.submitted(desk).pk).update(applicant=desk.officer)
    application = Application.objects.get()
    with pytest.raises(errors.SecondPersonNeeded):
        services.take(application=application, by=desk.officer)


def test_approval_needs_the_whole_checklist_and_rejection_a_reason(desk: Desk) -> None:
    application = services.take(application=desks.submitted(desk), by=desk.officer)
    services.tick(application=application, items=["IDENTITY_SEEN"], by=desk.officer)
    with pytest.raises(errors.ChecklistOpen, match="address_seen"):
        services.recommend(application=application, approve=True, reason=REASON, by=desk.officer)
    with pytest.raises(errors.ReasonMissing):
        services.recommend(application=application, approve=False, reason="  no  ", by=desk.officer)
    services.recommend(application=application, approve=False, reason=REASON, by=desk.officer)
    application.refresh_from_db()
    assert application.recommendation == "REJECT"


def test_rejection_tells_the_applicant_and_not_the_reason(desk: Desk) -> None:
    application = desks.recommended(desk, approve=False)
    services.decide(application=application, approve=False, reason="Suspicion of fraud", by=desk.second)
    mails = told()
    assert application.reference in mails
    assert "fraud" not in mails
    assert not Customer.objects.exists()


def test_more_is_asked_seen_answered_and_sent_again(desk: Desk) -> None:
    application = desks.taken(desk)
    services.ask_for_more(
        application=application, tasks=["ADDRESS"], reason="The bill shows another street.", by=desk.officer
    )
    assert "The bill shows another street." in told()
    application = selectors.application_for(desk.zawadi, application.pk)
    assert application.state == State.MORE_NEEDED
    assert selectors.open_tasks(application) == {"ADDRESS"}
    with pytest.raises(errors.ApplicationIncomplete):
        services.submit(application=application, by=desk.zawadi)
    given = PERSONAL[Task.ADDRESS] | {"street": "Ngong Road 2"}
    services.answer(application=application, task="ADDRESS", given=given)
    services.submit(application=application, by=desk.zawadi)
    application.refresh_from_db()
    assert (application.state, application.more_reason) == (State.SUBMITTED, "")
    assert not application.ticks.exists()


def test_only_who_took_it_works_on_it(desk: Desk) -> None:
    application = desks.taken(desk)
    with pytest.raises(NotAllowed):
        services.recommend(application=application, approve=False, reason=REASON, by=desk.second)
    services.take(application=application, by=desk.second)
    services.recommend(application=application, approve=False, reason=REASON, by=desk.second)


def test_what_the_second_person_sends_back_is_checked_again(desk: Desk) -> None:
    application = desks.recommended(desk)
    services.send_back(application=application, reason="The picture is unreadable", by=desk.second)
    application.refresh_from_db()
    assert (application.state, application.recommendation) == (State.IN_REVIEW, "")


def test_a_decision_is_made_once(desk: Desk) -> None:
    application = desks.approved(desk)
    for approve in (True, False):
        with pytest.raises(errors.ApplicationNotOpen):
            services.decide(application=application, approve=approve, reason=REASON, by=desk.second)
    assert Customer.objects.count() == Account.objects.count() == 1


def test_an_approval_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    """The registration number became a customer's meanwhile: no half customer, no state, no mail."""
    application = desks.recommended(desk, Kind.SME)
    create_organisation(
        registered_name="Quicker Ltd", registration_number="PVT-7788", legal_form="Ltd", segment="SME"
    )
    with pytest.raises(Conflict):
        services.decide(application=application, approve=True, reason=REASON, by=desk.second)
    application.refresh_from_db()
    assert (application.state, application.decider, application.customer) == (State.RECOMMENDED, None, None)
    assert Customer.objects.count() == 1
    assert not Account.objects.exists()
    assert len(selectors.documents_of(application)) == 2


def test_a_company_is_taken_on_with_its_signatories_invited(desk: Desk) -> None:
    application = desks.approved(desk, Kind.SME)
    assert application.customer is not None
    assert application.customer.organisation.registration_number == "PVT-7788"
    assert application.customer.segment == "SME"
    parties = {(one.role, one.name) for one in cif.parties_of(application.customer)}
    assert ("DIRECTOR", "Juma Ochieng") in parties
    assert ("BENEFICIAL_OWNER", "Zawadi Mwangi") in parties
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.can_pay) == ("juma@example.test", "SIGNATORY", True)


@pytest.mark.parametrize(
    ("task", "changed", "risk", "reason"),
    [
        (Task.OCCUPATION, {"exposed": "YES"}, "HIGH", "PEP"),
        (Task.OCCUPATION, {"funds": "GIFT"}, "MEDIUM", "FUNDS_UNUSUAL"),
        (Task.ADDRESS, {"country": "UG"}, "MEDIUM", "COUNTRY_ABROAD"),
        (Task.ADDRESS, {"country": "KP"}, "HIGH", "COUNTRY_CALL_FOR_ACTION"),
        (Task.ADDRESS, {}, "LOW", "CHANNEL_REMOTE"),
    ],
)
def test_the_risk_is_rated_with_its_reasons(
    desk: Desk, task: Task, changed: dict[str, str], risk: str, reason: str
) -> None:
    application = desks.answered(desk)
    services.answer(application=application, task=task, given=PERSONAL[task] | changed)
    sent = services.submit(application=application, by=desk.zawadi)
    assert sent.risk == risk
    assert reason in sent.risk_reasons


def test_the_rules_are_the_rows_two_of_the_staff_change(desk: Desk) -> None:
    """Another row, and the same answers are another risk; whoever is taken on is rated alike."""
    rule = rating.Rule("FUNDS_UNUSUAL", rating.Unit.POINTS, 45, frozenset({"SALARY"}))
    ruling.set_rating_rule(rule=rule, actor=desk.officer)
    sent = desks.submitted(desk)
    assert (sent.risk, "FUNDS_UNUSUAL" in sent.risk_reasons) == ("HIGH", True)
    assert all(code in wording.RISK_REASONS for code in sent.risk_reasons)
    known = {code for code, rule in rating.DEFAULTS.items() if rule.unit in {"POINTS", "FLOOR"}}
    assert known - set(wording.RISK_REASONS) == {"YOUNG_RELATIONSHIP"}


def test_drafts_and_unanswered_requests_expire_and_nothing_else(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = services.begin(applicant=desk.zawadi, kind="SME")
    waiting = desks.submitted(desk)
    now = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert services.expire_stale() == 1
    assert services.expire_stale() == 0
    draft.refresh_from_db()
    waiting.refresh_from_db()
    assert (draft.state, waiting.state) == (State.EXPIRED, State.SUBMITTED)


class TestReverification:
    def due(self, desk: Desk) -> KycReview:
        desks.approved(desk)
        return KycReview.objects.get()

    def test_it_is_put_to_the_customer_when_due_and_once(self, desk: Desk) -> None:
        review = self.due(desk)
        assert services.kyc_due(clock.today()) == 0
        assert services.kyc_due(review.due_date - timedelta(days=30)) == 1
        assert services.kyc_due(review.due_date) == 0
        assert f"/open-account/review/{review.pk}/" in told()
        assert list(selectors.reviews_for(desk.zawadi)) == [review]
        assert not selectors.reviews_for(desk.officer)

    def test_the_customer_answers_staff_close_and_the_next_is_scheduled(self, desk: Desk) -> None:
        review = self.due(desk)
        services.kyc_due(review.due_date)
        services.answer_review(review=review, words="I moved to Mombasa", by=desk.zawadi)
        assert not selectors.reviews_for(desk.zawadi)
        following = services.close_review(review=review, risk="HIGH", reason=REASON, by=desk.officer)
        assert following.due_date > review.due_date - timedelta(days=1)
        assert cif.profile_of(review.customer).kyc_level == "ENHANCED"
        review.refresh_from_db()
        assert (review.state, review.answer) == ("DONE", "I moved to Mombasa")


class TestScreening:
    """Nobody is approved while a name may be on a list; a decided false alarm stands in nobody's way."""

    def listed(self, desk: Desk) -> Application:
        entry = ListedEntry("1", NameKind.PERSON, "MWANGI, Zawadi Achieng", (), ("1994-02-03",), ("KE",))
        lists.load(source="TEST", topic=Topic.SANCTIONS, entries=[entry], digest="a" * 64)
        return desks.recommended(desk)

    def test_a_possible_match_raises_the_risk_and_bars_approval(self, desk: Desk) -> None:
        application = self.listed(desk)
        assert application.risk == "HIGH"
        assert "SCREENING_POSSIBLE" in application.risk_reasons
        with pytest.raises(errors.ScreeningOpen, match="Zawadi"):
            services.decide(application=application, approve=True, reason=REASON, by=desk.second)
        assert not Customer.objects.exists()

    def test_a_decided_false_alarm_lets_it_go_on(self, desk: Desk) -> None:
        application = self.listed(desk)
        (found,) = selectors.screenings_of(application)
        (match,) = found.matches.all()
        screening.decide(match=match, decision="FALSE_ALARM", reason="Another person", by=desk.second)
        customer = services.decide(
            application=application, approve=True, reason=REASON, by=desk.second
        ).customer
        assert customer is not None
        assert (cif.profile_of(customer).screening, cif.profile_of(customer).kyc_level) == (
            "CLEAR",
            "ENHANCED",
        )

    def test_where_no_list_is_in_force_nobody_is_called_clear(self, desk: Desk) -> None:
        customer = desks.approved(desk).customer
        assert customer is not None
        assert cif.profile_of(customer).screening == "NOT_SCREENED"
