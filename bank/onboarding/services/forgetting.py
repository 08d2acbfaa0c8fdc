"""The end of what an applicant told: answers, people, papers and words go, that there was one stays."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from bank.audit import services as audit
from bank.documents import services as documents
from bank.identity.models import User
from bank.kernel import clock
from bank.onboarding import selectors
from bank.onboarding.models import Application, Invitation, KycReview, Step
from bank.onboarding.rules import State
from bank.risk.screening import services as screening

ERASED = "[erased]"


def finished_without_customer(*states: State) -> QuerySet[Application]:
    """Applications that led to nothing and still tell who asked."""
    return Application.objects.filter(state__in=[one.value for one in states]).exclude(name=ERASED)


def still_telling(user: User) -> QuerySet[Application]:
    """Applications of a user that are not erased."""
    return Application.objects.filter(applicant=user).exclude(name=ERASED)


def ended_on(application: Application) -> date:
    """The day it was decided or last changed."""
    at: datetime = application.decided_at or application.changed_at
    return clock.day_of(at)


@transaction.atomic
def forget(*, application: Application) -> None:
    """Erases what one application told; its reference, state and who decided stay."""
    Application.objects.filter(pk=application.pk).update(
        name=ERASED, answers={}, sealed="", id_number_hash=None, tax_number_hash=None, screening=[],
        risk_reasons=[], more_reason="", recommendation_reason="", decision_reason="",
    )  # fmt: skip
    application.parties.update(name=ERASED, birth_date=None, id_number="", email="")
    Step.objects.filter(application=application).exclude(words="").update(words=ERASED)
    owner = selectors.owner_of(application)
    documents.forget(owner=owner, reason="The time it is kept is over")
    screening.erase_subject(subject=owner)
    audit.forget({"APPLICATION": [application.reference]})
    audit.record(
        "APPLICATION_ERASED", actor=None, subject_type="APPLICATION", subject_id=application.reference
    )


@transaction.atomic
def forget_customer(*, customer_id: int) -> None:
    """Erases what a customer told to become one, in re-verifications, and whom they invited."""
    for application in Application.objects.filter(customer_id=customer_id):
        forget(application=application)
    KycReview.objects.filter(customer_id=customer_id).exclude(answer="").update(answer=ERASED)
    for one in Invitation.objects.filter(customer_id=customer_id):
        Invitation.objects.filter(pk=one.pk).update(email=f"erased-{one.pk}@invalid.example")
