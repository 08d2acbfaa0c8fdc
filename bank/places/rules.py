"""Where places lie and when they are open, in plain Python. Times are those of the bank's own time zone."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Final

from bank.places.errors import UnusablePlace

EARTH_RADIUS_KM = 6371
WEEKDAYS = range(7)
DAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_SPANS: Final = 28
_LINE: Final = re.compile(
    r"(?P<first>[A-Za-z]{3})(?:\s*-\s*(?P<last>[A-Za-z]{3}))?\s+(?P<opens>\d{1,2}:\d\d)\s*-\s*(?P<closes>\d{1,2}:\d\d)"
)
_CODE: Final = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ]{5,22}")


class PlaceKind(StrEnum):
    BRANCH = "BRANCH"
    ATM = "ATM"


class Service(StrEnum):
    CASH_OUT = "CASH_OUT"
    CASH_IN = "CASH_IN"
    TELLERS = "TELLERS"
    ACCOUNT_OPENING = "ACCOUNT_OPENING"
    BUSINESS_DESK = "BUSINESS_DESK"
    FOREIGN_EXCHANGE = "FOREIGN_EXCHANGE"
    SAFE_BOXES = "SAFE_BOXES"
    STEP_FREE = "STEP_FREE"


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on the earth in degrees."""

    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when on one day of the week, Monday being 0."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether a place is open; ``changes_at`` is when it closes, or opens again if that is within a week."""

    is_open: bool
    changes_at: datetime | None


def distance_km(one: Spot, other: Spot) -> Decimal:
    """The great-circle distance by the haversine formula, to a tenth of a kilometre."""
    lat, other_lat = math.radians(one.latitude), math.radians(other.latitude)
    north, east = other_lat - lat, math.radians(other.longitude - one.longitude)
    half = math.sin(north / 2) ** 2 + math.cos(lat) * math.cos(other_lat) * math.sin(east / 2) ** 2
    return Decimal(str(round(2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half)), 1)))


def opening(hours: Sequence[Hours], now: datetime, holidays: Mapping[date, str]) -> Opening:
    """Whether somebody who stands before the door at ``now`` finds it open. ``holidays`` by day: closed."""
    for ahead in range(8):
        day = (now + timedelta(days=ahead)).date()
        if day in holidays:
            continue
        for span in sorted(hours, key=lambda one: one.opens):
            if span.weekday != day.weekday():
                continue
            opens = datetime.combine(day, span.opens, now.tzinfo)
            closes = datetime.combine(day, span.closes, now.tzinfo)
            if opens <= now < closes:
                return Opening(True, closes)
            if now < opens:
                return Opening(False, opens)
    return Opening(False, None)


def check(spot: Spot, hours: Sequence[Hours]) -> None:
    """Raises ``UnusablePlace`` for a point off the globe and for hours that end before they begin or meet."""
    if not (-90 <= spot.latitude <= 90 and -180 <= spot.longitude <= 180):
        raise UnusablePlace(problem="A latitude is at most 90 degrees, a longitude at most 180.")
    if any(one.weekday not in WEEKDAYS for one in hours):
        raise UnusablePlace(problem="The days of the week are 0 for Monday to 6 for Sunday.")
    if any(one.opens >= one.closes for one in hours):
        raise UnusablePlace(problem="A place must open before it closes.")
    spans = sorted(hours, key=lambda one: (one.weekday, one.opens))
    if any(one.weekday == then.weekday and then.opens < one.closes for one, then in pairwise(spans)):
        raise UnusablePlace(problem="Hours of one day must not overlap.")


def check_words(*, code: str, kind: str, phone: str, services: Sequence[str]) -> None:
    """Raises ``UnusablePlace`` for what no place is called, a kind there is not, or what none does."""
    if len(code) > 40 or not _CODE.fullmatch(code):
        raise UnusablePlace(problem="A code has small letters and digits with hyphens between, 40 at most.")
    if kind not in set(PlaceKind):
        raise UnusablePlace(problem="A place is a branch or a cash machine.")
    if phone and not _PHONE.fullmatch(phone):
        raise UnusablePlace(
            problem="Enter the telephone number with digits and spaces, such as +254 20 555 0100."
        )
    if unknown := sorted(set(services) - set(Service)):
        raise UnusablePlace(problem=f"No place does {unknown[0][:40]}.")


def line(text: str, what: str, longest: int) -> str:
    """One line of printable text. Raises ``UnusablePlace``."""
    words = " ".join(text.split())
    if not words or len(words) > longest or not words.isprintable():
        raise UnusablePlace(problem=f"{what} has 1 to {longest} letters, none of them invisible.")
    return words


def read_hours(text: str) -> list[Hours]:
    """``Mon-Fri 08:30-16:00``, a line each; nothing means day and night. Raises ``UnusablePlace``."""
    found = [hours for row in text.splitlines() if row.strip() for hours in _read_line(row.strip())]
    if len(found) > MOST_SPANS:
        raise UnusablePlace(problem=f"A place has {MOST_SPANS} spans of hours a week at most.")
    return found


def write_hours(hours: Sequence[Hours]) -> str:
    """As ``read_hours`` reads it, days that follow each other with the same hours on one line."""
    spans = sorted(hours, key=lambda one: (one.opens, one.closes, one.weekday))
    rows = []
    for (opens, closes), same in groupby(spans, key=lambda one: (one.opens, one.closes)):
        for run in _runs([one.weekday for one in same]):
            days = DAY_NAMES[run[0]] if len(run) == 1 else f"{DAY_NAMES[run[0]]}-{DAY_NAMES[run[-1]]}"
            rows.append((run[0], f"{days} {opens:%H:%M}-{closes:%H:%M}"))
    return "\n".join(row for _day, row in sorted(rows))


def _runs(days: Sequence[int]) -> list[list[int]]:
    """Days that follow each other, together."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _read_line(row: str) -> list[Hours]:
    found = _LINE.fullmatch(row)
    if found is None:
        raise UnusablePlace(problem=f"Write hours as Mon-Fri 08:30-16:00, not {row[:40]}.")
    first = _weekday(found["first"])
    last = _weekday(found["last"] or found["first"])
    if last < first:
        raise UnusablePlace(problem="The week begins on Monday: write the earlier day first.")
    opens, closes = _time(found["opens"]), _time(found["closes"])
    return [Hours(day, opens, closes) for day in range(first, last + 1)]


def _weekday(name: str) -> int:
    if name.capitalize() not in DAY_NAMES:
        raise UnusablePlace(problem=f"{name} is no day; use {', '.join(DAY_NAMES)}.")
    return DAY_NAMES.index(name.capitalize())


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text.rjust(5, "0"))
    except ValueError:
        raise UnusablePlace(problem=f"{text} is no time of day.") from None
