"""Reads. ``application_for`` is the only door to an application on behalf of its applicant."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from bank.cif.models import Customer, Mandate
from bank.cif.rules import MandateRole
from bank.documents import selectors as documents
from bank.documents.models import Document
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.onboarding import rules
from bank.onboarding.models import (
    Application,
    Invitation,
    KycReview,
    OwnershipThreshold,
    Party,
    Registration,
)
from bank.onboarding.rules import InvitationState, Kind, ReviewState, State, Task, Threshold
from bank.risk.models import Screening
from bank.risk.screening import selectors as screening

_DEFAULT = {
    Kind.SME: Threshold(named_from_pct=Decimal(25), together_pct=Decimal(75)),
    Kind.CORPORATE: Threshold(named_from_pct=Decimal(10), together_pct=Decimal(75)),
}
"""What holds where no row says otherwise (FATF recommendation 24; Companies Act 2015 § 93A)."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """What is known of who owns the organisation: ``gap`` per cent are still to be named."""

    total: Decimal
    gap: Decimal
    threshold: Threshold


def registration(registration_id: UUID) -> Registration | None:
    return Registration.objects.filter(pk=registration_id).first()


def applications_of(user: User) -> QuerySet[Application]:
    """The user's own applications, the newest first."""
    return Application.objects.filter(applicant=user).select_related("customer").order_by("-created_at")


def application_for(user: User, application_id: UUID) -> Application:
    """The user's own application; ``NotFound`` where it is somebody else's."""
    known = applications_of(user).filter(pk=application_id).first()
    if known is None:
        raise NotFound(what="application")
    return known


def open_application(user: User) -> Application | None:
    """An application that waits for its applicant."""
    return applications_of(user).filter(state__in=rules.OPEN_TO_APPLICANT).first()


def owner_of(application: Application) -> str:
    """The name under which the application's documents are stored."""
    return f"application:{application.pk}"


def documents_of(application: Application) -> list[Document]:
    """The application's documents; once approved they are the customer's."""
    return list(documents.documents_of(document_owner(application)))


def document_owner(application: Application) -> str:
    if application.customer_id is not None and application.customer is not None:
        return f"customer:{application.customer.cif}"
    return owner_of(application)


def party_for(application: Application, party_id: int) -> Party:
    known = application.parties.filter(pk=party_id).first()
    if known is None:
        raise NotFound(what="person")
    return known


def threshold(kind: str) -> Threshold:
    """What of an organisation must be known: the row for its kind, else the law's own figures."""
    row = OwnershipThreshold.objects.filter(kind=kind).first()
    return Threshold(row.named_from_pct, row.together_pct) if row else _DEFAULT[Kind(kind)]


def ownership(application: Application) -> Ownership:
    shares = [party.share_pct for party in application.parties.all() if party.owns]
    known = threshold(application.kind)
    return Ownership(sum(shares, Decimal(0)), rules.ownership_gap(shares, known), known)


def lacking_owners(kind: str, threshold: Threshold) -> int:
    """How many applications that are still with their applicants would have owners to name under it."""
    with_applicant = [state.value for state in rules.OPEN_TO_APPLICANT]
    begun = Application.objects.filter(kind=kind, state__in=with_applicant).prefetch_related("parties")
    shares = ([party.share_pct for party in one.parties.all() if party.owns] for one in begun)
    return sum(bool(rules.ownership_gap(held, threshold)) for held in shares)


def sealed_answers(application: Application) -> dict[str, dict[str, str]]:
    """The identifiers, opened; whoever shows them says so on the audit trail."""
    return dict(json.loads(application.sealed or "{}"))


def done_tasks(application: Application) -> set[Task]:
    """The tasks whose answers suffice."""
    tests = {
        Task.PEOPLE: _people_suffice,
        Task.SIGNING: _signing_suffices,
        Task.DOCUMENTS: _documents_suffice,
        Task.AGREEMENT: _is_agreed,
    }
    found = set()
    for task in rules.TASKS[application.kind]:
        suffices = tests[task](application) if task in tests else task in application.answers
        if suffices and task not in application.more_wanted:
            found.add(task)
    return found


def open_tasks(application: Application) -> set[str]:
    return {task.value for task in rules.TASKS[application.kind]} - {
        task.value for task in done_tasks(application)
    }


def screenings_of(application: Application) -> list[Screening]:
    """The screenings of everybody who takes part that count now, decisions included."""
    subjects = {found.get("subject", "") for found in application.screening}
    return [one for subject in sorted(subjects) for one in screening.latest_of(subject)]


def same_identity(application: Application) -> list[Application]:
    """Other applications under the same identity or tax number, for the staff to see."""
    others = Application.objects.exclude(pk=application.pk)
    found: list[Application] = []
    if application.id_number_hash:
        found += others.filter(id_number_hash=application.id_number_hash)
    if application.tax_number_hash:
        found += others.filter(tax_number_hash=application.tax_number_hash)
    return list({one.pk: one for one in found}.values())


def invitations_of(customer: Customer) -> QuerySet[Invitation]:
    return Invitation.objects.filter(customer=customer).select_related("invited_by", "accepted_by")


def invitations_under_way(customer: Customer) -> QuerySet[Invitation]:
    """Those somebody may accept, and those that wait for the company's signatures."""
    return invitations_of(customer).filter(state__in=[InvitationState.OPEN, InvitationState.WAITING])


def invitation_for(customer: Customer, invitation_id: UUID) -> Invitation:
    """An invitation of that company; ``NotFound`` where it is another's."""
    known = invitations_of(customer).filter(pk=invitation_id, state=InvitationState.OPEN).first()
    if known is None:
        raise NotFound(what="invitation")
    return known


def reviews_for(user: User) -> QuerySet[KycReview]:
    """The re-verifications that wait for a user who may act for their customer as an owner."""
    mine = Customer.objects.filter(
        mandates__user=user, mandates__role="OWNER", mandates__revoked_at__isnull=True
    )
    return KycReview.objects.filter(customer__in=mine, state=ReviewState.DUE).select_related("customer")


def review_for(user: User, review_id: int) -> KycReview:
    known = reviews_for(user).filter(pk=review_id).first()
    if known is None:
        raise NotFound(what="request")
    return known


def waiting(state: State) -> int:
    """How many applications are in a state, for the staff's first page."""
    return Application.objects.filter(state=state).count()


def _people_suffice(application: Application) -> bool:
    directors = [party for party in application.parties.all() if party.directs]
    return len(directors) >= rules.DIRECTORS_AT_LEAST and ownership(application).gap == 0


def _signing_suffices(application: Application) -> bool:
    rule: Any = application.answer(Task.SIGNING, "rule")
    signatories = application.parties.filter(is_signatory=True).count()
    return bool(rule) and signatories >= (1 if rule == rules.Signing.ALONE else 2)


def _documents_suffice(application: Application) -> bool:
    given = {document.purpose for document in documents_of(application)}
    return set(rules.DOCUMENTS[application.kind]) <= given


def _is_agreed(application: Application) -> bool:
    return application.agreement_version == rules.AGREEMENT_VERSION and application.agreed_at is not None


def mandates_of(customer: Customer) -> list[Mandate]:
    """Who acts for a customer today, owners first."""
    in_force = Mandate.objects.in_force(clock.today()).filter(customer=customer).select_related("user")
    return sorted(in_force, key=lambda one: (one.role != MandateRole.OWNER, one.user.full_name))
