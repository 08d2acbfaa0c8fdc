"""Subscribers: send codes, links and notices. Safe to repeat: at worst a message comes twice."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.translation import gettext_lazy as _

from bank.identity import notices, resets, stepup
from bank.identity.models import Challenge, PasswordReset, User
from bank.identity.rules import Channel
from bank.kernel import clock
from bank.runtime import outbox, sms, topics

_SUBJECTS = {
    notices.Kind.SIGNED_IN: _("Sign-in to your account"),
    notices.Kind.NEW_DEVICE: _("Sign-in from a new device"),
    notices.Kind.PASSWORD_CHANGED: _("Your password was changed"),
    notices.Kind.AUTHENTICATOR_ADDED: _("An authenticator app was added"),
    notices.Kind.AUTHENTICATOR_REMOVED: _("Your authenticator app was removed"),
    notices.Kind.PASSKEY_ADDED: _("A passkey was added"),
    notices.Kind.PASSKEY_REMOVED: _("A passkey was removed"),
    notices.Kind.PHONE_ADDED: _("A phone was added"),
    notices.Kind.PHONE_REMOVED: _("Your phone was removed"),
    notices.Kind.GLASS_BROKEN: _("Every right was given for a while"),
    notices.Kind.TOKEN_REUSED: _("A program was signed out"),
}

topics.declare(
    stepup.CODE_TOPIC, "A one-time code is to be sent for an act.", kept_inside=True, challenge_id=topics.UUID
)
topics.declare(
    resets.ASKED_TOPIC,
    "Somebody asked for a link to choose a new password, for an address that may be nobody's.",
    kept_inside=True,
    email=topics.TEXT,
    ip=topics.TEXT,
    device=topics.TEXT,
)
topics.declare(
    resets.LINK_TOPIC,
    "Staff had a link sent to choose a new password.",
    kept_inside=True,
    reset_id=topics.UUID,
)
topics.declare(
    notices.TOPIC,
    "Something happened to a user's sign-in: a new device, another password, a passkey added.",
    kept_inside=True,
    user_id=topics.NUMBER,
    kind={"enum": [kind.value for kind in notices.Kind]},
    at=topics.INSTANT,
    device=topics.TEXT,
    ip=topics.TEXT,
)


@outbox.subscriber(stepup.CODE_TOPIC)
def send_code(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Computes the challenge's code and sends it with the summary; a challenge that is over gets none."""
    waiting = Challenge.objects.filter(pk=payload["challenge_id"], used_at__isnull=True)
    challenge = waiting.filter(expires_at__gt=clock.now()).select_related("user").first()
    if challenge is None:
        return
    content = {
        "code": stepup.code_for(challenge),
        "summary": challenge.summary,
        "expires_at": _local(challenge.expires_at, "TIME_FORMAT"),
    }
    if challenge.channel == Channel.SMS:
        _send_sms(challenge.user, challenge.destination, content)
    else:
        _send(challenge.user, _("Your code"), "code", content)


@outbox.subscriber(resets.ASKED_TOPIC)
def send_reset(message_id: UUID, payload: dict[str, Any]) -> None:
    """Mails the link to a known address; to an unknown one nothing, which nobody can see from outside."""
    reset = resets.begin(message_id=message_id, email=payload["email"])
    if reset is not None:
        _send_link(reset, payload["device"], payload["ip"])


@outbox.subscriber(resets.LINK_TOPIC)
def send_reset_link(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Mails the link of a reset begun at the counter."""
    reset = PasswordReset.objects.select_related("user").get(pk=payload["reset_id"])
    _send_link(reset, _("the counter of a branch"), "")


@outbox.subscriber(notices.TOPIC)
def send_notice(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Mails what happened, when and from where."""
    user = User.objects.get(pk=payload["user_id"])
    kind = notices.Kind(payload["kind"])
    at = _local(datetime.fromisoformat(payload["at"]), "DATETIME_FORMAT")
    _send(user, _SUBJECTS[kind], kind.value, {"at": at, "device": payload["device"], "ip": payload["ip"]})


def _send_link(reset: PasswordReset, device: Any, ip: str) -> None:
    content = {
        "link": resets.link(reset),
        "expires_at": _local(reset.expires_at, "TIME_FORMAT"),
        "device": device,
        "ip": ip,
        "can_prove": bool(resets.ways(reset)),
    }
    _send(reset.user, _("A new password"), "reset", content)


def _send_sms(user: User, phone: str, content: dict[str, str]) -> None:
    with translation.override(user.language):
        text = render_to_string("sms/code.txt", {**content, "bank_name": settings.BANK_NAME})
    sms.send(to=phone, text=text.strip())


def _send(user: User, subject: Any, template: str, content: dict[str, Any]) -> None:
    with translation.override(user.language):
        body = render_to_string(
            f"email/identity/{template}.txt", {**content, "user": user, "bank_name": settings.BANK_NAME}
        )
        EmailMessage(subject=f"{settings.BANK_NAME}: {subject}", body=body, to=[user.email]).send()


def _local(at: datetime, form: str) -> str:
    return formats.date_format(timezone.localtime(at), form)
