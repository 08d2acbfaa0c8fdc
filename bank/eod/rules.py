"""Which date is closed when, and in which states a close and its steps are. Plain Python."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from bank.kernel.calendars import Calendar

LOCK = "eod"
"""The advisory lock of whoever does a part: one at a time, whatever the date."""

REASON_LETTERS = 1000
NOTES_AT_MOST = 200
"""Notes kept of one step; the count of refusals goes on."""

TRIES = 5
"""How often a part is begun that loses its locks to others."""


class RunState(StrEnum):
    RUNNING = "RUNNING"
    FAILED = "FAILED"
    DONE = "DONE"


class StepState(StrEnum):
    WAITING = "WAITING"
    RUNNING = "RUNNING"
    FAILED = "FAILED"
    DONE = "DONE"
    SKIPPED = "SKIPPED"


ENDED = (StepState.DONE.value, StepState.SKIPPED.value)


def next_business_date(calendar: Calendar, day: date) -> date:
    """The day the bank opens next: the first business day after ``day``."""
    return calendar.add_business_days(day, 1)


def stands_for(calendar: Calendar, day: date) -> date:
    """The business day whose close also stands for ``day``: itself, or the one before it."""
    return calendar.previous_or_same(day)


def last_due(now: datetime, closes_at: time) -> date:
    """The last date whose close is due at ``now`` (the bank's time): today's from ``closes_at`` on.

    A job that comes late, in the morning after, closes yesterday and leaves today open.
    """
    return now.date() if now.time() >= closes_at else now.date() - timedelta(days=1)
