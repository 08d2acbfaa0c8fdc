"""Decisions about requests to pay and bills in plain Python. Words of ISO 20022 pain.013 and pain.014."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.kernel.checkdigits import luhn_digit
from bank.kernel.money import Money
from bank.requests import errors

LONGEST_LIFE: Final = timedelta(days=365)
DEFAULT_LIFE_DAYS: Final = 30
MOST_A_DAY: Final = 50
MOST_REMINDERS: Final = 3
BETWEEN_REMINDERS: Final = timedelta(days=1)


class RequestStatus(StrEnum):
    """PAID and PARTLY_PAID are reckoned from the payments; the others are decided."""

    PENDING = "PENDING"
    PARTLY_PAID = "PARTLY_PAID"
    PAID = "PAID"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class DeclineReason(StrEnum):
    UNKNOWN = "UNKNOWN"
    AMOUNT = "AMOUNT"
    PAID_BEFORE = "PAID_BEFORE"
    NO_WISH = "NO_WISH"


class Check(StrEnum):
    """How the last digits of a bill's reference check the others."""

    NONE = "NONE"
    LUHN = "LUHN"
    MOD_11 = "MOD_11"
    MOD_97 = "MOD_97"


#: ISO 20022 ExternalPaymentGroupStatus and ExternalStatusReason codes for pain.014.
ISO_STATUS: Final = {
    RequestStatus.PENDING: "PDNG",
    RequestStatus.PARTLY_PAID: "PART",
    RequestStatus.PAID: "ACSC",
    RequestStatus.DECLINED: "RJCT",
    RequestStatus.CANCELLED: "CANC",
    RequestStatus.EXPIRED: "RJCT",
}
ISO_REASONS: Final = {
    DeclineReason.UNKNOWN: "NOOR",
    DeclineReason.AMOUNT: "AM09",
    DeclineReason.PAID_BEFORE: "AM05",
    DeclineReason.NO_WISH: "CUST",
}


def status_of(
    decided: str, asked: Money | None, paid: Money, expires_at: datetime, now: datetime, *, is_link: bool
) -> str:
    """What a request is now: a decision stands, else what was paid, else the clock.

    A link to give what one likes stays open for the next one.
    """
    if decided != RequestStatus.PENDING:
        return decided
    is_enough = not is_link if asked is None else paid >= asked
    if paid.is_positive and is_enough:
        return RequestStatus.PAID
    if now >= expires_at:
        return RequestStatus.EXPIRED
    return RequestStatus.PARTLY_PAID if paid.is_positive else RequestStatus.PENDING


def check_life(expires_at: datetime, now: datetime) -> None:
    """Raises ``RequestUnusable``."""
    if not now < expires_at <= now + LONGEST_LIFE:
        raise errors.RequestUnusable(problem="A request ends after now and within a year.")


def check_amount(amount: Money, asked: Money | None, left: Money | None, *, partial: bool) -> None:
    """Whether this sum may be paid. Raises ``AmountNotAsked``, ``MoreThanAsked``."""
    if asked is None or left is None:
        return
    if not partial and amount != asked:
        raise errors.AmountNotAsked(asked=asked)
    if amount > left:
        raise errors.MoreThanAsked(left=left)


def check_reminder(count: int, last: datetime | None, now: datetime) -> None:
    """Raises ``ReminderTooSoon``."""
    if count >= MOST_REMINDERS or (last is not None and now < last + BETWEEN_REMINDERS):
        raise errors.ReminderTooSoon


def read_reference(text: str, *, label: str, pattern: str, example: str, check: str) -> str:
    """A bill's reference as the biller keeps it: capitals, no blanks. ``pattern`` is the catalogue's.

    Raises ``ReferenceWrong``, ``ReferenceMistyped``.
    """
    kept = "".join(text.upper().split()).replace("-", "")
    if len(kept) > 35 or not re.fullmatch(pattern, kept, re.ASCII):
        raise errors.ReferenceWrong(label=label, example=example)
    if not checked(kept, check):
        raise errors.ReferenceMistyped(label=label)
    return kept


def checked(reference: str, check: str) -> bool:
    """Whether the check digits at the end of a reference fit the rest of it."""
    if check == Check.NONE:
        return True
    digits = "".join(letter for letter in reference if letter.isdigit())
    if check == Check.LUHN:
        return luhn_digit(digits[:-1]) == digits[-1]
    if check == Check.MOD_97:
        return int(digits) % 97 == 1
    return _mod_11(digits[:-1]) == int(digits[-1])


def _mod_11(digits: str) -> int:
    """Weights 2 to 7 from the right; a remainder that would be ten counts as zero."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits)))
    return (11 - total % 11) % 11 % 10


def check_bill(amount: Money, *, name: str, least: Decimal, most: Decimal, is_whole: bool) -> None:
    """Raises ``BillAmountWrong``, ``BillAmountNotWhole``."""
    if not least <= amount.amount <= most:
        bounds = {"least": Money(least, amount.currency), "most": Money(most, amount.currency)}
        raise errors.BillAmountWrong(name=name, **bounds)
    if is_whole and amount.amount != amount.amount.to_integral_value():
        raise errors.BillAmountNotWhole(name=name)
