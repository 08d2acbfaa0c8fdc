"""The vocabulary of holiday tables: when a holiday falls, and where it moves from a weekend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

_DAY: Final = timedelta(days=1)


class Moves(Enum):
    """Where a holiday goes that falls on a day of rest."""

    STAYS = "STAYS"  #: it is lost
    SUNDAY_ON = "SUNDAY_ON"  #: from Sunday to the next day that is free
    SUNDAY_TO_MONDAY = "SUNDAY_TO_MONDAY"  #: from Sunday to Monday, even if that is a holiday already
    WEEKEND_TO_MONDAY = "WEEKEND_TO_MONDAY"  #: from Saturday or Sunday, likewise
    WEEKEND_ON = "WEEKEND_ON"  #: from Saturday or Sunday to the next working day that is free
    NEAREST = "NEAREST"  #: Saturday to the Friday before, Sunday to the Monday after


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a holiday table."""

    name: str
    on: Callable[[int], Iterable[date]]
    moves: Moves = Moves.STAYS
    since: int = 0
    until: int = 9999
    except_in: tuple[int, ...] = ()

    def dates(self, year: int) -> Iterable[date]:
        """The days it falls on in this year, before any move."""
        if not self.since <= year <= self.until or year in self.except_in:
            return ()
        return self.on(year)


def easter_sunday(year: int) -> date:
    """Gregorian Easter, by the anonymous algorithm (Meeus, *Astronomical Algorithms*, ch. 8)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - moon_shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def fixed(month: int, day: int, name: str, **options: Any) -> Rule:
    """The same day every year."""
    return Rule(name, lambda year: (date(year, month, day),), **options)


def easter(offset: int, name: str, **options: Any) -> Rule:
    """So many days after Easter Sunday (before, if negative)."""
    return Rule(name, lambda year: (easter_sunday(year) + offset * _DAY,), **options)


def on_or_after(weekday: int, month: int, day: int, name: str, **options: Any) -> Rule:
    """The first such weekday from this day on."""

    def on(year: int) -> Iterable[date]:
        first = date(year, month, day)
        return (first + (weekday - first.weekday()) % 7 * _DAY,)

    return Rule(name, on, **options)


def nth(n: int, weekday: int, month: int, name: str, **options: Any) -> Rule:
    """The ``n``-th such weekday of a month."""
    return on_or_after(weekday, month, 7 * n - 6, name, **options)


def last(weekday: int, month: int, name: str, **options: Any) -> Rule:
    """The last such weekday of a month."""

    def on(year: int) -> Iterable[date]:
        end = date(year + month // 12, month % 12 + 1, 1) - _DAY
        return (end - (end.weekday() - weekday) % 7 * _DAY,)

    return Rule(name, on, **options)


def bridged(month: int, day: int, name: str, **options: Any) -> Rule:
    """The same day every year, with the Monday before a Tuesday and the Friday after a Thursday."""

    def on(year: int) -> Iterable[date]:
        holiday = date(year, month, day)
        gap = {TUESDAY: -_DAY, THURSDAY: _DAY}.get(holiday.weekday())
        return (holiday,) if gap is None else (holiday, holiday + gap)

    return Rule(name, on, **options)


def on_dates(name: str, *days: str, moves: Moves = Moves.STAYS) -> Rule:
    """Days fixed by decree or by the moon, one by one (``2022-09-19``)."""
    dates = tuple(date.fromisoformat(day) for day in days)
    return Rule(name, lambda year: tuple(day for day in dates if day.year == year), moves)


def displaced(holiday: date, moves: Moves, taken: frozenset[date] | set[date]) -> date:
    """Where this holiday is kept, given the days that are holidays already."""
    weekday = holiday.weekday()
    if weekday not in _LEAVES[moves]:
        return holiday
    if moves is Moves.NEAREST and weekday == SATURDAY:
        return holiday - _DAY
    kept = holiday + (7 - weekday) * _DAY
    while moves in (Moves.SUNDAY_ON, Moves.WEEKEND_ON) and kept in taken:
        kept += _DAY
    return kept


_LEAVES: Final[dict[Moves, tuple[int, ...]]] = {
    Moves.STAYS: (),
    Moves.SUNDAY_ON: (SUNDAY,),
    Moves.SUNDAY_TO_MONDAY: (SUNDAY,),
    Moves.WEEKEND_ON: (SATURDAY, SUNDAY),
    Moves.WEEKEND_TO_MONDAY: (SATURDAY, SUNDAY),
    Moves.NEAREST: (SATURDAY, SUNDAY),
}
