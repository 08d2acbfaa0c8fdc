"""A new password for who forgot theirs: a link by mail, and a second factor that is no mail.

Whoever reads somebody's mail must not be able to take over the account, so the code never goes
by mail here: it comes from the authenticator app, the proved phone, a passkey, a recovery code,
or from staff who looked at a document at the counter. Whether an address is known shows in no
answer and in no time taken: the look-up happens after the answer, in the outbox.
"""

import hashlib
import hmac
import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.encoding import force_bytes

from bank.audit import services as audit
from bank.identity import attempts, errors, passkeys, recovery, rules, services, stepup
from bank.identity.models import Challenge, PasswordReset, User
from bank.identity.rules import Channel, Purpose, Scope
from bank.kernel import clock
from bank.runtime import context, outbox

ASKED_TOPIC = "identity.reset_asked"
LINK_TOPIC = "identity.reset_link"


def ask(*, email: str) -> None:
    """Has a link sent to the address if it is a user's; the answer is the same if not.

    Raises ``TooManyTries`` for the asker's own address alone; beyond three mails an hour for one
    account nothing more is sent, and nobody is told.
    """
    name, asked = email.strip().lower(), context.current()
    attempts.claim(Scope.RESET_FROM, asked.ip)
    try:
        attempts.claim(Scope.RESET_FOR, name)
    except errors.TooManyTries:
        return
    outbox.emit(ASKED_TOPIC, {"email": name, "ip": asked.ip, "device": rules.device_label(asked.user_agent)})


def begin(*, message_id: UUID, email: str) -> PasswordReset | None:
    """The reset that the message asked for, if there is such a user; the same one for the same message."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return None
    with transaction.atomic():
        expires_at = clock.now() + rules.RESET_LIFETIME
        reset, is_new = PasswordReset.objects.get_or_create(
            id=message_id, defaults={"user": user, "expires_at": expires_at}
        )
        if is_new:
            _record("RESET_ASKED", user, actor=None)
    return reset


def begin_at_counter(*, user: User, actor: User, reason: str) -> str:
    """Mails the link, and returns the code that staff give to the person whose document they have seen."""
    code = recovery.new_code()
    with transaction.atomic():
        reset = PasswordReset(user=user, expires_at=clock.now() + rules.RESET_LIFETIME)
        reset.counter_digest = _counter_digest(reset, code)
        reset.save(force_insert=True)
        outbox.emit(LINK_TOPIC, {"reset_id": str(reset.pk)})
        _record("RESET_ASKED_AT_COUNTER", user, actor=actor, reason=reason)
    return recovery.spelled(code)


def link(reset: PasswordReset) -> str:
    """The address that is mailed; on the bank's own host, whatever host the request named."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/sign-in/reset/{token(reset)}/"


def token(reset: PasswordReset) -> str:
    return f"{reset.pk.hex}.{_mac(reset)}"


def find(text: str) -> PasswordReset | None:
    """The reset behind a link, unless it was used, is older than fifteen minutes or was made up."""
    name, _dot, mac = text.partition(".")
    try:
        wanted = UUID(hex=name)
    except ValueError:
        return None
    reset = PasswordReset.objects.select_related("user").filter(pk=wanted).first()
    if reset is None or not hmac.compare_digest(mac.encode(), _mac(reset).encode()):
        return None
    return reset if _is_open(reset) else None


def ways(reset: PasswordReset) -> set[str]:
    """How the user may prove themselves besides: ``TOTP``, ``SMS``, ``PASSKEY``, ``COUNTER``."""
    found = {"COUNTER"} if reset.counter_digest else set()
    if passkeys.passkeys_of(reset.user).exists():
        found.add("PASSKEY")
    channel = stepup.choose(reset.user, Channel.SMS)
    return found if channel == Channel.EMAIL else found | {channel.value}


def challenge_for(reset: PasswordReset, *, passkey_alone: bool = False) -> Challenge:
    """Opens the second factor's challenge; the code, if one is sent, goes by SMS. Raises ``TooManyTries``."""
    return stepup.start(
        user=reset.user,
        act=_act(reset),
        summary="Choose a new password",
        purpose=Purpose.RESET,
        channel=Channel.SMS,
        passkey_alone=passkey_alone,
    )


def finish(*, reset: PasswordReset, challenge_id: UUID | str | None, code: str, password: str) -> None:
    """Sets the password, once: every session and token of the user ends, and the user is told.

    Raises ``PasswordUnfit`` (before any code is spent), the ``StepUpFailed`` family, ``TooManyTries``.
    """
    services.require_fit(password, reset.user)
    is_counter_code = reset.counter_digest is not None and not passkeys.is_signature(code)
    if is_counter_code:
        attempts.claim(Scope.COUNTER, str(reset.pk))
    with transaction.atomic():
        locked = PasswordReset.objects.select_for_update(of=("self",)).select_related("user").get(pk=reset.pk)
        if not _is_open(locked):
            raise errors.ResetOver
        if not (is_counter_code and _is_counter_code(locked, code)):
            stepup.confirm(user=locked.user, challenge_id=challenge_id, act=_act(locked), code=code)
        open_ones = PasswordReset.objects.filter(user=locked.user, used_at__isnull=True)
        open_ones.update(used_at=clock.now())
        _record("PASSWORD_RESET", locked.user, actor=locked.user)
        services.set_password(user=locked.user, password=password, actor=locked.user)


def _is_open(reset: PasswordReset) -> bool:
    return reset.used_at is None and clock.now() < reset.expires_at and reset.user.is_active


def _act(reset: PasswordReset) -> dict[str, Any]:
    return {"act": Purpose.RESET, "reset": str(reset.pk)}


def _is_counter_code(reset: PasswordReset, text: str) -> bool:
    given = _counter_digest(reset, recovery.plain(text))
    return secrets.compare_digest(bytes(reset.counter_digest or b""), given)


def _counter_digest(reset: PasswordReset, code: str) -> bytes:
    return hmac.digest(_key(), reset.pk.bytes + code.encode(), "sha256")


def _mac(reset: PasswordReset) -> str:
    """128 bits over the row's id and its user's present password: a new password voids every older link."""
    stands_for = reset.pk.bytes + reset.user.password.encode()
    return hmac.digest(_key(), stands_for, "sha256").hex()[:32]


def _key() -> bytes:
    return hashlib.sha256(b"bank.identity.resets" + force_bytes(settings.SECRET_KEY)).digest()


def _record(action: str, user: User, *, actor: User | None, **detail: Any) -> None:
    audit.record(action, actor=actor, subject_type="USER", subject_id=str(user.pk), detail=detail)
