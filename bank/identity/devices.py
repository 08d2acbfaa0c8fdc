"""Browsers their owner signed in with before: recognised by a signed cookie, listed, forgotten."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from bank.audit import services as audit
from bank.identity import rules
from bank.identity.models import KnownDevice, User, UserSession
from bank.identity.rules import Ended
from bank.kernel import clock
from bank.runtime import context

_COOKIE = "known"
_KNOWN_FOR = timedelta(days=180)
_SALT = "bank.identity.known_device"


def known(request: HttpRequest, email: str) -> KnownDevice | None:
    """This browser, if the user with this login name signed in with it and has not had it forgotten."""
    marked = request.get_signed_cookie(_cookie_name(), None, salt=_SALT, max_age=_KNOWN_FOR)
    try:
        wanted = UUID(str(marked))
    except ValueError:
        return None
    return KnownDevice.objects.filter(
        pk=wanted, user__email=email.strip().lower(), forgotten_at__isnull=True
    ).first()


def recognise(request: HttpRequest, user: User) -> tuple[KnownDevice, bool]:
    """This browser as one of the user's, and whether it is new."""
    found, asked = known(request, user.email), context.current()
    label = rules.device_label(asked.user_agent)
    if found is None:
        return KnownDevice.objects.create(user=user, label=label, ip=asked.ip), True
    found.last_seen_at, found.ip, found.label = clock.now(), asked.ip, label
    found.save(update_fields=["last_seen_at", "ip", "label"])
    return found, False


def mark(response: HttpResponse, device: KnownDevice) -> None:
    """Has the browser remember which one it is."""
    response.set_signed_cookie(
        _cookie_name(),
        str(device.pk),
        salt=_SALT,
        max_age=_KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def devices_of(user: User) -> QuerySet[KnownDevice]:
    """The user's browsers, last used first."""
    since = clock.now() - _KNOWN_FOR
    return KnownDevice.objects.filter(user=user, forgotten_at__isnull=True, last_seen_at__gt=since)


def forget(*, user: User, device: KnownDevice) -> None:
    """The browser is a stranger's from now on, and whoever is signed in with it is out."""
    now = clock.now()
    with transaction.atomic():
        KnownDevice.objects.filter(pk=device.pk).update(forgotten_at=now)
        inside = UserSession.objects.filter(known_device=device, ended_at__isnull=True)
        inside.update(ended_at=now, ended_reason=Ended.REVOKED)
        audit.record(
            "DEVICE_FORGOTTEN",
            actor=user,
            subject_type="USER",
            subject_id=str(user.pk),
            detail={"device": device.label},
        )


def _cookie_name() -> str:
    return f"__Host-{_COOKIE}" if settings.SESSION_COOKIE_SECURE else _COOKIE
