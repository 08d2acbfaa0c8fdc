"""Steps of the close of business: what an app does once for each business day.

An app lists its steps as ``STEPS`` in ``bank/<app>/eod.py``; ``bank.eod`` finds and runs them in
order of phase and code. A step works in parts. Each part and the place it reached are kept in one
database transaction, so a part is done once or not at all, and a run that was killed goes on
where it stood. Steps read no clock and draw no dice: the same day gives the same books.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Any


class Phase(IntEnum):
    """When in the close a step runs. ROLL moves the business date; OPEN runs on the new day."""

    COLLECT = 10
    ACCRUE = 20
    CAPITALISE = 30
    CHARGE = 40
    MATURE = 50
    LEND = 60
    REVIEW = 70
    REVALUE = 75
    TIE_OUT = 80
    SNAPSHOT = 90
    ROLL = 100
    OPEN = 110


@dataclass(frozen=True, slots=True)
class Day:
    """The business day that closes, and the one that follows it.

    Days between the two (a weekend, a holiday) belong to the day that closes: interest accrues for
    every day in ``days``, and what falls due on one of them is due now.
    """

    business_date: date
    next_date: date

    @property
    def days(self) -> tuple[date, ...]:
        """The calendar days this close stands for: ``business_date`` up to the day before ``next_date``."""
        return tuple(
            self.business_date + timedelta(n) for n in range((self.next_date - self.business_date).days)
        )

    @property
    def last(self) -> date:
        return self.next_date - timedelta(days=1)

    @property
    def ends_month(self) -> bool:
        return (
            self.next_date.month != self.business_date.month or self.next_date.year != self.business_date.year
        )

    @property
    def ends_quarter(self) -> bool:
        return self.ends_month and (self.next_date.month - 1) // 3 != (self.business_date.month - 1) // 3

    @property
    def ends_year(self) -> bool:
        return self.next_date.year != self.business_date.year


@dataclass(frozen=True, slots=True)
class Note:
    """Something a step could not do and went past: what it is about (an account's number, say) and why."""

    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one part did: how many, how many of them were refused, and where it stopped.

    ``cursor`` is handed to the next part; ``None`` says the step is finished. ``notes`` are shown to
    staff beside the step.
    """

    done: int
    cursor: str | None = None
    failed: int = 0
    notes: tuple[Note, ...] = ()


def always(day: Day) -> bool:
    return True


def unknown(day: Day) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """``work(day, cursor)`` does the next part, from the beginning with an empty cursor.

    It runs inside a database transaction it must not commit. ``due`` says whether there is
    anything on this day (month ends), ``count`` how much there will be, for the progress shown.
    ``code`` is stored, in capitals: ``HOLD_EXPIRY``. What ``work`` raises stops the close
    there, with everything before it kept; a refusal of one item is counted and noted instead.
    """

    code: str
    title: Any
    phase: Phase
    work: Callable[[Day, str], Part]
    due: Callable[[Day], bool] = always
    count: Callable[[Day], int | None] = unknown
