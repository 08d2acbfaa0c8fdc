"""When a standing order is due, and what becomes of a day it was due on. No database, no clock.

Every rule is read off the first date: the same weekday, the same day of the month (the last where a
month is shorter), the last day, or the same weekday of the month (a fifth one means the last).
The n-th date is reckoned from the first, never from the one before: nothing drifts.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice, takewhile
from typing import Final

from bank.kernel.calendars import Calendar
from bank.standing.errors import OrderUnusable, WrongOrderStatus

MOST_RETRY_DAYS: Final = 10
MOST_TIMES: Final = 600
FURTHEST: Final = timedelta(days=366 * 2)
SHOWN: Final = 6


class Frequency(StrEnum):
    ONCE = "ONCE"
    WEEKLY = "WEEKLY"
    FORTNIGHTLY = "FORTNIGHTLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    YEARLY = "YEARLY"


class MonthRule(StrEnum):
    """Which day of a month, read off the first date."""

    SAME_DAY = "SAME_DAY"
    LAST_DAY = "LAST_DAY"
    SAME_WEEKDAY = "SAME_WEEKDAY"


class HolidayRule(StrEnum):
    """What becomes of a due date that is no business day (ISDA business day conventions)."""

    FOLLOWING = "FOLLOWING"
    MODIFIED_FOLLOWING = "MODIFIED_FOLLOWING"
    PRECEDING = "PRECEDING"


class OrderStatus(StrEnum):
    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"
    REJECTED = "REJECTED"


class RunStatus(StrEnum):
    """PAID: an order of payment was made. RETRYING: refused for now. NOTHING: a sweep found nothing.
    RETURNED: another bank rejected it or sent the money back.
    """

    PAID = "PAID"
    WAITING = "WAITING"
    RETRYING = "RETRYING"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    NOTHING = "NOTHING"
    RETURNED = "RETURNED"


NEXT: Final = {
    OrderStatus.WAITING: {OrderStatus.ACTIVE, OrderStatus.REJECTED, OrderStatus.ENDED},
    OrderStatus.ACTIVE: {OrderStatus.PAUSED, OrderStatus.ENDED},
    OrderStatus.PAUSED: {OrderStatus.ACTIVE, OrderStatus.ENDED},
    OrderStatus.ENDED: set[OrderStatus](),
    OrderStatus.REJECTED: set[OrderStatus](),
}
RUNNING: Final = (OrderStatus.ACTIVE, OrderStatus.PAUSED)

#: Refusals that another day may cure; every other one fails the run at once.
CURABLE: Final = frozenset(
    {
        "INSUFFICIENT_FUNDS",
        "DAILY_LIMIT_EXCEEDED",
        "LEDGER_BUSY",
        "NO_RAIL_FITS",
        "PAYEE_COOLING",
        "PAYEE_BEING_TRIED",
    }
)
#: Refusals after which the order can never be carried out again.
FATAL: Final = frozenset({"ACCOUNT_CLOSED", "CREDITOR_ACCOUNT_UNKNOWN"})

_MONTHS: Final = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}
_DAYS: Final = {Frequency.WEEKLY: 7, Frequency.FORTNIGHTLY: 14}


@dataclass(frozen=True, slots=True)
class Schedule:
    """``until`` and ``times`` bound it; with neither it goes on until it is ended."""

    frequency: Frequency
    first: date
    month_rule: MonthRule = MonthRule.SAME_DAY
    until: date | None = None
    times: int | None = None
    holiday_rule: HolidayRule = HolidayRule.FOLLOWING

    def due(self, n: int) -> date | None:
        """The n-th due date, from 0, before holidays; None after the last."""
        if (self.times is not None and n >= self.times) or (self.frequency == Frequency.ONCE and n > 0):
            return None
        day = self._reckoned(n)
        return None if self.until is not None and day > self.until else day

    def dates(self) -> Iterator[date]:
        """Every due date in order, without end where the schedule has none."""
        return (day for day in takewhile(bool, map(self.due, range(MOST_TIMES * 10))) if day)

    def preview(self, calendar: Calendar, start: int = 0) -> list[tuple[date, date]]:
        """The next due dates and the business days they are paid on, at most ``SHOWN``."""
        return [(day, self.paid_on(day, calendar)) for day in islice(self.dates(), start, start + SHOWN)]

    def paid_on(self, due: date, calendar: Calendar) -> date:
        return calendar.adjust(due, self.holiday_rule)

    def _reckoned(self, n: int) -> date:
        if self.frequency == Frequency.ONCE:
            return self.first
        if self.frequency in _DAYS:
            return self.first + timedelta(days=n * _DAYS[self.frequency])
        months = self.first.month - 1 + n * _MONTHS[self.frequency]
        return _day_in(self.first.year + months // 12, months % 12 + 1, self.first, self.month_rule)


def _day_in(year: int, month: int, first: date, rule: MonthRule) -> date:
    last = date(year, month, monthrange(year, month)[1])
    if rule == MonthRule.LAST_DAY:
        return last
    if rule == MonthRule.SAME_DAY:
        return last.replace(day=min(first.day, last.day))
    week = (first.day - 1) // 7
    opening = last.replace(day=1)
    day = opening + timedelta(days=(first.weekday() - opening.weekday()) % 7 + 7 * week)
    return day if day.month == month else day - timedelta(days=7)


def check_schedule(schedule: Schedule, today: date, calendar: Calendar) -> None:
    """Raises ``OrderUnusable`` for a schedule that cannot be carried out; says what to change."""
    first = schedule.due(0)
    if not today < schedule.first <= today + FURTHEST:
        raise OrderUnusable(problem="The first payment must be after today and within two years.")
    if first is None:
        raise OrderUnusable(problem="The last day must not be before the first payment.")
    if schedule.times is not None and not 1 <= schedule.times <= MOST_TIMES:
        raise OrderUnusable(problem="The number of payments must be between 1 and 600.")
    if schedule.until is not None and schedule.times is not None:
        raise OrderUnusable(problem="Give a last day or a number of payments, not both.")
    if schedule.paid_on(first, calendar) <= today:
        raise OrderUnusable(
            problem="The first payment would fall before tomorrow because of a holiday. Choose a later day."
        )


def check_retries(days: int) -> None:
    """Raises ``OrderUnusable`` outside 0 to 10 days."""
    if not 0 <= days <= MOST_RETRY_DAYS:
        raise OrderUnusable(problem="A payment can be tried again for 0 to 10 business days.")


def check_step(status: str, wanted: OrderStatus) -> None:
    """Raises ``WrongOrderStatus`` where the order cannot become that."""
    if wanted not in NEXT[OrderStatus(status)]:
        raise WrongOrderStatus(status=status.lower(), wanted=wanted.lower())
