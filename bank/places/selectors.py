"""Reads: which places there are, how far they are from somewhere, whether they are open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from bank.kernel import calendars, clock
from bank.kernel.errors import NotFound
from bank.places import gazetteer, rules
from bank.places.models import SERVICES, OpeningHours, Place

CALENDAR = "KE"


@dataclass(frozen=True, slots=True)
class Found:
    """A place, how far it is from where one asked (if one did), and whether it is open."""

    place: Place
    distance_km: Decimal | None
    opening: rules.Opening
    hours: list[OpeningHours]


def towns() -> list[str]:
    """The towns one can ask the distance from, by name."""
    return sorted(gazetteer.TOWNS)


def town_named(text: str) -> str:
    """The town of the gazetteer that this is the name of, however it is written; empty where it is none."""
    plain = " ".join(text.split()).casefold()
    return next((name for name in gazetteer.TOWNS if name.casefold() == plain), "")


def find(*, now: datetime, text: str = "", kind: str = "", near: str = "") -> list[Found]:
    """Places whose name, street or town contains ``text``; the nearest to the town ``near`` first.

    ``now`` is in the bank's time zone. Two queries.
    """
    rows = there().prefetch_related("hours")
    if kind:
        rows = rows.filter(kind=kind)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(town__icontains=word) | Q(street__icontains=word))
    origin = gazetteer.TOWNS.get(near)
    found = [_found(row, origin, now) for row in rows]
    return sorted(found, key=lambda one: one.distance_km or 0) if origin else found


def place(code: str, *, now: datetime, near: str = "") -> Found:
    """One place that is still there; ``NotFound`` else."""
    row = there().filter(code=code).prefetch_related("hours").first()
    if row is None:
        raise NotFound(what="branch or cash machine")
    return _found(row, gazetteer.TOWNS.get(near), now)


def there() -> QuerySet[Place]:
    """Those not given up yet; one is there until the day it is given up on."""
    return Place.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=clock.today()))


def hours_of(place: Place) -> list[rules.Hours]:
    """None where it is open day and night."""
    return [rules.Hours(one.weekday, one.opens, one.closes) for one in place.hours.all()]


def nearest_other(place: Place) -> tuple[Place, Decimal] | None:
    """The nearest other place of the same kind, with the kilometres to it: where people go instead."""
    others = there().filter(kind=place.kind).exclude(pk=place.pk)
    far = [(rules.distance_km(place.spot, one.spot), one.code, one) for one in others]
    return next(((one, km) for km, _code, one in sorted(far, key=lambda row: row[:2])), None)


def _found(row: Place, origin: rules.Spot | None, now: datetime) -> Found:
    hours = list(row.hours.all())
    spans = hours_of(row)
    return Found(
        place=row,
        distance_km=rules.distance_km(origin, row.spot) if origin else None,
        opening=rules.Opening(True, None)
        if row.is_always_open
        else rules.opening(spans, now, _holidays(now.year)),
        hours=hours,
    )


def _holidays(year: int) -> Mapping[date, str]:
    """The country's public holidays of a year and the first days of the next."""
    kept = calendars.calendar(CALENDAR)
    return {**kept.holidays(year), **kept.holidays(year + 1)}


def service_names(codes: list[str]) -> list[str]:
    """What a place does, in the reader's language; what is no longer known is left out."""
    return [str(name) for code, name in SERVICES.items() if code in codes]


def codes() -> list[str]:
    """Every place there is, by code."""
    return list(there().order_by("code").values_list("code", flat=True))
