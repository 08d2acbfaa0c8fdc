"""Writes: a place opens, its hours change, it is given up. Each leaves an audit line."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.places import defaults, rules
from bank.places.errors import PlaceTaken
from bank.places.models import OpeningHours, Place


@transaction.atomic
def open_place(
    *,
    code: str,
    kind: str,
    name: str,
    town: str,
    street: str,
    spot: rules.Spot,
    services: Sequence[str] = (),
    hours: Sequence[rules.Hours] = (),
    phone: str = "",
    actor: User | None = None,
) -> Place:
    """A new branch or cash machine; without hours it is open day and night.

    Raises ``UnusablePlace`` for a point off the globe or hours in the wrong order, ``PlaceTaken``.
    """
    rules.check(spot, hours)
    if Place.objects.filter(code=code).exists():
        raise PlaceTaken(place=code)
    place = Place.objects.create(
        code=code, kind=kind, name=name, town=town, street=street, phone=phone,
        latitude=spot.latitude, longitude=spot.longitude, services=list(services), is_always_open=not hours,
    )  # fmt: skip
    _keep_hours(place, hours)
    _record("PLACE_OPENED", place, actor)
    return place


@transaction.atomic
def change_hours(*, code: str, hours: Sequence[rules.Hours], actor: User | None = None) -> Place:
    """Other hours from now on; none means day and night. Raises ``NotFound``, ``UnusablePlace``."""
    place = _locked(code)
    rules.check(place.spot, hours)
    place.hours.all().delete()
    place.is_always_open = not hours
    place.save(update_fields=["is_always_open"])
    _keep_hours(place, hours)
    _record("PLACE_HOURS_CHANGED", place, actor)
    return place


@transaction.atomic
def give_up_place(*, code: str, on: date, actor: User | None = None) -> Place:
    """The place is no longer shown. Raises ``NotFound`` where there is none, or none any more."""
    place = _locked(code)
    place.closed_on = on
    place.save(update_fields=["closed_on"])
    _record("PLACE_GIVEN_UP", place, actor)
    return place


@transaction.atomic
def seed_places() -> None:
    """Puts the opening places in place where they are absent; what is there already stays as it is."""
    there = set(Place.objects.values_list("code", flat=True))
    for one in defaults.PLACES:
        if one.code not in there:
            open_place(
                code=one.code, kind=one.kind, name=one.name, town=one.town, street=one.street,
                spot=one.spot, services=one.services, hours=one.hours, phone=one.phone,
            )  # fmt: skip


def _locked(code: str) -> Place:
    place = Place.objects.select_for_update().filter(code=code, closed_on__isnull=True).first()
    if place is None:
        raise NotFound(what="branch or cash machine")
    return place


def _keep_hours(place: Place, hours: Sequence[rules.Hours]) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(place=place, weekday=one.weekday, opens=one.opens, closes=one.closes) for one in hours
    )


def _record(action: str, place: Place, actor: User | None) -> None:
    audit.record(action, actor=actor, subject_type="PLACE", subject_id=place.code, detail={})
