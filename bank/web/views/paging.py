"""Keyset pages over rows with a growing id: a link each way, and state in the address."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, newest first; ``newer`` and ``older`` are addresses, empty at the ends."""

    rows: list[Any]
    newer: str
    older: str


def by_id(request: HttpRequest, rows: QuerySet[Any], *, size: int) -> Page:
    """The page the address asks for with ``before`` or ``after``; anything unreadable means the newest."""
    before, after = whole(request.GET.get("before")), whole(request.GET.get("after"))
    if after is not None:
        found = list(rows.filter(id__gt=after).order_by("id")[: size + 1])
        has_newer, has_older = len(found) > size, True
        found = found[:size][::-1]
    else:
        found = list((rows.filter(id__lt=before) if before is not None else rows).order_by("-id")[: size + 1])
        has_newer, has_older = before is not None, len(found) > size
        found = found[:size]
    newer = address(request, after=found[0].pk) if found and has_newer else ""
    older = address(request, before=found[-1].pk) if found and has_older else ""
    return Page(found, newer, older)


def address(request: HttpRequest, path: str = "", **changes: object) -> str:
    """This page's address with another place in the list; filters stay as they are."""
    query = request.GET.copy()
    for place in ("before", "after"):
        query.pop(place, None)
    for name, value in changes.items():
        query[name] = str(value)
    return f"{path or request.path}?{query.urlencode()}" if query else path or request.path


def whole(text: str | None) -> int | None:
    """A row's number from an address, or ``None`` where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
