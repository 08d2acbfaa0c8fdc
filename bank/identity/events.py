"""Subscribers: send codes and notices by e-mail. Safe to repeat: at worst a mail comes twice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.translation import gettext_lazy as _

from bank.identity import notices, stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.runtime import outbox

_SUBJECTS = {
    notices.Kind.SIGNED_IN: _("Sign-in to your account"),
    notices.Kind.PASSWORD_CHANGED: _("Your password was changed"),
    notices.Kind.AUTHENTICATOR_ADDED: _("An authenticator app was added"),
    notices.Kind.AUTHENTICATOR_REMOVED: _("Your authenticator app was removed"),
    notices.Kind.TOKEN_REUSED: _("A program was signed out"),
}


@outbox.subscriber(stepup.CODE_TOPIC)
def send_code(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Computes the challenge's code and mails it with the summary; a challenge that is over gets no mail."""
    waiting = Challenge.objects.filter(pk=payload["challenge_id"], used_at__isnull=True)
    challenge = waiting.filter(expires_at__gt=clock.now()).select_related("user").first()
    if challenge is None:
        return
    content = {
        "code": stepup.code_for(challenge),
        "summary": challenge.summary,
        "expires_at": _local(challenge.expires_at, "TIME_FORMAT"),
    }
    _send(challenge.user, _("Your code"), "code", content)


@outbox.subscriber(notices.TOPIC)
def send_notice(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Mails what happened, when and from where."""
    user = User.objects.get(pk=payload["user_id"])
    kind = notices.Kind(payload["kind"])
    at = _local(datetime.fromisoformat(payload["at"]), "DATETIME_FORMAT")
    _send(user, _SUBJECTS[kind], kind.value, {"at": at, "device": payload["device"], "ip": payload["ip"]})


def _send(user: User, subject: Any, template: str, content: dict[str, str]) -> None:
    with translation.override(user.language):
        body = render_to_string(
            f"email/identity/{template}.txt", {**content, "user": user, "bank_name": settings.BANK_NAME}
        )
        EmailMessage(subject=f"{settings.BANK_NAME}: {subject}", body=body, to=[user.email]).send()


def _local(at: datetime, form: str) -> str:
    return formats.date_format(timezone.localtime(at), form)
