"""Decisions about becoming a customer, in plain Python: what is asked and what suffices.

Who is a risk is decided by the rules of the rating all customers are rated by: ``bank.cif.rating``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.kernel.errors import InvalidInput

CODE_LIFETIME: Final = timedelta(minutes=15)
CODE_TRIES: Final = 10
REGISTRATION_WINDOW: Final = timedelta(hours=1)
REGISTRATIONS_PER_EMAIL: Final = 5
REGISTRATIONS_PER_ADDRESS: Final = 20
REGISTRATIONS_KEPT: Final = timedelta(days=1)
PASSWORD_TIME: Final = timedelta(hours=1)
"""How long after the code was right a password may be chosen."""
DRAFT_KEPT: Final = timedelta(days=30)
ANSWER_AWAITED: Final = timedelta(days=14)
"""How long the bank waits for more that it asked for."""
INVITATION_LIFETIME: Final = timedelta(days=7)
REVIEW_NOTICE: Final = timedelta(days=30)
"""How long before a re-verification is due it is put to the customer."""
ADULT_YEARS: Final = 18
AGREEMENT_VERSION: Final = "2026-01"
SHORTEST_REASON: Final = 10
DIRECTORS_AT_LEAST: Final = 1


class Kind(StrEnum):
    PERSONAL = "PERSONAL"
    SME = "SME"
    CORPORATE = "CORPORATE"


class State(StrEnum):
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    IN_REVIEW = "IN_REVIEW"
    MORE_NEEDED = "MORE_NEEDED"
    RECOMMENDED = "RECOMMENDED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class Task(StrEnum):
    """A question page of the task list."""

    IDENTITY = "IDENTITY"
    ADDRESS = "ADDRESS"
    TAX = "TAX"
    OCCUPATION = "OCCUPATION"
    ORGANISATION = "ORGANISATION"
    OFFICE = "OFFICE"
    PEOPLE = "PEOPLE"
    SIGNING = "SIGNING"
    DOCUMENTS = "DOCUMENTS"
    PRODUCT = "PRODUCT"
    AGREEMENT = "AGREEMENT"


class PartyRole(StrEnum):
    DIRECTOR = "DIRECTOR"
    OWNER = "OWNER"
    DIRECTOR_OWNER = "DIRECTOR_OWNER"


class PartyKind(StrEnum):
    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class Signing(StrEnum):
    """The first signing rule of a company: each alone, or two together (from an amount on)."""

    ALONE = "ALONE"
    TOGETHER = "TOGETHER"
    TOGETHER_ABOVE = "TOGETHER_ABOVE"


class Risk(StrEnum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class Recommendation(StrEnum):
    APPROVE = "APPROVE"
    REJECT = "REJECT"


class ReviewState(StrEnum):
    """A re-verification: not due yet, put to the customer, answered by them, done by staff."""

    SCHEDULED = "SCHEDULED"
    DUE = "DUE"
    ANSWERED = "ANSWERED"
    DONE = "DONE"


class InvitationState(StrEnum):
    """WAITING for the company's signatures, as whoever gets signing power must; nobody is told of it yet."""

    WAITING = "WAITING"
    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    REVOKED = "REVOKED"


TASKS: Final[dict[str, tuple[Task, ...]]] = {
    Kind.PERSONAL: (
        Task.IDENTITY,
        Task.ADDRESS,
        Task.TAX,
        Task.OCCUPATION,
        Task.DOCUMENTS,
        Task.PRODUCT,
        Task.AGREEMENT,
    ),
    Kind.SME: (
        Task.ORGANISATION,
        Task.OFFICE,
        Task.PEOPLE,
        Task.SIGNING,
        Task.DOCUMENTS,
        Task.PRODUCT,
        Task.AGREEMENT,
    ),
}
TASKS[Kind.CORPORATE] = TASKS[Kind.SME]
DOCUMENTS: Final[dict[str, tuple[str, ...]]] = {
    Kind.PERSONAL: ("IDENTITY", "ADDRESS"),
    Kind.SME: ("REGISTRATION", "OWNERSHIP"),
    Kind.CORPORATE: ("REGISTRATION", "OWNERSHIP", "RESOLUTION"),
}
"""The papers without which an application is not complete."""
CHECKLIST: Final[dict[str, tuple[str, ...]]] = {
    Kind.PERSONAL: ("IDENTITY_SEEN", "ADDRESS_SEEN", "SCREENING_READ", "FUNDS_PLAUSIBLE"),
    Kind.SME: ("REGISTER_SEEN", "OWNERS_TRACED", "SIGNATORIES_SEEN", "SCREENING_READ"),
}
CHECKLIST[Kind.CORPORATE] = (*CHECKLIST[Kind.SME], "RESOLUTION_SEEN")
OPEN_TO_APPLICANT: Final = frozenset({State.DRAFT, State.MORE_NEEDED})
WITH_STAFF: Final = frozenset({State.SUBMITTED, State.IN_REVIEW, State.RECOMMENDED})
OVER: Final = frozenset({State.APPROVED, State.REJECTED, State.WITHDRAWN, State.EXPIRED})
SEGMENTS: Final = {Kind.PERSONAL: "RETAIL", Kind.SME: "SME", Kind.CORPORATE: "CORPORATE"}
MOST_UNNAMED_PCT: Final = Decimal(25)


@dataclass(frozen=True, slots=True)
class Threshold:
    """What of a company must be known: every owner from ``named_from_pct`` on, and at least
    ``together_pct`` of the whole.
    """

    named_from_pct: Decimal
    together_pct: Decimal


def check_threshold(kind: str, threshold: Threshold) -> None:
    """Raises ``InvalidInput`` for a kind without owners, and for what is no share of a whole.

    An owner of a quarter is always named (FATF recommendation 24, interpretive note 3).
    """
    if kind not in (Kind.SME, Kind.CORPORATE):
        raise InvalidInput(problem="Thresholds are set for small businesses and for companies.")
    for figure in (threshold.named_from_pct, threshold.together_pct):
        if not figure.is_finite() or not 0 < figure <= 100 or figure != figure.quantize(Decimal("0.01")):
            raise InvalidInput(problem="Enter a figure above 0 and up to 100, with two decimals at most.")
    if threshold.named_from_pct > MOST_UNNAMED_PCT:
        raise InvalidInput(problem="Whoever owns more than 25 per cent is always named: enter 25 or less.")


def ownership_gap(shares: Sequence[Decimal], threshold: Threshold) -> Decimal:
    """How many per cent of the company are still to be named; zero where that suffices."""
    total = sum(shares, Decimal(0))
    unnamed = Decimal(100) - total
    if total >= threshold.together_pct and unnamed < threshold.named_from_pct:
        return Decimal(0)
    needed = max(threshold.together_pct, Decimal(100) - threshold.named_from_pct)
    return max(needed - total, Decimal("0.01"))


def is_adult(born: date, on: date) -> bool:
    return years_after(born, ADULT_YEARS) <= on


def years_after(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
