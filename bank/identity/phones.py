"""The phone codes may go to: typed however people type it, proved by a code sent to it."""

from typing import Any
from uuid import UUID

import phonenumbers
from django.conf import settings
from django.db import transaction
from phonenumbers import PhoneNumberType

from bank.audit import services as audit
from bank.identity import errors, notices, rules, stepup
from bank.identity.models import Challenge, SmsCodeDevice, User
from bank.runtime import secrets, sms

_REACHED_BY_SMS = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_DIGEST_OF = "identity.phone"


def read(text: str) -> str:
    """The number in E.164. Raises ``PhoneUnfit``: no such number, or none that takes messages."""
    try:
        number = phonenumbers.parse(text, settings.PHONE_REGION)
    except phonenumbers.NumberParseException as fault:
        raise errors.PhoneUnfit from fault
    is_fit = phonenumbers.is_valid_number(number) and number.extension is None
    if not is_fit or phonenumbers.number_type(number) not in _REACHED_BY_SMS:
        raise errors.PhoneUnfit
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def ask(*, user: User, phone: str) -> Challenge:
    """Sends a code to ``phone``; bound to that very number. Raises ``PhoneUnfit``, ``TooManyTries``."""
    if not sms.is_offered():
        raise errors.PhoneUnfit
    number = read(phone)
    summary = f"Use {rules.masked_phone(number)} for your codes"
    return stepup.start(user=user, act=_act(user, number), summary=summary, phone=number)


def prove(*, user: User, phone: str, challenge_id: UUID | str | None, code: str) -> SmsCodeDevice:
    """Makes ``phone`` the user's proved one. Raises the ``StepUpFailed`` family; told by e-mail."""
    number = read(phone)
    with transaction.atomic():
        stepup.confirm(user=user, challenge_id=challenge_id, act=_act(user, number), code=code)
        return trust(user=user, phone=number)


def trust(*, user: User, phone: str) -> SmsCodeDevice:
    """Keeps ``phone`` as proved, for who has proved it otherwise: at the counter, or at registration."""
    number = read(phone)
    proved = {
        "name": "SMS",
        "phone": number,
        "phone_digest": secrets.lookup_hash(number, context=_DIGEST_OF),
    }
    with transaction.atomic():
        device, _ = SmsCodeDevice.objects.update_or_create(user=user, defaults=proved)
        User.objects.filter(pk=user.pk).update(phone=number)
        user.phone = number
        notices.send(user, notices.Kind.PHONE_ADDED)
        _record("PHONE_PROVED", user, phone=rules.masked_phone(number))
    return device


def remove(*, user: User) -> None:
    """No code goes to the phone any more. Told by e-mail."""
    with transaction.atomic():
        SmsCodeDevice.objects.filter(user=user).delete()
        User.objects.filter(pk=user.pk).update(prefers_sms=False)
        notices.send(user, notices.Kind.PHONE_REMOVED)
        _record("PHONE_REMOVED", user)


def prefer(*, user: User, sms_first: bool) -> None:
    """Whether codes go to the proved phone or by mail, where there is a choice."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(prefers_sms=sms_first)
        _record("CODES_PREFERRED", user, sms=sms_first)


def _act(user: User, number: str) -> dict[str, Any]:
    return {"act": "PROVE_PHONE", "user": user.pk, "phone": number}


def _record(action: str, user: User, **detail: Any) -> None:
    audit.record(action, actor=user, subject_type="USER", subject_id=str(user.pk), detail=detail)
