"""Writes: a place opens, its hours change, it is given up. Each leaves an audit line."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from bank.audit import services as audit
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.places import defaults, rules, selectors
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

    Raises ``UnusablePlace`` for a point off the globe, hours in the wrong order or unreadable words,
    ``PlaceTaken``.
    """
    rules.check(spot, hours)
    rules.check_words(code=code, kind=kind, phone=phone, services=services)
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
def change_place(
    *,
    code: str,
    name: str,
    town: str,
    street: str,
    spot: rules.Spot,
    services: Sequence[str],
    hours: Sequence[rules.Hours],
    phone: str,
    actor: User | None = None,
) -> Place:
    """Other words, services or hours from now on; no hours means day and night. Its code and kind stay.

    Raises ``NotFound``, ``UnusablePlace``.
    """
    place = _locked(code)
    rules.check(spot, hours)
    rules.check_words(code=code, kind=place.kind, phone=phone, services=services)
    place.name, place.town, place.street, place.phone = name, town, street, phone
    place.latitude, place.longitude = spot.latitude, spot.longitude
    place.services, place.is_always_open = list(services), not hours
    place.save()
    place.hours.all().delete()
    _keep_hours(place, hours)
    _record("PLACE_CHANGED", place, actor)
    return place


@transaction.atomic
def give_up_place(*, code: str, on: date, actor: User | None = None) -> Place:
    """From that day on the place is no longer shown. Raises ``NotFound`` where there is none (any more)."""
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
    place = selectors.there().select_for_update().filter(code=code).first()
    if place is None:
        raise NotFound(what="branch or cash machine")
    return place


def _keep_hours(place: Place, hours: Sequence[rules.Hours]) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(place=place, weekday=one.weekday, opens=one.opens, closes=one.closes) for one in hours
    )


def _record(action: str, place: Place, actor: User | None) -> None:
    audit.record(action, actor=actor, subject_type="PLACE", subject_id=place.code, detail={})
