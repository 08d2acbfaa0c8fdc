"""A business-day calendar, and the conventions that adjust dates by it.

Conventions are those of the 2006 ISDA Definitions, section 4.12.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from bank.kernel.calendars.rules import SATURDAY, SUNDAY, Moves, Rule, displaced
from bank.kernel.errors import InvalidInput, UnknownConvention

#: The years the tables speak of.
FIRST_YEAR: Final = 1950
LAST_YEAR: Final = 2099

_DAY: Final = timedelta(days=1)


class BusinessDayConvention(StrEnum):
    UNADJUSTED = "UNADJUSTED"
    FOLLOWING = "FOLLOWING"
    MODIFIED_FOLLOWING = "MODIFIED_FOLLOWING"  #: unless in the next month, then PRECEDING
    PRECEDING = "PRECEDING"
    MODIFIED_PRECEDING = "MODIFIED_PRECEDING"  #: unless in the month before, then FOLLOWING
    NEAREST = "NEAREST"  #: FOLLOWING from a Sunday or Monday, else PRECEDING


_ALIASES: Final[dict[str, BusinessDayConvention]] = {
    **{convention.replace("_", ""): convention for convention in BusinessDayConvention},
    **dict.fromkeys(("NONE", "NOADJUST", "ACTUAL"), BusinessDayConvention.UNADJUSTED),
    **dict.fromkeys(("F", "FWD"), BusinessDayConvention.FOLLOWING),
    **dict.fromkeys(("MF", "MODFOLLOWING", "MFOLLOWING"), BusinessDayConvention.MODIFIED_FOLLOWING),
    **dict.fromkeys(("P", "PREVIOUS"), BusinessDayConvention.PRECEDING),
    **dict.fromkeys(("MP", "MODPRECEDING", "MODIFIEDPREVIOUS"), BusinessDayConvention.MODIFIED_PRECEDING),
}


def convention_named(name: str) -> BusinessDayConvention:
    """The convention of this name in any usual spelling. Raises UnknownConvention."""
    convention = _ALIASES.get(re.sub("[^A-Z]", "", name.upper()))
    if convention is None:
        raise UnknownConvention(kind="business-day convention", name=name)
    return convention


@dataclass(frozen=True)
class Calendar:
    """The days on which a financial centre is closed.

    ``changes`` are days that are otherwise than the rules say: the name of a holiday, or nothing for a
    business day.
    """

    code: str
    name: str
    rules: tuple[Rule, ...] = ()
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})
    changes: Mapping[date, str] = field(default_factory=dict, repr=False, compare=False)
    _by_year: dict[int, Mapping[date, str]] = field(default_factory=dict, repr=False, compare=False)

    def holidays(self, year: int) -> Mapping[date, str]:
        """The holidays of a year that fall on working days, in order, with their names, where they
        are kept (not where they fall). Raises InvalidInput outside the years of the tables.
        """
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise InvalidInput(problem=f"Calendars are known from {FIRST_YEAR} to {LAST_YEAR}.")
        if year not in self._by_year:
            found = {**self._kept_in(year), **self.changes}
            in_order = {
                day: found[day]
                for day in sorted(found)
                if found[day] and day.year == year and day.weekday() not in self.weekend
            }
            self._by_year[year] = MappingProxyType(in_order)
        return self._by_year[year]

    def _kept_in(self, year: int) -> dict[date, str]:
        """Holidays kept in this year, some of which may fall in a neighbouring one."""
        falls = [
            (day, rule)
            for near in (year - 1, year, year + 1)
            for rule in self.rules
            for day in rule.dates(near)
        ]
        falls.sort(key=lambda fall: fall[0])
        kept: dict[date, str] = {day: rule.name for day, rule in falls}
        for day, rule in falls:
            if rule.moves is not Moves.STAYS:
                kept.setdefault(displaced(day, rule.moves, kept.keys() - {day}), rule.name)
        return {day: name for day, name in kept.items() if day.year == year}

    def changed(self, changes: Mapping[date, str]) -> Self:
        """The same calendar with these days otherwise."""
        return replace(self, changes=changes, _by_year={})

    def is_business_day(self, day: date) -> bool:
        if day in self.changes:
            return not self.changes[day]
        return day.weekday() not in self.weekend and day not in self.holidays(day.year)

    def next_or_same(self, day: date) -> date:
        """The day itself if it is a business day, else the next one."""
        return self._seek(day, _DAY)

    def previous_or_same(self, day: date) -> date:
        """The day itself if it is a business day, else the one before."""
        return self._seek(day, -_DAY)

    def _seek(self, day: date, step: timedelta) -> date:
        while not self.is_business_day(day):
            day += step
        return day

    def add_business_days(self, day: date, n: int) -> date:
        """The ``n``-th business day after ``day`` (before it, if negative); for zero the day itself
        or, where it is none, the next business day.
        """
        if n == 0:
            return self.next_or_same(day)
        step = _DAY if n > 0 else -_DAY
        for _ in range(abs(n)):
            day = self._seek(day + step, step)
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """Business days from ``start`` on and before ``end``; negative when ``end`` lies before."""
        if end < start:
            return -self.business_days_between(end, start)
        days = (start + n * _DAY for n in range((end - start).days))
        return sum(map(self.is_business_day, days))

    def adjust(self, day: date, convention: str) -> date:
        """The business day that ``convention`` puts in place of ``day``. Raises UnknownConvention."""
        rule = convention_named(convention)
        if rule is BusinessDayConvention.UNADJUSTED or self.is_business_day(day):
            return day
        following, preceding = self.next_or_same(day), self.previous_or_same(day)
        match rule:
            case BusinessDayConvention.FOLLOWING:
                return following
            case BusinessDayConvention.MODIFIED_FOLLOWING:
                return following if following.month == day.month else preceding
            case BusinessDayConvention.PRECEDING:
                return preceding
            case BusinessDayConvention.MODIFIED_PRECEDING:
                return preceding if preceding.month == day.month else following
            case _:
                return following if day.weekday() in (SUNDAY, 0) else preceding
