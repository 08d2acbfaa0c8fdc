"""Subscribers: the others who may sign are told what waits, its maker what became of it. Safe to repeat."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from bank.cif.models import Customer, Mandate
from bank.cif.rules import MandateRole, door_of
from bank.cif.services import merging
from bank.identity.models import User
from bank.kernel import clock
from bank.runtime import formats, outbox, topics
from bank.signing import selectors, services
from bank.signing.models import Approval, Delegation, SigningRule
from bank.signing.rules import State
from bank.signing.services import ASKED, DECIDED, ESCALATED

for _topic, _says in (
    (ASKED, "An act waits for a company's signatures."),
    (ESCALATED, "An act has waited long for signatures: others are asked too."),
):
    topics.declare(_topic, _says, order=("approval", "reference"), reference=topics.TEXT)
topics.declare(
    DECIDED,
    "An act that waited for signatures was carried out, refused, withdrawn or has run out of time.",
    order=("approval", "reference"),
    reference=topics.TEXT,
    state={"enum": [state.value for state in State]},
)


@outbox.subscriber(ASKED)
def ask_signatories(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To everybody who may sign and has not; a decision made meanwhile makes the letter needless."""
    approval = _approval(payload)
    if approval.state == State.WAITING:
        for reader in _who_could_sign(approval):
            _send(reader, approval, "asked")


@outbox.subscriber(ESCALATED)
def remind(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Half the time is over: to who could sign now, and to the company's administrators above them."""
    approval = _approval(payload)
    if approval.state != State.WAITING:
        return
    owners = Mandate.objects.filter(customer=approval.customer, role=MandateRole.OWNER, user__is_active=True)
    above = {one.user for one in owners.in_force(clock.today()).select_related("user")}
    for reader in sorted(above | set(_who_could_sign(approval)), key=lambda one: one.pk):
        _send(reader, approval, "escalated")


def _who_could_sign(approval: Approval) -> list[User]:
    """Those whose own signature, or one they hold for another, would bring it nearer now."""
    mandates = Mandate.objects.filter(customer=approval.customer, user__is_active=True)
    readers = [one.user for one in mandates.in_force(clock.today()).select_related("user")]
    return [one for one in readers if selectors.may_sign(one, approval)]


@outbox.subscriber(DECIDED)
def tell_maker(_message_id: UUID, payload: dict[str, Any]) -> None:
    approval = _approval(payload)
    if approval.state != State.WITHDRAWN:
        _send(approval.maker, approval, "decided")


@merging.mover
def move_signing(old: Customer, new: Customer) -> dict[str, int]:
    """The survivor's rules hold where it has any; what waits at the duplicate is given up, for its
    signatories act for the survivor from now on and may make it again.
    """
    given_up = services.give_up_all(customer=old)
    has_rules = SigningRule.objects.filter(customer=new).values("currency")
    SigningRule.objects.filter(customer=old, currency__in=has_rules).delete()
    ended = Delegation.objects.filter(customer=old, ended_at=None).update(ended_at=clock.now())
    rules_moved = SigningRule.objects.filter(customer=old).update(customer=new)
    return {"approvals given up": given_up, "signing rules": rules_moved, "delegations ended": ended}


def _approval(payload: dict[str, Any]) -> Approval:
    found = Approval.objects.select_related("maker", "decided_by", "customer")
    return found.get(reference=payload["reference"])


def _address(approval: Approval) -> str:
    """The page of the approval itself, in the portal of its company."""
    company = approval.customer
    door = door_of(company.kind, company.segment)
    return f"{settings.PUBLIC_URL.rstrip('/')}{door}{company.cif}/approvals/{approval.reference}/"


def _send(reader: User, approval: Approval, template: str) -> None:
    """Names the company and where to look, never payee or amount: mail is no place for that."""
    with translation.override(reader.language):
        content = {
            "approval": approval,
            "company": approval.customer.display_name,
            "state": approval.get_state_display(),
            "deadline": formats.moment(approval.deadline),
            "address": _address(approval),
            "bank_name": settings.BANK_NAME,
        }
        body = render_to_string(f"email/signing/{template}.txt", content)
        subject = _("Approval %(reference)s") % {"reference": approval.reference}
        EmailMessage(subject=f"{settings.BANK_NAME}: {subject}", body=body, to=[reader.email]).send()
