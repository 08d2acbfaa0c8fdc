"""Account numbers, what each status allows, and how charges are split, in plain Python."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from bank.accounts.errors import DebitAboveLimit, InvalidAccountNumber, PotUnusable, ReasonMissing
from bank.kernel.money import Money, rounded
from bank.kernel.rounding import Rounding
from bank.ledger.rules import Status

HEAD_OFFICE: Final = "001"
COLLECTING: Final = "990"
"""Stands in the place of the branch in numbers that stand for an account."""
BRANCH_DIGITS: Final = 3
SERIAL_DIGITS: Final = 9
NUMBER_DIGITS: Final = BRANCH_DIGITS + SERIAL_DIGITS + 1
NICKNAME_LETTERS: Final = 40
REASON_LETTERS: Final = 200
AUTHORITY_LETTERS: Final = 120
NOTICE_DAYS: Final = 30
MOST_POTS: Final = 20
BOOK_LEAVES: Final = (25, 50)
HIGHEST_CHEQUE: Final = 1_000_000
CLEARING_DAYS: Final = 2
STALE_MONTHS: Final = 6
JOINT_PATIENCE: Final = timedelta(hours=72)
"""How long what one holder asks waits for the others."""
LONGEST_OVERDRAFT: Final = timedelta(days=731)


class AccountStatus(StrEnum):
    """ACTIVE moves freely; FROZEN_DEBIT only receives, FROZEN_CREDIT only pays; FROZEN does neither.

    DORMANT receives until its owner wakes it; CLOSED is finished.
    """

    ACTIVE = "ACTIVE"
    FROZEN_DEBIT = "FROZEN_DEBIT"
    FROZEN_CREDIT = "FROZEN_CREDIT"
    FROZEN = "FROZEN"
    DORMANT = "DORMANT"
    CLOSED = "CLOSED"


class AccountRole(StrEnum):
    """MAIN stands for itself; a POT is money put aside of it, a CURRENCY holds another currency under it."""

    MAIN = "MAIN"
    POT = "POT"
    CURRENCY = "CURRENCY"


class Signing(StrEnum):
    """Who must agree to a debit: the one holder, either of several, or both together."""

    SOLE = "SOLE"
    EITHER = "EITHER"
    BOTH = "BOTH"


class JointState(StrEnum):
    """What becomes of an act that waits for the other holders; FAILED is what the bank refused then."""

    WAITING = "WAITING"
    AGREED = "AGREED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


class FreezeScope(StrEnum):
    DEBIT = "DEBIT"
    CREDIT = "CREDIT"
    ALL = "ALL"


class ChargeKind(StrEnum):
    MONTHLY_FEE = "MONTHLY_FEE"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    CHEQUE_RETURNED = "CHEQUE_RETURNED"
    CHEQUE_CLAIM = "CHEQUE_CLAIM"
    DEBIT_CLAIM = "DEBIT_CLAIM"
    CHEQUE_BOOK = "CHEQUE_BOOK"
    CHEQUE_STOP = "CHEQUE_STOP"


class ReturnReason(StrEnum):
    """Why a cheque is not paid, in order of precedence."""

    UNKNOWN_NUMBER = "UNKNOWN_NUMBER"
    ALREADY_PAID = "ALREADY_PAID"
    STOPPED = "STOPPED"
    STALE = "STALE"
    POSTDATED = "POSTDATED"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    ACCOUNT_FROZEN = "ACCOUNT_FROZEN"
    INSUFFICIENT_FUNDS = "INSUFFICIENT_FUNDS"


class DepositState(StrEnum):
    CLEARING = "CLEARING"
    CLEARED = "CLEARED"
    RETURNED = "RETURNED"


CUSTOMER_CREDITS: Final = frozenset({"CASH_DEPOSIT", "CHEQUE_CLEARED"})
"""Credits a customer brings about; other credits come from others."""
BANK_CODES: Final = frozenset(
    {"INTEREST_CAPITALISED", "INTEREST_CORRECTED", "ACCOUNT_FEE", "OVERDRAFT_INTEREST", "CHEQUE_FEE"}
)
"""Entries the bank makes by itself: no sign that the customer uses the account."""


def account_number(branch: str, serial: int) -> str:
    """The account number: three digits for the branch, nine for the serial, one that checks them.

    The last digit is that of ISO/IEC 7064 MOD 11,10, which finds every wrong digit and nearly every
    swap of two. Kenya has no IBAN, so none is invented.
    """
    payload = f"{branch}{serial:0{SERIAL_DIGITS}d}"
    return f"{payload}{mod_11_10.calc_check_digit(payload)}"


def is_collecting(number: str) -> bool:
    """Whether a number stands for an account instead of being one."""
    return number.startswith(COLLECTING)


def read_number(text: str) -> str:
    """An account number as people write it, without blanks and hyphens. Raises ``InvalidAccountNumber``."""
    digits = "".join(text.split()).replace("-", "")
    if len(digits) != NUMBER_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise InvalidAccountNumber
    try:
        return str(mod_11_10.validate(digits))
    except ValidationError as error:
        raise InvalidAccountNumber from error


def spaced(number: str) -> str:
    """An account number for people, in the groups of the pages: ``0010 0001 00017``."""
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def standing(scopes: frozenset[str], *, is_dormant: bool) -> tuple[AccountStatus, Status]:
    """The status of an open account under these freezes, and what the ledger then refuses.

    A dormant account lets nothing out, as if its payments were frozen; a freeze is said before it.
    """
    out = bool(scopes & {FreezeScope.DEBIT, FreezeScope.ALL}) or is_dormant
    into = bool(scopes & {FreezeScope.CREDIT, FreezeScope.ALL})
    status = _STATUSES[out, into]
    if is_dormant and not scopes:
        return AccountStatus.DORMANT, status
    return AccountStatus(status.value), status


_STATUSES: Final = {
    (False, False): Status.ACTIVE,
    (True, False): Status.FROZEN_DEBIT,
    (False, True): Status.FROZEN_CREDIT,
    (True, True): Status.FROZEN,
}


@dataclass(frozen=True, slots=True)
class Idleness:
    """What the review of an account that may be dormant finds: what to do now, and when to look again."""

    becomes_dormant: bool
    gives_notice: bool
    review: date | None


def idleness(*, last_used: date, noticed: date | None, days: int, on: date) -> Idleness:
    """Whether an account last used on a day is told, or turns dormant, on the day ``on``.

    It is told ``NOTICE_DAYS`` before, and is never dormant sooner than that after it was told.
    """
    due = last_used + timedelta(days=days)
    told = noticed if noticed is not None and noticed > last_used else None
    if told is None:
        first = due - timedelta(days=NOTICE_DAYS)
        if on < first:
            return Idleness(False, False, first)
        return Idleness(False, True, max(due, on + timedelta(days=NOTICE_DAYS)))
    ready = max(due, told + timedelta(days=NOTICE_DAYS))
    return Idleness(on >= ready, False, None if on >= ready else ready)


def split(fee: Money, excise: Money, available: Money) -> tuple[Money, Money]:
    """How much of a fee and of the duty on it can be taken from ``available``, in their proportion."""
    total = fee + excise
    if available >= total:
        return fee, excise
    nothing = Money.zero(fee.currency)
    if not available.is_positive:
        return nothing, nothing
    duty = rounded(available.amount * excise.amount / total.amount, fee.currency)
    return available - duty, duty


def monthly_fee(
    fee: Decimal, *, booked: Decimal, waived_from: Decimal | None, payments: int, waived_by: int | None
) -> Decimal:
    """The fee of a month, zero where a high balance or enough payments waive it."""
    rich = waived_from is not None and booked >= waived_from
    busy = waived_by is not None and payments >= waived_by
    return Decimal(0) if rich or busy else fee


def below_minimum_fee(fee: Decimal, *, booked: Decimal, minimum: Decimal) -> Decimal:
    """The fee for a balance below the one to keep."""
    return fee if booked < minimum else Decimal(0)


def check_debit(number: str, limit: Decimal | None, amount: Money) -> None:
    """Raises ``DebitAboveLimit`` where the product lets a single payment take less than ``amount``."""
    if limit is not None and amount.amount > limit:
        raise DebitAboveLimit(number=number, limit=Money(limit, amount.currency))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pot is: ``per_cent`` of its goal (0 to 100), what is missing, and what a month takes
    to be there in time; ``None`` where there is no goal, or no day.
    """

    per_cent: int | None
    missing: Money | None
    monthly: Money | None


def progress(saved: Money, goal: Money | None, target: date | None, today: date) -> Progress:
    """How a pot stands on a day."""
    if goal is None:
        return Progress(None, None, None)
    missing = max(goal - saved, Money.zero(goal.currency))
    per_cent = min(int(saved.amount * 100 / goal.amount), 100) if saved.is_positive else 0
    if target is None or target <= today or missing.is_zero:
        return Progress(per_cent, missing, None)
    months = max((target.year - today.year) * 12 + target.month - today.month, 1)
    exact = Fraction(missing.amount) / months
    return Progress(per_cent, missing, rounded(exact, goal.currency, Rounding.UP))


def check_pot(name: str, goal: Money | None, target: date | None, *, today: date) -> str:
    """The pot's name in one line. Raises ``PotUnusable`` for no name, a goal not above zero, a day past."""
    line = " ".join(name.split())
    if not line or len(line) > NICKNAME_LETTERS or not line.isprintable():
        raise PotUnusable(problem="Give the pot a name of at most 40 letters.")
    if goal is not None and not goal.is_positive:
        raise PotUnusable(problem="A goal is above zero; leave it empty for none.")
    if target is not None and target <= today:
        raise PotUnusable(problem="The day of a goal is after today; leave it empty for none.")
    return line


def is_stale(dated: date, today: date) -> bool:
    """Whether a cheque is older than six months: of 31 August it is good through the end of February."""
    month = dated.month - 1 + STALE_MONTHS
    year, month = dated.year + month // 12, month % 12 + 1
    last = date(year, month, min(dated.day, monthrange(year, month)[1]))
    return today > last


def objection(
    *, is_issued: bool, is_paid: bool, is_stopped: bool, dated: date, today: date
) -> ReturnReason | None:
    """What stands against a presented cheque before anybody looks at the money."""
    objections = (
        (not is_issued, ReturnReason.UNKNOWN_NUMBER),
        (is_paid, ReturnReason.ALREADY_PAID),
        (is_stopped, ReturnReason.STOPPED),
        (is_stale(dated, today), ReturnReason.STALE),
        (dated > today, ReturnReason.POSTDATED),
    )
    return next((reason for holds, reason in objections if holds), None)


def why(text: str) -> str:
    """Why a holder refuses: one line, never empty. Raises ``ReasonMissing``."""
    words = " ".join(text.split())
    if not words or len(words) > REASON_LETTERS or not words.isprintable():
        raise ReasonMissing(most=REASON_LETTERS)
    return words
