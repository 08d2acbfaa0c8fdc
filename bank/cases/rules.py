"""What may happen to a case, by when, and what may be written in it. Plain Python."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bank.cases.errors import CaseStepNotPossible, UnusableCase, UnusableTarget
from bank.kernel.working_hours import WorkingHours

SUBJECT_LETTERS: Final = 140
TEXT_LETTERS: Final = 4_000
NAME_LETTERS: Final = 140
QUIET_BUSINESS_DAYS: Final = 10
"""A resolved case about which nobody says more is closed after as many business days."""
REMIND_BEFORE: Final = timedelta(hours=2)
"""How many open hours before it is due somebody is reminded."""


class Kind(StrEnum):
    COMPLAINT = "COMPLAINT"
    SERVICE_REQUEST = "SERVICE_REQUEST"
    ENQUIRY = "ENQUIRY"


class Priority(StrEnum):
    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


class State(StrEnum):
    NEW = "NEW"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_FOR_CUSTOMER = "WAITING_FOR_CUSTOMER"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class Step(StrEnum):
    OPENED = "OPENED"
    ASSIGNED = "ASSIGNED"
    PRIORITISED = "PRIORITISED"
    NOTED = "NOTED"
    ANSWERED = "ANSWERED"
    ASKED_BACK = "ASKED_BACK"
    CUSTOMER_WROTE = "CUSTOMER_WROTE"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


_AT_WORK: Final = (State.NEW, State.IN_PROGRESS, State.WAITING_FOR_CUSTOMER)

#: From which states a step may be taken, and the state it leads to; ``None`` leaves it as it is.
TABLE: Final[Mapping[Step, tuple[tuple[State, ...], State | None]]] = {
    Step.ASSIGNED: (_AT_WORK, None),
    Step.PRIORITISED: (_AT_WORK, None),
    Step.NOTED: (tuple(State), None),
    Step.ANSWERED: ((State.NEW, State.IN_PROGRESS, State.WAITING_FOR_CUSTOMER), State.IN_PROGRESS),
    Step.ASKED_BACK: ((State.NEW, State.IN_PROGRESS), State.WAITING_FOR_CUSTOMER),
    Step.CUSTOMER_WROTE: ((*_AT_WORK, State.RESOLVED), State.IN_PROGRESS),
    Step.RESOLVED: (_AT_WORK, State.RESOLVED),
    Step.CLOSED: ((State.RESOLVED,), State.CLOSED),
}
#: What the customer sees; the rest is the bank's own talk.
SEEN_BY_CUSTOMER: Final = frozenset(
    {Step.OPENED, Step.ANSWERED, Step.ASKED_BACK, Step.CUSTOMER_WROTE, Step.RESOLVED, Step.CLOSED}
)
#: What counts as the first answer.
ANSWERS: Final = frozenset({Step.ANSWERED, Step.ASKED_BACK, Step.RESOLVED})
FINISHED: Final = frozenset({State.RESOLVED, State.CLOSED})


@dataclass(frozen=True, slots=True)
class Target:
    """By when: the first answer in open hours, the resolution in business days."""

    first_answer_hours: int
    resolution_days: int


#: What the bank promises until staff set other rows: complaints are answered before enquiries.
DEFAULT_TARGETS: Final[Mapping[tuple[Kind, Priority], Target]] = {
    (Kind.COMPLAINT, Priority.LOW): Target(9, 14),
    (Kind.COMPLAINT, Priority.NORMAL): Target(9, 7),
    (Kind.COMPLAINT, Priority.HIGH): Target(4, 3),
    (Kind.COMPLAINT, Priority.URGENT): Target(1, 1),
    (Kind.SERVICE_REQUEST, Priority.LOW): Target(18, 10),
    (Kind.SERVICE_REQUEST, Priority.NORMAL): Target(9, 5),
    (Kind.SERVICE_REQUEST, Priority.HIGH): Target(4, 2),
    (Kind.SERVICE_REQUEST, Priority.URGENT): Target(1, 1),
    (Kind.ENQUIRY, Priority.LOW): Target(18, 10),
    (Kind.ENQUIRY, Priority.NORMAL): Target(9, 5),
    (Kind.ENQUIRY, Priority.HIGH): Target(4, 3),
    (Kind.ENQUIRY, Priority.URGENT): Target(2, 1),
}


MOST_HOURS: Final = 90
MOST_DAYS: Final = 30
"""The longest promises that are still worth the name."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a first answer and a resolution are due."""

    first_answer_at: datetime
    resolution_at: datetime


def due(opened_at: datetime, target: Target, paused: timedelta, hours: WorkingHours) -> Due:
    """The due times of a case; every open hour it waited for the customer is given back."""
    first = hours.add(opened_at, timedelta(hours=target.first_answer_hours))
    resolution = hours.end_of_business_day(opened_at, target.resolution_days)
    return Due(_later(first, paused, hours), _later(resolution, paused, hours))


def check_target(target: Target) -> None:
    """Raises ``UnusableTarget`` for a promise no customer would call one."""
    if not 1 <= target.first_answer_hours <= MOST_HOURS:
        raise UnusableTarget(problem=f"The first answer is due within 1 to {MOST_HOURS} open hours.")
    if not 1 <= target.resolution_days <= MOST_DAYS:
        raise UnusableTarget(problem=f"A case is resolved within 1 to {MOST_DAYS} business days.")


def after(step: Step, state: State) -> State:
    """The state a step leads to. Raises ``CaseStepNotPossible``."""
    allowed, leads_to = TABLE[step]
    if state not in allowed:
        raise CaseStepNotPossible(state=_words(state), step=_words(step))
    return leads_to or state


def possible(state: State) -> frozenset[Step]:
    """The steps that may be taken from a state."""
    return frozenset(step for step, (allowed, _to) in TABLE.items() if state in allowed)


def line(text: str, what: str, longest: int) -> str:
    """One line of printable text. Raises ``UnusableCase``."""
    words = " ".join(text.split())
    if not words:
        raise UnusableCase(problem=f"{what} must be given.")
    if len(words) > longest or not words.isprintable():
        raise UnusableCase(problem=f"{what} may have {longest} letters, none of them invisible.")
    return words


def body(text: str) -> str:
    """A message of several lines, without the marks that hide or reverse a part of it.

    Raises ``UnusableCase`` where nothing is left, or more than fits.
    """
    lines = re.sub(r"\r\n?", "\n", text).expandtabs(4)
    seen = "".join(one for one in lines if one == "\n" or unicodedata.category(one)[0] != "C").strip()
    if not seen:
        raise UnusableCase(problem="Write a message.")
    if len(seen) > TEXT_LETTERS:
        raise UnusableCase(problem=f"A message may have {TEXT_LETTERS} letters.")
    return seen


def _later(instant: datetime, paused: timedelta, hours: WorkingHours) -> datetime:
    return hours.add(instant, paused) if paused else instant


def _words(code: str) -> str:
    return code.replace("_", " ").lower()
