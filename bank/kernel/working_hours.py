"""Time as an office counts it: only the hours it is open, on business days of its calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bank.kernel.calendars import Calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When an office is open; ``closes`` is later than ``opens``, on the same day."""

    calendar: Calendar
    opens: time
    closes: time
    zone: tzinfo

    def add(self, start: datetime, span: timedelta) -> datetime:
        """The instant by which ``span`` of open hours has passed since ``start``, in UTC."""
        left = span
        for opens, closes in self._sessions(start):
            room = max(closes - max(opens, start), timedelta(0))
            if room and left <= room:
                return (max(opens, start) + left).astimezone(UTC)
            left -= room
        raise AssertionError("there is always another business day")

    def end_of_business_day(self, start: datetime, days: int) -> datetime:
        """When the office closes on the ``days``-th business day after ``start``, in UTC."""
        day = self.calendar.add_business_days(start.astimezone(self.zone).date(), days)
        return self._at(day, self.closes).astimezone(UTC)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long the office was open between two instants; none where ``end`` is not the later."""
        passed = timedelta(0)
        for opens, closes in self._sessions(start):
            if opens >= end:
                break
            passed += max(min(closes, end) - max(opens, start), timedelta(0))
        return passed

    def _sessions(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing of every business day from that of ``start`` on."""
        day = start.astimezone(self.zone).date()
        while True:
            day = self.calendar.next_or_same(day)
            yield self._at(day, self.opens), self._at(day, self.closes)
            day += _DAY

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)
