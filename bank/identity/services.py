"""Users, their passwords and their second factors."""

from collections.abc import Mapping
from typing import Any, NoReturn
from uuid import UUID

from django.contrib import auth
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.db.models import F
from django_otp.models import Device

from bank.audit import services as audit
from bank.identity import (
    attempts,
    errors,
    notices,
    passkeys,
    passwords,
    recovery,
    role_rules,
    rules,
    selectors,
    stepup,
)
from bank.identity.models import (
    AttemptWindow,
    Authenticator,
    Challenge,
    EmailCodeDevice,
    KnownDevice,
    Passkey,
    RoleLimit,
    SmsCodeDevice,
    TokenFamily,
    User,
    UserSession,
)
from bank.identity.rules import Channel, Ended, Purpose, Scope
from bank.kernel import clock
from bank.runtime import context

_PROGRAM_ACT = {"act": Purpose.PROGRAM}


def create_user(
    *,
    email: str,
    full_name: str,
    password: str | None,
    is_staff: bool = False,
    phone: str = "",
    language: str = "en",
    actor: User | None = None,
) -> User:
    """Adds a person who may sign in; with ``password=None`` not before one is set.

    Raises ``PasswordUnfit`` (too short, among the common ones, like the name) and ``EmailTaken``.
    """
    user = User(
        email=email.strip().lower(), full_name=full_name, phone=phone, is_staff=is_staff, language=language
    )
    if password is not None:
        require_fit(password, user)
    user.set_password(password)
    with transaction.atomic():
        _insert(user)
        EmailCodeDevice.objects.create(user=user, name="E-mail")
        _record("USER_CREATED", user, actor=actor, is_staff=is_staff)
    return user


def change_password(*, user: User, old: str, new: str, keep: UserSession | None = None) -> None:
    """Changes the user's own password and ends every session but ``keep``, and every API token.

    Raises ``WrongPassword`` and ``PasswordUnfit``. The user is told by e-mail (ASVS 5.0 6.2.3, 6.3.7, 7.4.3).
    """
    if not user.check_password(old):
        audit.record_refusal(
            "PASSWORD_CHANGED",
            actor=user,
            subject_type="USER",
            subject_id=str(user.pk),
            reason=errors.WrongPassword.code,
        )
        raise errors.WrongPassword
    set_password(user=user, password=new, actor=user, keep=keep)


def set_password(
    *, user: User, password: str, actor: User | None = None, keep: UserSession | None = None
) -> None:
    """Sets a password without asking for the old one, with all the effects of a change.

    Raises ``PasswordUnfit``.
    """
    require_fit(password, user)
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        sign_out_everywhere(user=user, reason=Ended.PASSWORD_CHANGED, keep=keep)
        notices.send(user, notices.Kind.PASSWORD_CHANGED)
        _record("PASSWORD_CHANGED", user, actor=actor)


def require_fit(password: str, user: User) -> None:
    """Raises ``PasswordUnfit``: too short or long, among those already known to thieves, about its owner."""
    if problems := passwords.problems(password, user):
        raise errors.PasswordUnfit(problems=" ".join(problems))


def sign_out_everywhere(*, user: User, reason: Ended, keep: UserSession | None = None) -> None:
    """Ends every browser session but ``keep`` and every API token of the user, at once."""
    now = clock.now()
    with transaction.atomic():
        others = UserSession.objects.filter(user=user, ended_at__isnull=True)
        others.exclude(pk=keep.pk if keep else 0).update(ended_at=now, ended_reason=reason)
        alive = TokenFamily.objects.filter(user=user, revoked_at__isnull=True)
        alive.update(revoked_at=now, revoked_reason=reason)
        User.objects.filter(pk=user.pk).update(token_version=F("token_version") + 1)
    user.refresh_from_db(fields=["token_version"])


def check_password(*, email: str, password: str, device: KnownDevice | None = None) -> User:
    """The user with this login name and password: the first of two factors.

    Raises ``SignInRefused``, after the same work and with the same words whether the address
    is unknown, the password wrong or the user switched off (ASVS 5.0 6.3.8), and
    ``TooManyTries`` beyond ten wrong tries from one address in five minutes or, from places
    the owner never signed in from, twenty for one account. The owner's known ``device`` has ten
    of its own, whatever others did. Call it outside any database transaction: what it counts
    must stay.
    """
    name = email.strip().lower()
    counted = _claim_try(name, device)
    user = auth.authenticate(None, username=name, password=password)
    if not isinstance(user, User):
        _refuse_sign_in(name)
    attempts.give_back(*counted)
    attempts.forget(Scope.ACCOUNT, name)
    return user


def check_passkey(*, answer: str, challenge: bytes) -> Passkey:
    """The passkey that signed in: possession and recognition in one.

    Raises ``PasskeyRefused`` and, beyond ten refusals from one address in five minutes,
    ``TooManyTries``.
    """
    address = context.current().ip
    _claim(Scope.ADDRESS, address, "")
    with transaction.atomic():
        found = passkeys.verify(answer, challenge)
    if found is None:
        _note_refusal("", errors.PasskeyRefused.code)
        raise errors.PasskeyRefused
    attempts.give_back(Scope.ADDRESS, address)
    return found


def ask_second_factor(
    *, user: User, act: Mapping[str, Any], purpose: Purpose, channel: Channel | None = None
) -> Challenge:
    """Opens the challenge for a sign-in; a user without authenticator app gets a code, by ``channel``."""
    asked = context.current()
    where = f"{rules.device_label(asked.user_agent)}, {asked.ip}" if asked.ip else "an unknown place"
    summary = f"Sign in from {where}"
    return stepup.start(user=user, act=act, summary=summary, purpose=purpose, channel=channel)


def check_second_factor(
    *, user: User, challenge_id: UUID | str | None, act: Mapping[str, Any], code: str
) -> Device:
    """Consumes the challenge of a sign-in; returns the device that stands for the proof.

    Raises the ``StepUpFailed`` family.
    """
    challenge = stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
    return challenge.passkey or device_for(user=user, channel=Channel(challenge.channel))


def ask_program_code(*, user: User) -> Challenge:
    """Opens the challenge for a program's sign-in; without authenticator app the code goes by e-mail."""
    return ask_second_factor(user=user, act=_PROGRAM_ACT, purpose=Purpose.PROGRAM)


def check_program_code(*, user: User, code: str) -> None:
    """Consumes the second factor of a program's sign-in: an app's code, or the last one e-mailed.

    Raises ``SecondFactorRequired`` without a code or an open challenge, ``SecondFactorRefused``
    for a wrong, used or late one, ``TooManyTries``.
    """
    if not code:
        raise errors.SecondFactorRequired
    if stepup.has_authenticator(user):
        asked: Challenge | None = ask_program_code(user=user)
    else:
        asked = selectors.latest_challenge(user, Purpose.PROGRAM)
    if asked is None:
        raise errors.SecondFactorRequired
    try:
        stepup.confirm(user=user, challenge_id=asked.pk, act=_PROGRAM_ACT, code=code)
    except errors.StepUpFailed as refusal:
        raise errors.SecondFactorRefused(reason=refusal.message) from refusal


def device_for(*, user: User, channel: Channel) -> Device:
    """The user's device of this channel; the one for e-mail comes into being when first needed."""
    if channel == Channel.TOTP:
        return Authenticator.objects.filter(user=user, confirmed=True).order_by("-id")[0]
    if channel == Channel.SMS:
        return SmsCodeDevice.objects.get(user=user)
    device, _ = EmailCodeDevice.objects.get_or_create(user=user, defaults={"name": "E-mail"})
    return device


def enrol_totp(*, user: User) -> Authenticator:
    """A new authenticator secret, in force once ``confirm_totp`` has seen a code made with it.

    A secret begun and not confirmed is given out again, so that a reloaded page still fits
    the app that scanned it.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        begun = Authenticator.objects.filter(user=user, confirmed=False).first()
        return begun or Authenticator.objects.create(user=user, name="Authenticator app", confirmed=False)


def confirm_totp(*, user: User, code: str) -> list[str]:
    """Puts the begun authenticator in force, in place of any other; returns new recovery codes.

    Raises ``StepUpWrongCode``. The user is told by e-mail.
    """
    with transaction.atomic():
        begun = Authenticator.objects.select_for_update().filter(user=user, confirmed=False).first()
        digits = "".join(code.split())
        if begun is None or not digits.isdigit() or not begun.verify_token(digits):
            raise errors.StepUpWrongCode(tries_left=rules.TRIES)
        Authenticator.objects.filter(user=user).exclude(pk=begun.pk).delete()
        begun.confirmed = True
        begun.save(update_fields=["confirmed"])
        notices.send(user, notices.Kind.AUTHENTICATOR_ADDED)
        _record("AUTHENTICATOR_ENROLLED", user, actor=user)
        return recovery.replace(user)


def remove_totp(*, user: User) -> None:
    """Takes the authenticator and its recovery codes out of force; codes go by e-mail again."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user).delete()
        recovery.drop(user)
        notices.send(user, notices.Kind.AUTHENTICATOR_REMOVED)
        _record("AUTHENTICATOR_REMOVED", user, actor=user)


def replace_recovery_codes(*, user: User) -> list[str]:
    """Ten new recovery codes; the old ones are void."""
    with transaction.atomic():
        _record("RECOVERY_CODES_REPLACED", user, actor=user)
        return recovery.replace(user)


def seed_roles() -> list[Group]:
    """Brings the groups of staff to what ``role_rules.ROLES`` says; safe to repeat, run after every migrate.

    A limit that is there already stays: it is the bank's own figure by then.
    """
    groups = []
    with transaction.atomic():
        for name, rights in role_rules.ROLES.items():
            group, _ = Group.objects.get_or_create(name=name)
            group.permissions.set(_permissions(rights))
            groups.append(group)
            for act, maximum in role_rules.LIMITS.get(name, {}).items():
                RoleLimit.objects.get_or_create(role=group, act=act, defaults={"maximum": maximum})
    return groups


def purge() -> None:
    """Deletes what is over: counting windows, challenges of last week, sessions and tokens of last year.

    What they did stays on the audit trail.
    """
    now = clock.now()
    AttemptWindow.objects.filter(ends_at__lt=now).delete()
    Challenge.objects.filter(expires_at__lt=now - rules.CHALLENGES_KEPT).delete()
    UserSession.objects.filter(last_seen_at__lt=now - rules.SESSIONS_KEPT).delete()
    TokenFamily.objects.filter(expires_at__lt=now - rules.SESSIONS_KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()


def _permissions(rights: Mapping[str, tuple[str, ...]]) -> list[Permission]:
    """All permissions of the named apps whose verb is among the named ones."""
    known = Permission.objects.filter(content_type__app_label__in=rights).select_related("content_type")
    return [
        permission
        for permission in known
        if permission.codename.partition("_")[0] in rights[permission.content_type.app_label]
    ]


def _claim_try(name: str, device: KnownDevice | None) -> tuple[Scope, str]:
    """Counts the try; returns whose budget takes it back if the password was right."""
    if device is not None:
        _claim(Scope.DEVICE, str(device.pk), name)
        return Scope.DEVICE, str(device.pk)
    address = context.current().ip
    _claim(Scope.ADDRESS, address, name)
    if not selectors.has_signed_in_from(name, address):
        _claim(Scope.ACCOUNT, name, name)
    return Scope.ADDRESS, address


def _claim(scope: Scope, subject: str, name: str) -> None:
    try:
        attempts.claim(scope, subject)
    except errors.TooManyTries as refusal:
        _note_refusal(name, refusal.code, scope=scope)
        raise


def _refuse_sign_in(name: str) -> NoReturn:
    """The trail names the user if there is one, never what else was typed: it may be a password."""
    _note_refusal(name, errors.SignInRefused.code)
    raise errors.SignInRefused


def _note_refusal(name: str, reason: str, **detail: Any) -> None:
    user = User.objects.filter(email=name).first()
    audit.record_refusal(
        "SIGN_IN",
        actor=None,
        subject_type="USER",
        subject_id=str(user.pk) if user else "unknown",
        reason=reason,
        detail=detail,
    )


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise errors.EmailTaken from error


def _record(action: str, user: User, *, actor: User | None, **detail: Any) -> None:
    audit.record(action, actor=actor, subject_type="USER", subject_id=str(user.pk), detail=detail)
