"""What a mandate allows, when a collection may be taken and how long it may be given back. No database,
no clock.

The terms are those of the SEPA schemes: CORE for everybody, refunded for eight weeks without a
question; B2B between companies, without that right. What nobody authorised is refunded for thirteen
months in both (PSD2 art. 71, 76 and 77).
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.debits.errors import (
    AboveCreditorLimit,
    AboveMandate,
    CollectionUnusable,
    CreditorNotAdmitted,
    CreditorStopped,
    CreditorUnusable,
    MandateUnusable,
    NoticeTooShort,
    RefundTooLate,
    WrongCollectionStatus,
    WrongCreditorStatus,
    WrongMandateStatus,
)
from bank.kernel.money import Money

MOST_NOTICE_DAYS: Final = 14
FURTHEST: Final = timedelta(days=366)
NO_QUESTION: Final = timedelta(weeks=8)
UNAUTHORISED_MONTHS: Final = 13
UNUSED_MONTHS: Final = 36
"""A mandate nothing was collected on for as long ends by itself, as in the SEPA rulebooks."""
CLAIM_DAYS: Final = 10
"""Business days in which the bank answers who says a direct debit was not authorised."""


class MandateKind(StrEnum):
    CORE = "CORE"
    B2B = "B2B"


class MandateStatus(StrEnum):
    """PROPOSED by the company; WAITING for a company's further signatures."""

    PROPOSED = "PROPOSED"
    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class CreditorStatus(StrEnum):
    """ASKED by the company; what is SUSPENDED can be admitted again, the others ask again."""

    ASKED = "ASKED"
    ADMITTED = "ADMITTED"
    SUSPENDED = "SUSPENDED"
    WITHDRAWN = "WITHDRAWN"
    DECLINED = "DECLINED"


class ClaimStatus(StrEnum):
    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DENIED = "DENIED"


class CollectionStatus(StrEnum):
    """REFUSED by who pays before it was taken, CANCELLED by the company, FAILED by the account."""

    PENDING = "PENDING"
    COLLECTED = "COLLECTED"
    FAILED = "FAILED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"


class RefundKind(StrEnum):
    NO_QUESTION = "NO_QUESTION"
    UNAUTHORISED = "UNAUTHORISED"


MANDATE_NEXT: Final[Mapping[MandateStatus, set[MandateStatus]]] = {
    MandateStatus.PROPOSED: {
        MandateStatus.WAITING,
        MandateStatus.ACTIVE,
        MandateStatus.DECLINED,
        MandateStatus.CANCELLED,
    },
    MandateStatus.WAITING: {MandateStatus.ACTIVE, MandateStatus.DECLINED, MandateStatus.CANCELLED},
    MandateStatus.ACTIVE: {MandateStatus.CANCELLED, MandateStatus.EXPIRED},
    MandateStatus.DECLINED: set(),
    MandateStatus.CANCELLED: set(),
    MandateStatus.EXPIRED: set(),
}
#: What staff may stop, and what that can become.
CREDITOR_STOPS: Final[Mapping[CreditorStatus, set[CreditorStatus]]] = {
    CreditorStatus.ASKED: {CreditorStatus.DECLINED},
    CreditorStatus.ADMITTED: {CreditorStatus.SUSPENDED, CreditorStatus.WITHDRAWN},
    CreditorStatus.SUSPENDED: {CreditorStatus.WITHDRAWN},
    CreditorStatus.WITHDRAWN: set(),
    CreditorStatus.DECLINED: set(),
}
#: Collections that count against what a mandate allows in a month.
COUNTED: Final = (CollectionStatus.PENDING, CollectionStatus.COLLECTED)

#: Reasons of ISO 20022 a collection ends with beside those of the account (ExternalStatusReason1Code).
MANDATE_ENDED: Final = "MD01"
REFUSED_BY_DEBTOR: Final = "MS02"
CREDITOR_STOPPED: Final = "AG01"
REFUND_REASONS: Final = {RefundKind.NO_QUESTION: "MD06", RefundKind.UNAUTHORISED: "MD01"}


@dataclass(frozen=True, slots=True)
class Admission:
    """A company as the bank admits it: ``each`` time and in a ``month`` at most, over all its mandates.

    Its mandates give ``notice_days`` at least. ``exposure`` says what stands behind refunds it may owe: a
    reserve, or why none is needed. An empty ``identifier`` has the bank make one.
    """

    cif: str
    identifier: str
    core: bool
    b2b: bool
    currency: str
    each: Decimal
    month: Decimal
    notice_days: int
    exposure: str


@dataclass(frozen=True, slots=True)
class Terms:
    """A mandate as a company proposes it: so much each time, so much in a calendar month."""

    creditor_number: str
    debtor_number: str
    debtor_name: str
    reference: str
    limit: Money
    month_limit: Money
    first: date
    last: date | None = None
    kind: MandateKind = MandateKind.CORE
    notice_days: int = MOST_NOTICE_DAYS


def creditor_identifier(country: str, national: str) -> str:
    """As the SEPA rulebooks build it (AT-02): country, check digits of ISO 7064 MOD 97-10, ZZZ, number."""
    return f"{country}{_check_digits(country, national)}ZZZ{national}"


def check_identifier(identifier: str) -> None:
    """Raises ``CreditorUnusable`` where the check digits are not those of the number."""
    country, digits, national = identifier[:2], identifier[2:4], identifier[7:]
    letters = identifier.isascii() and identifier.isalnum() and identifier == identifier.upper()
    if not (letters and country.isalpha() and 8 <= len(identifier) <= 35) or digits != _check_digits(
        country, national
    ):
        raise CreditorUnusable(problem="The creditor identifier is mistyped: its check digits do not fit.")


def _check_digits(country: str, national: str) -> str:
    number = "".join(str(int(letter, 36)) for letter in f"{national}{country}00")
    return f"{98 - int(number) % 97:02d}"


def check_admission(asked: Admission) -> None:
    """Raises ``CreditorUnusable`` and says what to change."""
    if asked.identifier:
        check_identifier(asked.identifier)
    if not (asked.core or asked.b2b):
        raise CreditorUnusable(problem="Admit the company to CORE, to B2B, or to both.")
    each, month = Money.of(asked.each, asked.currency), Money.of(asked.month, asked.currency)
    if not each.is_positive or month < each:
        raise CreditorUnusable(problem="The limit is above zero, and no more than what a month allows.")
    if not 1 <= asked.notice_days <= MOST_NOTICE_DAYS:
        raise CreditorUnusable(problem="Notice is given 1 to 14 days before.")
    if not asked.exposure.strip() or len(asked.exposure) > 300:
        raise CreditorUnusable(problem="Say in up to 300 letters what stands behind refunds it may owe.")


def check_creditor(status: str | None, schemes: set[str], kind: str, reason: str) -> None:
    """Whether a company may collect of a kind. Raises ``CreditorStopped``, ``CreditorNotAdmitted``."""
    if status in {CreditorStatus.SUSPENDED, CreditorStatus.WITHDRAWN}:
        raise CreditorStopped(reason=reason)
    if status != CreditorStatus.ADMITTED or kind not in schemes:
        raise CreditorNotAdmitted(scheme=kind)


def check_creditor_sum(amount: Money, *, each: Money, month: Money, used: Money) -> None:
    """``used`` is what all its mandates have in the month. Raises ``AboveCreditorLimit``,
    ``CollectionUnusable`` for another currency.
    """
    if amount.currency != each.currency:
        raise CollectionUnusable(problem=f"The company is admitted to collect in {each.currency}.")
    if amount > each:
        raise AboveCreditorLimit(most=each, per="each time")
    if used + amount > month:
        raise AboveCreditorLimit(most=month, per="in a month")


def check_stop(status: str, wanted: CreditorStatus) -> None:
    """Raises ``WrongCreditorStatus`` where a company cannot become that."""
    if wanted not in CREDITOR_STOPS[CreditorStatus(status)]:
        raise WrongCreditorStatus(status=status.lower(), wanted=wanted.lower())


def lapses(last_used: date) -> date:
    """The last day a mandate can be collected on that was used, or given, on a day."""
    return _months_after(last_used, UNUSED_MONTHS)


def months_before(today: date) -> date:
    """The day before which a mandate must have been used last to have lapsed."""
    return _months_after(today, -UNUSED_MONTHS)


def check_terms(terms: Terms, today: date) -> None:
    """Raises ``MandateUnusable`` and says what to change."""
    if not terms.reference or not terms.reference.isprintable() or len(terms.reference) > 35:
        raise MandateUnusable(problem="Give the mandate a reference of 1 to 35 letters.")
    if terms.limit.currency != terms.month_limit.currency:
        raise MandateUnusable(problem="Give both limits in the same currency.")
    if not terms.limit.is_positive or terms.month_limit < terms.limit:
        raise MandateUnusable(problem="The limit is above zero, and no more than what a month allows.")
    if not today <= terms.first <= today + FURTHEST:
        raise MandateUnusable(problem="The first day is today or later, within a year.")
    if terms.last is not None and terms.last < terms.first:
        raise MandateUnusable(problem="The last day must not be before the first.")
    if not 1 <= terms.notice_days <= MOST_NOTICE_DAYS:
        raise MandateUnusable(problem="Notice is given 1 to 14 days before.")


def check_mandate_step(status: str, wanted: MandateStatus, words: str = "") -> None:
    """Raises ``WrongMandateStatus`` where the mandate cannot become that."""
    if wanted not in MANDATE_NEXT[MandateStatus(status)]:
        raise WrongMandateStatus(status=status.lower(), wanted=words or wanted.lower())


def check_due(due: date, *, first: date, last: date | None, notice_days: int, today: date) -> None:
    """Raises ``NoticeTooShort`` for a day too near, ``CollectionUnusable`` for one the mandate is not for."""
    earliest = max(today + timedelta(days=notice_days), first)
    if due < today + timedelta(days=notice_days):
        raise NoticeTooShort(days=notice_days, earliest=earliest.isoformat())
    if due < first or (last is not None and due > last):
        raise CollectionUnusable(problem="The mandate does not allow a collection on this day.")
    if due > today + FURTHEST:
        raise CollectionUnusable(problem="A collection is due within a year.")


def check_sum(amount: Money, *, limit: Money, month_limit: Money, used: Money) -> None:
    """``used`` is what the month has already. Raises ``CollectionUnusable``, ``AboveMandate``."""
    if amount.currency != limit.currency or not amount.is_positive:
        raise CollectionUnusable(problem="The amount is above zero, in the currency of the mandate.")
    if amount > limit:
        raise AboveMandate(most=limit, per="each time")
    if used + amount > month_limit:
        raise AboveMandate(most=month_limit, per="in a month")


def check_pending(status: str, wanted: str) -> None:
    """Raises ``WrongCollectionStatus`` for what is no longer to come."""
    if status != CollectionStatus.PENDING:
        raise WrongCollectionStatus(status=status.lower(), wanted=wanted)


def refund_until(collected: date, kind: MandateKind, refund: RefundKind) -> date:
    """The last day a collection can be asked back; the day before it was taken where there is no right."""
    if refund == RefundKind.UNAUTHORISED:
        return _months_after(collected, UNAUTHORISED_MONTHS)
    return collected + NO_QUESTION if kind == MandateKind.CORE else collected - timedelta(days=1)


def check_collected(status: str) -> None:
    """Raises ``WrongCollectionStatus`` for what was not taken, or is given back already."""
    if status != CollectionStatus.COLLECTED:
        raise WrongCollectionStatus(status=status.lower(), wanted="refunded")


def check_refund(status: str, collected: date | None, kind: str, refund: RefundKind, today: date) -> None:
    """Raises ``WrongCollectionStatus``, ``RefundTooLate``."""
    check_collected(status)
    assert collected is not None
    until = refund_until(collected, MandateKind(kind), refund)
    if today > until:
        raise RefundTooLate(until=until.isoformat())


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))
