"""Browser sessions: half signed in after the password, signed in after the second factor, ended.

After the password alone the session knows who is waiting, and nobody is signed in: every
page but the one for the code sees a stranger. The session's key changes at each step, so a
key planted beforehand is worthless (ASVS 5.0 7.2.4).
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any
from uuid import uuid4

import django_otp
from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django_otp.models import Device

from bank.audit import services as audit
from bank.identity import devices, notices, rules, services
from bank.identity.models import KnownDevice, User, UserSession
from bank.identity.rules import Channel, Ended, Purpose
from bank.kernel import clock

_PENDING = "pending_sign_in"
_PASSKEY = "passkey_challenge"
_CONFIRMED = "confirmed_until"
_BACKEND = "bank.identity.backends.RoleBackend"


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that waits for its second factor; lives in the session."""

    user_id: int
    attempt: str
    challenge_id: str
    until: float
    next: str

    @property
    def act(self) -> dict[str, Any]:
        """What the code is bound to: this one attempt, in this one browser."""
        return {"act": Purpose.SIGN_IN, "attempt": self.attempt}


@dataclass(frozen=True, slots=True)
class End:
    """When a session ends by itself, and how long before that its owner is warned (WCAG 2.2.1)."""

    at: datetime
    can_extend: bool
    warning_s: int

    @property
    def left_s(self) -> int:
        return max(0, int((self.at - clock.now()).total_seconds()))


def begin(request: HttpRequest, user: User, next_path: str) -> None:
    """After the right password: a new session that waits for the second factor, and the code on its way.

    Raises ``TooManyTries`` where the user gave too many wrong codes.
    """
    end(request, Ended.SIGNED_OUT)
    ask_again(request, Pending(user.pk, uuid4().hex, "", _deadline(), next_path), user)


def ask_again(request: HttpRequest, waiting: Pending, user: User, *, channel: Channel | None = None) -> None:
    """Opens a new challenge for the same sign-in: a new code, and five tries."""
    challenge = services.ask_second_factor(
        user=user, act=waiting.act, purpose=Purpose.SIGN_IN, channel=channel
    )
    told = asdict(waiting) | {"challenge_id": str(challenge.pk)}
    request.session[_PENDING] = told


def pending(request: HttpRequest) -> tuple[Pending, User] | None:
    """The sign-in that waits in this session and its user, unless its ten minutes are over."""
    told = request.session.get(_PENDING)
    if told is None or told["until"] < clock.now().timestamp():
        return None
    user = User.objects.filter(pk=told["user_id"], is_active=True).first()
    return (Pending(**told), user) if user else None


def new_passkey_challenge(request: HttpRequest) -> bytes:
    """32 random bytes for a passkey to sign, kept in the session for five minutes and one use."""
    challenge = token_bytes(32)
    until = (clock.now() + rules.PASSKEY_CHALLENGE_LIFETIME).timestamp()
    request.session[_PASSKEY] = {"challenge": challenge.hex(), "until": until}
    return challenge


def take_passkey_challenge(request: HttpRequest) -> bytes:
    """The bytes asked for last, once; something nobody signed where there are none or they are too old."""
    kept = request.session.pop(_PASSKEY, None)
    if kept is None or kept["until"] < clock.now().timestamp():
        return token_bytes(32)
    return bytes.fromhex(kept["challenge"])


def complete(request: HttpRequest, user: User, proof: Device) -> KnownDevice:
    """Signs in after the second factor, under a new session key; the user is told by e-mail.

    Returns the browser as one of the user's, to be marked as such.
    """
    request.session.pop(_PENDING, None)
    with transaction.atomic():
        known, is_new = devices.recognise(request, user)
        auth.login(request, user, backend=_BACKEND)
        django_otp.login(request, proof)
        session = UserSession.objects.create(
            user=user, key_digest=_digest(request), device=known.label, ip=known.ip, known_device=known
        )
        notices.send(user, notices.Kind.NEW_DEVICE if is_new else notices.Kind.SIGNED_IN)
        _record("SIGN_IN", session, channel=type(proof).__name__, new_device=is_new)
    return known


def renew(request: HttpRequest) -> None:
    """A new key for the signed-in session; call it after every confirmed step-up."""
    session = current(request)
    with transaction.atomic():
        request.session.cycle_key()
        if session is not None:
            session.key_digest = _digest(request)
            session.save(update_fields=["key_digest"])


def change_password(request: HttpRequest, *, old: str, new: str) -> None:
    """Changes the signed-in user's password; this browser goes on under a new key, all else is signed out.

    Raises ``WrongPassword`` and ``PasswordUnfit``.
    """
    session, user = current(request), request.user
    assert isinstance(user, User)
    with transaction.atomic():
        services.change_password(user=user, old=old, new=new, keep=session)
        auth.update_session_auth_hash(request, user)
        if session is not None:
            session.key_digest = _digest(request)
            session.save(update_fields=["key_digest"])


def rely_on(request: HttpRequest, device: Device) -> None:
    """Lets the session stand on another device of its user, where the one it was opened with is gone."""
    django_otp.login(request, device)


def end(request: HttpRequest, reason: Ended) -> None:
    """Ends this browser's session and forgets everything it held."""
    session = current(request)
    if session is not None:
        close(session, reason)
    auth.logout(request)


def close(session: UserSession, reason: Ended) -> None:
    """Ends a session, perhaps another browser's: its next request is a stranger's."""
    with transaction.atomic():
        open_ones = UserSession.objects.filter(pk=session.pk, ended_at__isnull=True)
        if open_ones.update(ended_at=clock.now(), ended_reason=reason):
            _record("SIGN_OUT", session, why=reason)


def current(request: HttpRequest) -> UserSession | None:
    """This browser's session, open or ended."""
    if request.session.session_key is None:
        return None
    return UserSession.objects.filter(key_digest=_digest(request)).first()


def over(session: UserSession | None, now: datetime) -> Ended | None:
    """Why the session may not go on, or ``None``. A session nobody opened is as good as revoked.

    ``last_seen_at`` lags behind by up to a minute, so idleness ends a session up to that
    much early and never late (PSD2 RTS art. 4(3)(d)).
    """
    if session is None or session.ended_at is not None:
        return Ended.REVOKED
    if now - session.signed_in_at >= timedelta(seconds=settings.SESSION_ABSOLUTE_S):
        return Ended.TOO_OLD
    if now - session.last_seen_at >= timedelta(seconds=settings.SESSION_IDLE_S):
        return Ended.IDLE
    return None


def ends_at(session: UserSession) -> End:
    """When the session ends if nothing is done, and whether doing something puts that off."""
    idle = session.last_seen_at + timedelta(seconds=settings.SESSION_IDLE_S)
    last = session.signed_in_at + timedelta(seconds=settings.SESSION_ABSOLUTE_S)
    return End(min(idle, last), idle < last, min(120, settings.SESSION_IDLE_S // 3))


def touch(session: UserSession, now: datetime) -> None:
    """Notes that the session is in use; written at most once a minute."""
    pause = timedelta(seconds=min(60, settings.SESSION_IDLE_S / 5))
    if now - session.last_seen_at >= pause:
        session.last_seen_at = now
        UserSession.objects.filter(pk=session.pk).update(last_seen_at=now)


def confirm_for_a_while(request: HttpRequest) -> None:
    """After a fresh second factor: credentials may be changed for five minutes."""
    renew(request)
    request.session[_CONFIRMED] = (clock.now() + rules.CONFIRMED_FOR).timestamp()


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the second factor was asked again within the last five minutes."""
    return bool(request.session.get(_CONFIRMED, 0) > clock.now().timestamp())


def _deadline() -> float:
    return (clock.now() + rules.SIGN_IN_CODE_LIFETIME).timestamp()


def _digest(request: HttpRequest) -> bytes:
    return hashlib.sha256((request.session.session_key or "").encode()).digest()


def _record(action: str, session: UserSession, **detail: Any) -> None:
    audit.record(
        action,
        actor=session.user,
        subject_type="USER",
        subject_id=str(session.user_id),
        detail={**detail, "session": session.pk, "device": session.device},
    )
