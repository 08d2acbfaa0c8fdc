"""Subscribers: letters to customers and reminders to staff. Safe to repeat: at worst a mail comes twice."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from bank.cases import rules, selectors
from bank.cases.models import Case, CaseStep
from bank.cases.services import LETTER, REMINDER
from bank.cif.models import Customer
from bank.cif.services import merging
from bank.kernel import clock
from bank.runtime import formats, outbox, topics

topics.declare(
    LETTER, "A letter to the customer of a case is to be sent.", kept_inside=True, step_id=topics.NUMBER
)
topics.declare(REMINDER, "Whoever works on a case is to look at it.", kept_inside=True, case_id=topics.NUMBER)


@outbox.subscriber(LETTER)
def send_letter(_message_id: UUID, payload: dict[str, Any]) -> None:
    """The receipt of a case, or what staff wrote to its customer, in the customer's language."""
    step = CaseStep.objects.select_related("case").get(pk=payload["step_id"])
    case = step.case
    template = "opened" if step.step == rules.Step.OPENED else "answer"
    with translation.override(case.language):
        content = {"case": case, "text": step.text, "is_over": step.step == rules.Step.RESOLVED}
        _send(case, template, [case.contact_email], content | {"due": formats.moment(case.resolution_due_at)})


@outbox.subscriber(REMINDER)
def send_reminder(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To whoever has the case, or to all who could take it."""
    case = Case.objects.select_related("assigned_to").get(pk=payload["case_id"])
    if case.is_finished:
        return
    readers = [case.assigned_to] if case.assigned_to else list(selectors.workers())
    for reader in readers:
        with translation.override(reader.language):
            due = formats.moment(case.next_due_at) if case.next_due_at else ""
            late = bool(case.next_due_at and case.next_due_at < clock.now())
            _send(case, "reminder", [reader.email], {"case": case, "due": due, "is_late": late})


def _send(case: Case, template: str, to: list[str], content: dict[str, Any]) -> None:
    shown = {**content, "bank_name": settings.BANK_NAME, "public_url": settings.PUBLIC_URL}
    body = render_to_string(f"email/cases/{template}.txt", shown)
    subject = (
        _("%(bank)s, your reference %(reference)s") if template != "reminder" else _("Case %(reference)s")
    )
    said = subject % {"bank": settings.BANK_NAME, "reference": case.reference}
    EmailMessage(subject=said, body=body, to=to).send()


@merging.mover
def move_cases(old: Customer, new: Customer) -> dict[str, int]:
    """The cases of a merged customer pass to the survivor."""
    return {"cases": Case.objects.filter(customer=old).update(customer=new)}
