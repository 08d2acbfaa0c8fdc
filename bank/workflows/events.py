"""Subscribers: who could decide is told of a proposal, its maker of the decision. Safe to repeat."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bank.identity.models import User
from bank.runtime import formats, outbox, topics
from bank.workflows import kinds
from bank.workflows.models import Command
from bank.workflows.services import DECIDED, PROPOSED

for _topic, _says in (
    (PROPOSED, "Staff proposed something that needs a second person."),
    (DECIDED, "What staff proposed was decided, or nobody decided in time."),
):
    topics.declare(_topic, _says, order=("command", "command_id"), command_id=topics.NUMBER)


@outbox.subscriber(PROPOSED)
def ask_checkers(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To everybody else who holds the role; a decision made meanwhile makes the letter needless."""
    command = _command(payload)
    if command.state != "PENDING":
        return
    group = Group.objects.filter(name=command.required_role).first()
    readers = User.objects.filter(groups=group, is_active=True).exclude(pk=command.maker_id) if group else []
    for reader in readers:
        _send(reader, command, "proposed")


@outbox.subscriber(DECIDED)
def tell_maker(_message_id: UUID, payload: dict[str, Any]) -> None:
    command = _command(payload)
    if command.state != "WITHDRAWN":
        _send(command.maker, command, "decided")


def _command(payload: dict[str, Any]) -> Command:
    return Command.objects.select_related("maker", "checker").get(pk=payload["command_id"])


def _send(reader: User, command: Command, template: str) -> None:
    """Names the command and where to decide, never what it would change: mail is no place for that."""
    with translation.override(reader.language):
        title = str(kinds.named(command.kind).title)
        address = reverse("admin:workflows_command_change", args=(command.pk,))
        content = {
            "command": command,
            "title": title,
            "deadline": formats.moment(command.deadline),
            "address": f"{settings.PUBLIC_URL}{address}",
            "bank_name": settings.BANK_NAME,
        }
        body = render_to_string(f"email/workflows/{template}.txt", content)
        subject = _("Approval %(reference)s") % {"reference": command.reference}
        EmailMessage(subject=f"{settings.BANK_NAME}: {subject}", body=body, to=[reader.email]).send()
