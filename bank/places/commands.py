"""What needs two people about branches and cash machines: one opens, becomes another, is given up."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.errors import Conflict, NotFound
from bank.places import rules, selectors, services
from bank.places.errors import PlaceTaken, UnusablePlace
from bank.places.models import Place
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

_FAR = timedelta(days=366)
_SPOT = Decimal("0.00001")


@dataclass(frozen=True, slots=True)
class PlaceTerms:
    """A place as a whole. ``hours`` as ``rules.read_hours`` reads them, empty for day and night."""

    code: str
    kind: str
    name: str
    town: str
    street: str
    phone: str
    latitude: Decimal
    longitude: Decimal
    services: list[str]
    hours: str


@dataclass(frozen=True, slots=True)
class GiveUpPlace:
    """``on`` is the first day it is no longer there."""

    code: str
    on: date


def terms_of(place: Place) -> dict[str, Any]:
    """As a form begins with."""
    names = ("name", "town", "street", "phone", "latitude", "longitude", "services")
    hours = rules.write_hours(selectors.hours_of(place))
    return {**{name: getattr(place, name) for name in names}, "hours": hours}


def _read(asked: PlaceTerms) -> dict[str, Any]:
    """As the services take it. Raises ``UnusablePlace``."""
    hours = rules.read_hours(asked.hours)
    spot = rules.Spot(asked.latitude, asked.longitude)
    if any(not one.is_finite() for one in (asked.latitude, asked.longitude)):
        raise UnusablePlace(problem="A latitude and a longitude are degrees, such as -1.28638.")
    rules.check(spot, hours)
    rules.check_words(code=asked.code, kind=asked.kind, phone=asked.phone, services=asked.services)
    return {
        "code": asked.code,
        "name": rules.line(asked.name, "A name", 80),
        "town": rules.line(asked.town, "A town", 60),
        "street": rules.line(asked.street, "A street", 120),
        "phone": asked.phone,
        "spot": rules.Spot(asked.latitude.quantize(_SPOT), asked.longitude.quantize(_SPOT)),
        "services": sorted(set(asked.services)),
        "hours": hours,
    }


def _check_opening(asked: PlaceTerms) -> None:
    _read(asked)
    if Place.objects.filter(code=asked.code).exists():
        raise PlaceTaken(place=asked.code)


def _check_change(asked: PlaceTerms) -> None:
    place = _known(asked.code)
    _read(asked)
    if asked.kind != place.kind:
        raise UnusablePlace(problem="A place stays of its kind: give it up and open another.")
    if not _difference(asked):
        raise Conflict(problem="The place is so already.")


def _known(code: str) -> Place:
    place = selectors.there().filter(code=code).first()
    if place is None:
        raise NotFound(what="branch or cash machine")
    return place


def _difference(asked: PlaceTerms) -> list[Change]:
    before = _said_of(selectors.there().filter(code=asked.code).first())
    given = _read(asked)
    after = _said(
        given["name"], given["town"], given["street"], given["phone"], given["spot"], given["services"],
        given["hours"],
    )  # fmt: skip
    return [
        Change(name, before.get(name, ""), then) for name, then in after.items() if before.get(name) != then
    ]


def _said_of(place: Place | None) -> dict[str, str]:
    if place is None:
        return {}
    hours = selectors.hours_of(place)
    return _said(place.name, place.town, place.street, place.phone, place.spot, sorted(place.services), hours)


def _said(
    name: str, town: str, street: str, phone: str, spot: rules.Spot, does: list[str], hours: list[rules.Hours]
) -> dict[str, str]:
    open_hours = rules.write_hours(hours).replace("\n", "; ") or gettext("Day and night")
    return {
        gettext("Name"): name,
        gettext("Town"): town,
        gettext("Street"): street,
        gettext("Phone"): phone,
        gettext("Latitude and longitude"): f"{spot.latitude.normalize():f}, {spot.longitude.normalize():f}",
        gettext("Services"): ", ".join(selectors.service_names(does)),
        gettext("Hours"): open_hours,
    }


def _open(asked: PlaceTerms, deed: Deed) -> None:
    services.open_place(kind=asked.kind, actor=deed.checker, **_read(asked))


def _change(asked: PlaceTerms, deed: Deed) -> None:
    services.change_place(actor=deed.checker, **_read(asked))


def _check_giving_up(asked: GiveUpPlace) -> None:
    place = _known(asked.code)
    if not clock.today() <= asked.on <= clock.today() + _FAR:
        raise UnusablePlace(problem="Choose a day from today on, within a year.")
    if place.closed_on == asked.on:
        raise Conflict(problem="The place is given up on that day already.")


def _giving_up_difference(asked: GiveUpPlace) -> list[Change]:
    place = _known(asked.code)
    until = formats.day(place.closed_on) if place.closed_on else gettext("Stays")
    changes = [Change(gettext("Given up on"), until, formats.day(asked.on))]
    if near := selectors.nearest_other(place):
        there = gettext("%(place)s, %(km)s km away") % {"place": near[0], "km": formats.number(near[1])}
        changes.append(Change(gettext("Nearest other"), str(place), there, is_forecast=True))
    return changes


def _give_up(asked: GiveUpPlace, deed: Deed) -> None:
    services.give_up_place(code=asked.code, on=asked.on, actor=deed.checker)


OPEN_PLACE = kinds.command(
    "places.open",
    _("A new branch or cash machine"),
    PlaceTerms,
    maker_right="places.add_place",
    checker_role="BRANCH_MANAGER",
    lifetime=timedelta(days=3),
    about=("PLACE", "code"),
    check=_check_opening,
    difference=_difference,
    apply=_open,
)
CHANGE_PLACE = kinds.command(
    "places.change",
    _("A branch or cash machine changed"),
    PlaceTerms,
    maker_right="places.change_place",
    checker_role="BRANCH_MANAGER",
    lifetime=timedelta(days=3),
    about=("PLACE", "code"),
    check=_check_change,
    difference=_difference,
    apply=_change,
)
GIVE_UP_PLACE = kinds.command(
    "places.give_up",
    _("A branch or cash machine given up"),
    GiveUpPlace,
    maker_right="places.change_place",
    checker_role="BRANCH_MANAGER",
    lifetime=timedelta(days=3),
    about=("PLACE", "code"),
    check=_check_giving_up,
    difference=_giving_up_difference,
    apply=_give_up,
)
