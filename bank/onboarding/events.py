"""Subscribers: the mails of becoming a customer, in the reader's language. Safe to repeat."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from bank.cif.models import Customer
from bank.cif.rules import MandateRole
from bank.cif.services import merging
from bank.identity.models import User
from bank.kernel import clock
from bank.onboarding import wording
from bank.onboarding.models import Application, Invitation, KycReview, Registration
from bank.onboarding.rules import InvitationState, ReviewState
from bank.onboarding.services import approval, expiry, invitations, kyc, registration, review
from bank.runtime import formats, outbox, topics

_APPLICATION: Any = {"order": ("application", "application_id"), "application_id": topics.UUID}
topics.declare(
    registration.ASKED,
    "A stranger wants to become a customer.",
    kept_inside=True,
    registration_id=topics.UUID,
)
topics.declare(review.MORE_ASKED, "More is asked of an applicant.", **_APPLICATION)
topics.declare(review.REJECTED, "An application was rejected.", **_APPLICATION)
topics.declare(expiry.EXPIRED, "An application nobody went on with was closed.", **_APPLICATION)
topics.declare(
    approval.APPROVED,
    "An application was approved and its account opened.",
    **_APPLICATION,
    account=topics.TEXT,
)
topics.declare(
    invitations.INVITED, "Somebody is invited into a company or its application.", kept_inside=True,
    invitation_id=topics.UUID, issue=topics.NUMBER,
)  # fmt: skip
topics.declare(
    kyc.DUE, "What the bank knows of a customer is to be looked at again.", review_id=topics.NUMBER
)


@outbox.subscriber(registration.ASKED)
def send_code(_message_id: UUID, payload: dict[str, Any]) -> None:
    """The code; to an address that has a user, the way to sign in instead. None once it is over."""
    waiting = Registration.objects.filter(pk=payload["registration_id"], expires_at__gt=clock.now()).first()
    if waiting is None:
        return
    content = {
        "code": "" if waiting.is_known else registration.code_for(waiting),
        "expires_at": waiting.expires_at,
        "sign_in": _address("identity:sign_in"),
    }
    template = "known_address" if waiting.is_known else "code"
    _send(waiting.email, waiting.language, _("Opening an account"), template, content)


@outbox.subscriber(review.MORE_ASKED)
def send_more_asked(_message_id: UUID, payload: dict[str, Any]) -> None:
    """What the bank still needs, and why."""
    application = _application(payload)
    tasks = [wording.TASKS[task] for task in application.more_wanted]
    content = {"tasks": tasks, "reason": application.more_reason, "address": _tasks_address(application)}
    _tell(application.applicant, _("We need a little more from you"), "more_asked", content, application)


@outbox.subscriber(approval.APPROVED)
def send_welcome(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Welcome, with CIF and account number."""
    application = _application(payload)
    assert application.customer is not None
    content = {
        "cif": application.customer.cif,
        "account": formats.account_number(payload["account"]),
        "name": application.customer.display_name,
        "address": _address("public:own-door"),
    }
    _tell(application.applicant, _("Welcome"), "welcome", content, application)


@outbox.subscriber(review.REJECTED)
def send_rejected(_message_id: UUID, payload: dict[str, Any]) -> None:
    """That the bank cannot open the account. The reason stays with the bank (no tipping off)."""
    application = _application(payload)
    _tell(application.applicant, _("Your application"), "rejected", {}, application)


@outbox.subscriber(expiry.EXPIRED)
def send_expired(_message_id: UUID, payload: dict[str, Any]) -> None:
    """That an application was not gone on with."""
    application = _application(payload)
    content = {"address": _address("public:join")}
    _tell(application.applicant, _("Your application"), "expired", content, application)


@outbox.subscriber(invitations.INVITED)
def send_invitation(_message_id: UUID, payload: dict[str, Any]) -> None:
    """The link that accepts; of an invitation that is over or was issued again, none."""
    waiting = Invitation.objects.filter(pk=payload["invitation_id"], issue=payload["issue"])
    invitation = waiting.filter(state=InvitationState.OPEN).select_related("customer", "invited_by").first()
    if invitation is None:
        return
    token = invitations.token_for(invitation.pk, invitation.issue)
    known = User.objects.filter(email=invitation.email).first()
    content = {
        "company": invitation.customer.display_name,
        "by": invitation.invited_by.full_name,
        "looks_only": invitation.role == MandateRole.VIEWER,
        "expires_at": invitation.expires_at,
        "address": _address("public:join-invitation", token),
    }
    language = known.language if known else invitation.invited_by.language
    _send(invitation.email, language, _("An invitation"), "invitation", content)


@outbox.subscriber(kyc.DUE)
def send_kyc_due(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To the customer's owners: confirm what we know of you."""
    waiting = KycReview.objects.filter(pk=payload["review_id"], state=ReviewState.DUE)
    found = waiting.select_related("customer").first()
    if found is None:
        return
    owners = found.customer.mandates.in_force(clock.today()).filter(role=MandateRole.OWNER)
    for mandate in owners.select_related("user"):
        content = {
            "name": found.customer.display_name,
            "due": found.due_date,
            "address": _address("public:join-review", found.pk),
        }
        _send(mandate.user.email, mandate.user.language, _("Please confirm your details"), "kyc_due", content)


def _application(payload: dict[str, Any]) -> Application:
    return Application.objects.select_related("applicant", "customer").get(pk=payload["application_id"])


def _tell(user: User, subject: Any, template: str, content: dict[str, Any], application: Application) -> None:
    content |= {"user": user, "reference": application.reference}
    _send(user.email, user.language, subject, template, content)


def _send(to: str, language: str, subject: Any, template: str, content: dict[str, Any]) -> None:
    with translation.override(language):
        named = {**content, "bank_name": settings.BANK_NAME}
        if "expires_at" in content:
            named["expires_at"] = formats.moment(timezone.localtime(content["expires_at"]))
        body = render_to_string(f"email/onboarding/{template}.txt", named)
        EmailMessage(subject=f"{settings.BANK_NAME}: {subject}", body=body, to=[to]).send()


def _tasks_address(application: Application) -> str:
    return _address("public:join-tasks", application.pk)


def _address(name: str, *args: Any) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse(name, args=args)


@merging.mover
def move_onboarding(old: Customer, new: Customer) -> dict[str, int]:
    """How a merged customer came and who was invited pass on; of two open ones the survivor's stays open."""
    invited = Invitation.objects.filter(customer=new, state=InvitationState.OPEN).values("email")
    Invitation.objects.filter(customer=old, state=InvitationState.OPEN, email__in=invited).update(
        state=InvitationState.REVOKED
    )
    if KycReview.objects.filter(customer=new).exclude(state=ReviewState.DONE).exists():
        waiting = KycReview.objects.filter(customer=old).exclude(state=ReviewState.DONE)
        waiting.update(state=ReviewState.DONE, done_at=clock.now())
    return {
        "applications": Application.objects.filter(customer=old).update(customer=new),
        "invitations": Invitation.objects.filter(customer=old).update(customer=new),
        "kyc_reviews": KycReview.objects.filter(customer=old).update(customer=new),
    }
