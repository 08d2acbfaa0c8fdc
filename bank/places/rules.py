"""Where places lie and when they are open, in plain Python. Times are those of the bank's own time zone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from bank.places.errors import UnusablePlace

EARTH_RADIUS_KM = 6371
WEEKDAYS = range(7)


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
    """Raises ``UnusablePlace`` for a point off the globe and for hours that end before they begin."""
    if not (-90 <= spot.latitude <= 90 and -180 <= spot.longitude <= 180):
        raise UnusablePlace(problem="A latitude is at most 90 degrees, a longitude at most 180.")
    if any(one.weekday not in WEEKDAYS for one in hours):
        raise UnusablePlace(problem="The days of the week are 0 for Monday to 6 for Sunday.")
    if any(one.opens >= one.closes for one in hours):
        raise UnusablePlace(problem="A place must open before it closes.")
