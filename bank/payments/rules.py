"""Decisions about payments in plain Python: the state machine, limits, charges, codes of refusal."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bank.kernel.money import Money
from bank.payments import errors

TEXT_LIMITS: Final = {
    "Remittance": 140,
    "Name": 140,
    "End-to-end id": 35,
    "Key": 200,
    "Purpose": 35,
    "Address": 210,
    "Creditor reference": 35,
}
PERMIT_MAX_DAYS: Final = 366


class PaymentStatus(StrEnum):
    """The words of ISO 20022: rejected before settlement, returned after it."""

    DRAFT = "DRAFT"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    ACCEPTED = "ACCEPTED"
    RELEASED = "RELEASED"
    SENT = "SENT"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    RECALLED = "RECALLED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


S = PaymentStatus
NEXT: Final[dict[PaymentStatus, frozenset[PaymentStatus]]] = {
    S.DRAFT: frozenset({S.AWAITING_APPROVAL, S.ACCEPTED, S.REJECTED, S.CANCELLED, S.EXPIRED}),
    S.AWAITING_APPROVAL: frozenset({S.ACCEPTED, S.REJECTED, S.CANCELLED, S.EXPIRED}),
    S.ACCEPTED: frozenset({S.RELEASED, S.SETTLED, S.REJECTED, S.CANCELLED}),
    S.RELEASED: frozenset({S.SENT, S.SETTLED, S.REJECTED}),
    S.SENT: frozenset({S.SETTLED, S.REJECTED, S.RECALLED}),
    S.SETTLED: frozenset({S.RETURNED, S.RECALLED}),
    S.RECALLED: frozenset({S.RETURNED, S.SETTLED, S.SENT, S.REJECTED}),
    S.REJECTED: frozenset(),
    S.RETURNED: frozenset(),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset(),
}


class Direction(StrEnum):
    OUT = "OUT"
    IN = "IN"


class MessagePurpose(StrEnum):
    """What a message is for: going out payments, a recall, money back or no to a recall; coming in, news.
    A PRENOTE tries payees' accounts without money."""

    PAYMENT = "PAYMENT"
    RECALL = "RECALL"
    GIVE_BACK = "GIVE_BACK"
    ANSWER = "ANSWER"
    PRENOTE = "PRENOTE"
    NEWS = "NEWS"


class TrialState(StrEnum):
    """A payee's account tried without money: WAITING for a batch, LEAVING, SENT, and TRIED once the days for
    an answer are over (no row says that; the day does). REFUSED and CHANGED is what their bank said;
    CORRECTED is that taken over; FAILED where the network would not carry the entry.
    """

    WAITING = "WAITING"
    LEAVING = "LEAVING"
    SENT = "SENT"
    TRIED = "TRIED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    CHANGED = "CHANGED"
    CORRECTED = "CORRECTED"


class MessageStatus(StrEnum):
    """Going out: WAITING, SENDING, then SENT or REFUSED; UNCLEAR where the network may have it and is asked.
    Coming in: RECEIVED, or refused at the door as UNREADABLE or FORGED.
    """

    WAITING = "WAITING"
    SENDING = "SENDING"
    UNCLEAR = "UNCLEAR"
    SENT = "SENT"
    REFUSED = "REFUSED"
    RECEIVED = "RECEIVED"
    UNREADABLE = "UNREADABLE"
    FORGED = "FORGED"


class EventOutcome(StrEnum):
    """IGNORED: it said what was known. PARKED: it fits nothing we know, and a person must look."""

    WAITING = "WAITING"
    APPLIED = "APPLIED"
    IGNORED = "IGNORED"
    PARKED = "PARKED"
    CLOSED = "CLOSED"


class Difference(StrEnum):
    """How a movement differs between a network's record of a day and ours."""

    MISSING_HERE = "MISSING_HERE"
    MISSING_THERE = "MISSING_THERE"
    AMOUNT = "AMOUNT"


class Scheme(StrEnum):
    """What kind of number names an institution."""

    BIC = "BIC"
    CLEARING = "CLEARING"
    MOBILE = "MOBILE"


class Preference(StrEnum):
    """What the payer wants of the rail, where they name none."""

    FASTEST = "FASTEST"
    CHEAPEST = "CHEAPEST"


class IncomingStatus(StrEnum):
    CREDITED = "CREDITED"
    SUSPENDED = "SUSPENDED"
    RETURNED = "RETURNED"


class RecallStatus(StrEnum):
    """Another bank's wish to have money back: waits for the staff, was refused, or was granted."""

    OPEN = "OPEN"
    REFUSED = "REFUSED"
    GRANTED = "GRANTED"


class NoToRecall(StrEnum):
    """Why money is not given back (ISO 20022 ExternalPaymentCancellationRejection1Code)."""

    CUSTOMER = "CUST"
    SILENT = "NOAS"
    FUNDS = "AM04"
    CLOSED = "AC04"
    LAW = "LEGL"
    BANK = "AGNT"
    RETURNED = "ARDT"
    UNKNOWN = "NOOR"


FOLLOWING_RECALL: Final = "FOCR"
"""The reason of a return that follows a recall (ISO 20022 ExternalReturnReason1Code)."""

RECALL_ANSWER_DAYS: Final = 15
"""Business days in which a recall is answered, as the rulebooks of credit transfers have it."""


class NameCheck(StrEnum):
    MATCH = "MATCH"
    CLOSE_MATCH = "CLOSE_MATCH"
    NO_MATCH = "NO_MATCH"
    UNAVAILABLE = "UNAVAILABLE"


class Authority(StrEnum):
    """What let a payment go ahead."""

    STEP_UP = "STEP_UP"
    PERMIT = "PERMIT"
    OPERATOR = "OPERATOR"


class FileStatus(StrEnum):
    """RECEIVED: waits to be told what its columns mean. VALIDATING: is being checked. REJECTED: nothing of it
    will ever be paid. CHECKED: waits for confirmation. WAITING: confirmed by one, waits for others'
    signatures. RELEASING: is being paid. PAID: every line has its outcome.
    """

    RECEIVED = "RECEIVED"
    VALIDATING = "VALIDATING"
    RELEASING = "RELEASING"
    REJECTED = "REJECTED"
    CHECKED = "CHECKED"
    WAITING = "WAITING"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


ALIVE: Final = (FileStatus.CHECKED, FileStatus.WAITING, FileStatus.RELEASING, FileStatus.PAID)
"""A message with the id of one of these is a message sent twice."""


class LineStatus(StrEnum):
    """HELD: the bank looks at it before it leaves."""

    VALID = "VALID"
    FAULTY = "FAULTY"
    EXCLUDED = "EXCLUDED"
    HELD = "HELD"
    SENT = "SENT"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"


class Pace(StrEnum):
    """What a velocity rule counts within its time. COOLING: the sum to a payee who is new."""

    PAYMENTS = "PAYMENTS"
    NEW_PAYEES = "NEW_PAYEES"
    SUM = "SUM"
    COOLING = "COOLING"


class ReviewState(StrEnum):
    """A held payment: looked at, let go, refused, or withdrawn by who made it."""

    OPEN = "OPEN"
    RELEASED = "RELEASED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class Door(StrEnum):
    """Where a payment came in, as limits know it. BANK: the bank's own acts, such as a standing order's."""

    PORTAL = "PORTAL"
    API = "API"
    FILE = "FILE"
    BANK = "BANK"


_DOORS: Final = {"API": Door.API, "FILE": Door.FILE, "STAFF": Door.BANK, "SYSTEM": Door.BANK}


def door_of(channel: str) -> Door:
    """The door of a request's channel; every page of a customer is the portal's."""
    return _DOORS.get(channel, Door.PORTAL)


class ChargeBearer(StrEnum):
    """ISO 20022 ChargeBearerType1Code."""

    DEBT = "DEBT"
    CRED = "CRED"
    SHAR = "SHAR"
    SLEV = "SLEV"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a customer may pay in one currency: at once, in a day, and how high the day may be set."""

    single: Money
    daily: Money | None
    ceiling: Money | None
    monthly: Money | None = None


def check_step(status: str, wanted: PaymentStatus) -> None:
    """Raises ``WrongStatus`` where the state machine has no such step."""
    if wanted not in NEXT[PaymentStatus(status)]:
        raise errors.WrongStatus(status=status, wanted=wanted)


def check_amount(amount: Money, limits: Limits | None) -> None:
    """Raises ``AmountNotPositive``, ``LimitNotSet``, ``PaymentAboveMaximum``."""
    if not amount.is_positive:
        raise errors.AmountNotPositive
    if limits is None:
        raise errors.LimitNotSet(currency=amount.currency)
    if amount > limits.single:
        raise errors.PaymentAboveMaximum(limit=limits.single, amount=amount)


def check_day(amount: Money, paid_with_this: Money, limit: Money | None) -> None:
    """``paid_with_this`` is the day's total with ``amount`` in it. Raises ``DailyLimitExceeded``."""
    if limit is not None and paid_with_this > limit:
        left = max(limit - (paid_with_this - amount), Money.zero(amount.currency))
        raise errors.DailyLimitExceeded(limit=limit, left=left)


def check_month(amount: Money, paid_with_this: Money, limit: Money | None) -> None:
    """``paid_with_this`` is the month's total with ``amount`` in it. Raises ``MonthlyLimitExceeded``."""
    if limit is not None and paid_with_this > limit:
        left = max(limit - (paid_with_this - amount), Money.zero(amount.currency))
        raise errors.MonthlyLimitExceeded(limit=limit, left=left)


@dataclass(frozen=True, slots=True)
class Used:
    """One of the limits that bound a payment, with what is used of it: today with the payment, before today
    in the month.
    """

    limits: Limits
    today: Money
    before: Money


def check_used(amount: Money, used: Used) -> None:
    """Day and month. Raises ``DailyLimitExceeded``, ``MonthlyLimitExceeded``."""
    check_day(amount, used.today, used.limits.daily)
    check_month(amount, used.today + used.before, used.limits.monthly)


def clean_text(field: str, text: str) -> str:
    """The text on one line. Raises ``FieldTooLong``, ``FieldUnreadable``."""
    line = " ".join(text.split())
    if len(line) > TEXT_LIMITS[field]:
        raise errors.FieldTooLong(field=field, limit=TEXT_LIMITS[field])
    if not line.isprintable():
        raise errors.FieldUnreadable(field=field)
    return line


def check_permit_days(today: date, until: date) -> None:
    """A permit ends, and within a year (SCA exemptions are reviewed at least yearly)."""
    if not today <= until or (until - today).days > PERMIT_MAX_DAYS:
        raise errors.PermitUnusable(problem=f"A permit ends within {PERMIT_MAX_DAYS} days from today.")


ISO_REASONS: Final = {
    "CREDITOR_ACCOUNT_UNKNOWN": "AC01",
    "ACCOUNT_NUMBER_INVALID": "AC01",
    "IBAN_INVALID": "AC01",
    "DEBTOR_ACCOUNT_UNKNOWN": "AC02",
    "CREDITOR_ACCOUNT_CLOSED": "AC07",
    "ACCOUNT_CLOSED": "AC04",
    "CREDITOR_ACCOUNT_FROZEN": "AC06",
    "ACCOUNT_FROZEN": "AC06",
    "AMOUNT_NOT_POSITIVE": "AM01",
    "PAYMENT_ABOVE_MAXIMUM": "AM02",
    "CURRENCIES_DIFFER": "AM03",
    "INSUFFICIENT_FUNDS": "AM04",
    "DUPLICATE_LINE": "AM05",
    "CONTROL_SUM_MISMATCH": "AM10",
    "TOO_MANY_DECIMALS": "AM12",
    "AMOUNT_INVALID": "AM12",
    "DAILY_LIMIT_EXCEEDED": "AM14",
    "COUNT_MISMATCH": "AM18",
    "REQUESTED_DATE_FUTURE": "DT01",
    "REQUESTED_DATE_INVALID": "DT01",
    "DUPLICATE_MESSAGE": "DU01",
    "SCHEMA": "FF01",
    "NO_RAIL": "AG03",
    "NO_RAIL_FITS": "AG03",
    "CREDITOR_AGENT_UNKNOWN": "RC01",
    "BIC_INVALID": "RC01",
    "IFSC_INVALID": "RC01",
    "IFSC_UNKNOWN": "RC01",
    "ABA_INVALID": "RC01",
    "VPA_INVALID": "AC01",
    "VPA_UNKNOWN": "AC01",
    "SAME_ACCOUNT": "AC03",
}


def iso_reason(code: str) -> str:
    """The ISO 20022 ExternalStatusReason1Code for a code of the bank; NARR where none says it better."""
    return ISO_REASONS.get(code, "NARR")
