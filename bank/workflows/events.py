"""Subscribers: who could decide is told of a proposal, its maker of the decision. Safe to repeat."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bank.identity import role_rules
from bank.identity.models import User
from bank.runtime import formats, outbox, topics
from bank.workflows import kinds, selectors
from bank.workflows.models import Command
from bank.workflows.services import DECIDED, ESCALATED, PROPOSED

for _topic, _says in (
    (PROPOSED, "Staff proposed something that needs a second person."),
    (ESCALATED, "Half the time is over in which staff could decide on something."),
    (DECIDED, "What staff proposed was decided, or nobody decided in time."),
):
    topics.declare(_topic, _says, order=("command", "command_id"), command_id=topics.NUMBER)


@outbox.subscriber(PROPOSED)
def ask_checkers(_message_id: UUID, payload: dict[str, Any]) -> None:
    """To everybody else who holds a role it waits for; once decided the letter is needless."""
    command = _command(payload)
    if command.state == "PENDING":
        _tell(command, selectors.roles_open(command), "proposed")


@outbox.subscriber(ESCALATED)
def remind(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Half the time is over: to who was asked, and to the roles above them."""
    command = _command(payload)
    if command.state == "PENDING":
        waiting = selectors.roles_open(command)
        above = [senior for role in waiting for senior in role_rules.SENIORS.get(role, ())]
        _tell(command, [*waiting, *above], "escalated")


def _tell(command: Command, roles: list[str], template: str) -> None:
    readers = User.objects.filter(groups__name__in=roles, is_active=True).exclude(pk=command.maker_id)
    for reader in readers.exclude(pk__in=command.consents.values("user")).distinct().order_by("pk"):
        _send(reader, command, template)


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
