"""A fresh second factor bound to exactly one act (PSD2 RTS 2018/389 art. 4 and 5; ASVS 5.0 6.5, 7.5.3).

``start`` opens a challenge for an act and sends the code with the act's summary, or asks for
the authenticator app where one is enrolled. ``confirm`` consumes it inside the caller's
database transaction, so a code is spent if and only if the act is done; wrong codes and
changed acts are counted on a connection of their own and outlive the caller's rollback.

A code that is sent is never stored, not even as a hash (six digits are guessed in a second): it
is computed from the challenge's id and act under a key derived from ``SECRET_KEY``, by the
sender when the message goes out and by ``confirm`` again. So the outbox carries an id only.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.encoding import force_bytes

from bank.audit import services as audit
from bank.identity import attempts, errors, passkeys, recovery, rules
from bank.identity.models import Authenticator, Challenge, ChallengeFailure, SmsCodeDevice, User
from bank.identity.rules import Channel, FailureReason, Purpose, Scope
from bank.kernel import clock
from bank.runtime import aside, outbox, sms

CODE_TOPIC = "identity.code_asked"


def start(
    *,
    user: User,
    act: Mapping[str, Any],
    summary: str,
    purpose: Purpose = Purpose.ACT,
    channel: Channel | None = None,
    phone: str = "",
    passkey_alone: bool = False,
) -> Challenge:
    """Opens a challenge for ``act``; ``summary`` tells the user amount and payee, in the code's message too.

    The code goes by ``channel`` if the user has it, else by the one the user prefers; to
    ``phone`` alone where that is what has to be proved; nowhere with ``passkey_alone``. Raises
    ``TooManyTries`` where the user gave too many wrong codes, or asked for too many messages,
    within the hour.
    """
    _refuse_the_guesser(user, purpose)
    chosen = Channel.SMS if phone else choose(user, channel)
    destination = phone or (phone_of(user) if chosen == Channel.SMS else "")
    is_sent = chosen != Channel.TOTP and not passkey_alone
    is_sent = is_sent and (purpose, chosen) != (Purpose.RESET, Channel.EMAIL)
    if is_sent and chosen == Channel.SMS:
        attempts.claim(Scope.SMS_BY, str(user.pk))
        attempts.claim(Scope.SMS_TO, destination)
    lifetime = rules.CODE_LIFETIME if purpose == Purpose.ACT else rules.SIGN_IN_CODE_LIFETIME
    with transaction.atomic():
        challenge = Challenge.objects.create(
            user=user,
            purpose=purpose,
            act_digest=rules.act_digest(act),
            summary=summary,
            channel=chosen,
            destination=destination,
            expires_at=clock.now() + lifetime,
        )
        if is_sent:
            outbox.emit(CODE_TOPIC, {"challenge_id": str(challenge.id)})
        _record("STEP_UP_STARTED", challenge)
    return challenge


def confirm(*, user: User, challenge_id: UUID | str | None, act: Mapping[str, Any], code: str) -> Challenge:
    """Consumes the challenge for ``act``, once, with the right ``code``, inside the act's transaction.

    Raises, in this order: ``StepUpRequired`` (no such challenge of this user), ``StepUpExpired``
    (used, or older than two minutes), ``StepUpActChanged`` (another amount, payee or anything
    else: the challenge is void from then on), ``StepUpExhausted`` (five wrong codes),
    ``StepUpWrongCode``. Of parallel calls with the same code exactly one returns: the row lock
    lets the others in only after the first has committed.
    """
    with transaction.atomic():
        challenge = _locked(user, challenge_id)
        refusal = _refusal(challenge, act) or _wrong_code(challenge, code)
        if refusal is None:
            challenge.used_at = clock.now()
            challenge.save(update_fields=["used_at"])
            _record("STEP_UP_CONFIRMED", challenge, passkey=challenge.passkey is not None)
            return challenge
        _keep_failure(challenge, refusal)
        raise refusal


def code_for(challenge: Challenge) -> str:
    """The six digits of a code that is sent: HMAC-SHA-256 over id and act, truncated as in RFC 4226 §5.3."""
    key = hashlib.sha256(b"bank.identity.stepup" + force_bytes(settings.SECRET_KEY)).digest()
    mac = hmac.digest(key, challenge.id.bytes + bytes(challenge.act_digest), "sha256")
    return f"{int.from_bytes(mac[:8], 'big') % 1_000_000:06d}"


def has_authenticator(user: User) -> bool:
    """Whether an authenticator app was enrolled and confirmed."""
    return Authenticator.objects.filter(user=user, confirmed=True).exists()


def phone_of(user: User) -> str:
    """The phone the user proved to have; empty where there is none, or no gateway to reach it."""
    device = SmsCodeDevice.objects.filter(user=user).first() if sms.is_offered() else None
    return device.phone if device else ""


def choose(user: User, wanted: Channel | None = None) -> Channel:
    """By which way the user gets codes. An app leaves no weaker way open, a phone that of mail."""
    if has_authenticator(user):
        return Channel.TOTP
    prefers = wanted or (Channel.SMS if user.prefers_sms else Channel.EMAIL)
    return Channel.SMS if prefers == Channel.SMS and phone_of(user) else Channel.EMAIL


def other_channel(user: User, present: Channel) -> Channel | None:
    """The other way codes may reach the user, where there is one."""
    if present == Channel.TOTP or not phone_of(user):
        return None
    return Channel.EMAIL if present == Channel.SMS else Channel.SMS


def _refuse_the_guesser(user: User, purpose: Purpose) -> None:
    """Counted for each purpose apart: who guesses at the sign-in does not stop the owner's payments."""
    since = clock.now() - rules.FAILURE_MEMORY
    wrong = ChallengeFailure.objects.filter(
        user=user, reason=FailureReason.WRONG_CODE, at__gt=since, challenge__purpose=purpose
    )
    times = list(wrong.order_by("-at").values_list("at", flat=True)[: rules.FAILURES_PER_USER])
    if len(times) == rules.FAILURES_PER_USER:
        wait: datetime = times[-1] + rules.FAILURE_MEMORY
        raise errors.TooManyTries(retry_after_s=int((wait - clock.now()).total_seconds()) + 1)


def _locked(user: User, challenge_id: UUID | str | None) -> Challenge:
    try:
        wanted = UUID(str(challenge_id))
    except ValueError:
        raise errors.StepUpRequired from None
    own = Challenge.objects.select_for_update(no_key=True).filter(pk=wanted, user=user)
    challenge = own.first()
    if challenge is None:
        raise errors.StepUpRequired
    return challenge


def _refusal(challenge: Challenge, act: Mapping[str, Any]) -> errors.StepUpFailed | None:
    if challenge.used_at is not None or clock.now() >= challenge.expires_at:
        return errors.StepUpExpired()
    is_same_act = hmac.compare_digest(bytes(challenge.act_digest), rules.act_digest(act))
    failures = list(challenge.failures.values_list("reason", flat=True))
    if not is_same_act or FailureReason.ACT_CHANGED in failures:
        return errors.StepUpActChanged()
    if len(failures) >= rules.TRIES:
        return errors.StepUpExhausted()
    return None


def _wrong_code(challenge: Challenge, code: str) -> errors.StepUpWrongCode | None:
    if _is_right(challenge, code):
        return None
    return errors.StepUpWrongCode(tries_left=rules.TRIES - challenge.failures.count() - 1)


def _is_right(challenge: Challenge, text: str) -> bool:
    """A passkey may sign instead. A recovery code stands in for a lost device, never for an act."""
    if passkeys.is_signature(text):
        challenge.passkey = passkeys.accepted(challenge, text)
        return challenge.passkey is not None
    code = "".join(text.split())
    if challenge.purpose != Purpose.ACT and recovery.spend(challenge.user, code):
        return True
    if challenge.channel == Channel.TOTP:
        return _accepts(challenge.user, code)
    if challenge.channel == Channel.EMAIL and challenge.purpose == Purpose.RESET:
        return False
    return hmac.compare_digest(code.encode(), code_for(challenge).encode())


def _accepts(user: User, digits: str) -> bool:
    """The device remembers the last time step it accepted, under its row lock: no code passes twice."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    devices = Authenticator.objects.select_for_update().filter(user=user, confirmed=True)
    return any(device.verify_token(digits) for device in devices)


def _keep_failure(challenge: Challenge, refusal: errors.StepUpFailed) -> None:
    reason = {
        errors.StepUpWrongCode: FailureReason.WRONG_CODE,
        errors.StepUpActChanged: FailureReason.ACT_CHANGED,
    }.get(type(refusal))
    if reason is not None:
        with aside.connection_aside() as own, own.cursor() as cursor:
            cursor.execute(
                "INSERT INTO identity_challengefailure (challenge_id, user_id, reason, at)"
                " VALUES (%s, %s, %s, %s)",
                [challenge.pk, challenge.user_id, reason, clock.now()],
            )
    audit.record_refusal(
        "STEP_UP_REFUSED",
        actor=challenge.user,
        subject_type="CHALLENGE",
        subject_id=str(challenge.pk),
        reason=refusal.code,
        detail={"purpose": challenge.purpose},
    )


def _record(action: str, challenge: Challenge, **detail: Any) -> None:
    audit.record(
        action,
        actor=challenge.user,
        subject_type="CHALLENGE",
        subject_id=str(challenge.pk),
        detail={
            "purpose": challenge.purpose,
            "channel": challenge.channel,
            "summary": challenge.summary,
            **detail,
        },
    )
