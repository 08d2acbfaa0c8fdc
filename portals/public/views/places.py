"""Branches and cash machines: a list first, nearest on top where a town is named."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext

from bank.kernel import clock
from bank.places import selectors as places
from bank.places.rules import Opening
from bank.places.selectors import Found
from bank.runtime import formats
from portals.public.forms.places import PlacesForm
from portals.public.pages import public_page, show


@public_page
def listing(request: HttpRequest) -> HttpResponse:
    """Places by name, street or town. A town without a place of its own shows the nearest ones."""
    form = PlacesForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    text, near, kind = (given.get(name) or "" for name in ("q", "near", "kind"))
    now = _now()
    found = places.find(now=now, text=text, kind=kind, near=near)
    nearest = places.town_named(text) if text and not found else ""
    if nearest:
        found = places.find(now=now, kind=kind, near=nearest)[:5]
    context: dict[str, Any] = {
        "form": form,
        "found": [_shown(one, now, near or nearest) for one in found],
        "near": near or nearest,
        "nearest": nearest,
        "text": text,
        "is_filtered": bool(text or near or kind),
    }
    return show(request, "places.html", **context)


@public_page
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place with its hours, what it does and how to come there."""
    now, near = _now(), places.town_named(request.GET.get("near", ""))
    found = places.place(code, now=now, near=near)
    context: dict[str, Any] = {
        "one": _shown(found, now, near),
        "week": _week(found),
        "near": near,
        "map": _map(found),
    }
    return show(request, "place.html", **context)


def _shown(found: Found, now: datetime, near: str) -> dict[str, Any]:
    query = f"?{urlencode({'near': near})}" if near else ""
    return {
        "found": found,
        "place": found.place,
        "url": reverse("public:place", args=[found.place.code]) + query,
        "services": places.service_names(found.place.services),
        "is_open": found.opening.is_open,
        "state": _state(found.opening, now),
    }


def _state(opening: Opening, now: datetime) -> str:
    """``Open until 16:00``, ``Closed, opens Monday 08:30``."""
    changes = opening.changes_at
    if changes is None:
        return gettext("Open day and night") if opening.is_open else gettext("Closed")
    at = formats.time_of_day(changes)
    if opening.is_open:
        return gettext("Open until %s") % at
    if changes.date() == now.date():
        return gettext("Closed, opens at %s") % at
    if changes.date() == now.date() + timedelta(days=1):
        return gettext("Closed, opens tomorrow at %s") % at
    return gettext("Closed, opens %(day)s at %(time)s") % {"day": WEEKDAYS[changes.weekday()], "time": at}


def _week(found: Found) -> Sequence[tuple[str, str]]:
    """Each day of the week with its hours; none for what is open day and night."""
    if found.place.is_always_open:
        return []
    by_day: dict[int, list[str]] = {}
    for span in found.hours:
        hours = f"{formats.time_of_day(span.opens)} – {formats.time_of_day(span.closes)}"
        by_day.setdefault(span.weekday, []).append(hours)
    return [(str(WEEKDAYS[day]), ", ".join(by_day.get(day, [])) or gettext("Closed")) for day in range(7)]


def _map(found: Found) -> str:
    """Any map program's own address for the spot."""
    return f"geo:{found.place.latitude},{found.place.longitude}"


def _now() -> datetime:
    return timezone.localtime(clock.now())
