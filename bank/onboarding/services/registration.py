"""Registering with an e-mail address. Whether an address is known is told to its owner alone, by mail.

The six digits are derived from the registration under a key that is not in the database, as those of a
step-up are; wrong tries are counted before the code is looked at, in a statement of their own.
"""

import hashlib
import hmac
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.encoding import force_bytes

from bank.audit import services as audit
from bank.identity import selectors as identity
from bank.identity import services as users
from bank.identity.models import User
from bank.kernel import clock
from bank.onboarding import checks, errors, rules
from bank.onboarding.models import Registration
from bank.runtime import context, locks, outbox

ASKED = "onboarding.registration_asked"


def register(*, email: str, kind: str, language: str = "en") -> Registration:
    """Begins a registration and sends its mail: a code, or to a known address a way to sign in.

    Raises ``UnusableAnswers`` and, alike for known and unknown addresses, ``TooManyRegistrations``
    beyond five in an hour for an e-mail address or twenty from one place. The books are not touched.
    """
    email, kind, ip = checks.email(email), rules.Kind(kind), context.current().ip
    now = clock.now()
    with transaction.atomic():
        locks.hold_until_commit(f"onboarding.register:{email}")
        locks.hold_until_commit(f"onboarding.register.from:{ip}")
        _refuse_too_many(email, ip)
        registration = Registration.objects.create(
            email=email,
            kind=kind.value,
            language=language,
            ip=ip,
            is_known=identity.user_by_email(email) is not None,
            created_at=now,
            expires_at=now + rules.CODE_LIFETIME,
        )
        outbox.emit(ASKED, {"registration_id": str(registration.pk)})
    return registration


def verify(*, registration_id: UUID, code: str) -> Registration:
    """Proves the address with its code, once. Call it outside any database transaction.

    Raises ``CodeExpired`` (over, used, ten tries gone, never made) and ``CodeWrong``.
    """
    open_ones = Registration.objects.filter(
        pk=registration_id, verified_at__isnull=True, expires_at__gt=clock.now(), tries__lt=rules.CODE_TRIES
    )
    if not open_ones.update(tries=F("tries") + 1):
        raise errors.CodeExpired
    registration = Registration.objects.get(pk=registration_id)
    is_right = hmac.compare_digest("".join(code.split()).encode(), code_for(registration).encode())
    if registration.is_known or not is_right:
        _note_refusal(registration)
        if registration.tries >= rules.CODE_TRIES:
            raise errors.CodeExpired
        raise errors.CodeWrong(tries_left=rules.CODE_TRIES - registration.tries)
    _mark_verified(registration)
    return registration


def complete(
    *, registration_id: UUID, full_name: str, password: str, phone: str = "", language: str = "en"
) -> User:
    """Makes the verified address a user without customers. Of two parallel calls one returns.

    Raises ``CodeExpired`` where the address was not verified within the hour or is used up already,
    ``UnusableAnswers`` for the name, ``PasswordUnfit``, ``EmailTaken``.
    """
    with transaction.atomic():
        known = Registration.objects.select_for_update().filter(
            pk=registration_id, used_at__isnull=True, verified_at__gt=clock.now() - rules.PASSWORD_TIME
        )
        registration = known.first()
        if registration is None:
            raise errors.CodeExpired
        user = users.create_user(
            email=registration.email,
            full_name=checks.full_name(full_name),
            password=password,
            phone=phone,
            language=language,
        )
        registration.used_at = clock.now()
        registration.save(update_fields=["used_at"])
    return user


def code_for(registration: Registration) -> str:
    """The six digits of a registration's mail (HMAC-SHA-256, truncated as in RFC 4226 §5.3)."""
    key = hashlib.sha256(b"bank.onboarding.registration" + force_bytes(settings.SECRET_KEY)).digest()
    mac = hmac.digest(key, registration.id.bytes + registration.email.encode(), "sha256")
    return f"{int.from_bytes(mac[:8], 'big') % 1_000_000:06d}"


def purge_registrations() -> int:
    """Deletes what was begun more than a day ago: addresses of people who never came are not kept."""
    deleted, _by_table = Registration.objects.filter(
        created_at__lt=clock.now() - rules.REGISTRATIONS_KEPT
    ).delete()
    return deleted


def _refuse_too_many(email: str, ip: str) -> None:
    recent = Registration.objects.filter(created_at__gt=clock.now() - rules.REGISTRATION_WINDOW)
    too_many: list[Any] = [recent.filter(email=email).count() >= rules.REGISTRATIONS_PER_EMAIL]
    if ip:
        too_many.append(recent.filter(ip=ip).count() >= rules.REGISTRATIONS_PER_ADDRESS)
    if any(too_many):
        raise errors.TooManyRegistrations(minutes=int(rules.REGISTRATION_WINDOW.total_seconds() // 60))


def _mark_verified(registration: Registration) -> None:
    fresh = Registration.objects.filter(pk=registration.pk, verified_at__isnull=True)
    if not fresh.update(verified_at=clock.now()):
        raise errors.CodeExpired
    registration.refresh_from_db()


def _note_refusal(registration: Registration) -> None:
    audit.record_refusal(
        "REGISTRATION_CODE",
        actor=None,
        subject_type="REGISTRATION",
        subject_id=str(registration.pk),
        reason=errors.CodeWrong.code,
    )
