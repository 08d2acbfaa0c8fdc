"""The pages for a door, whose desks are opened by the door itself."""

from typing import Any

from django.urls import URLPattern, path

from bank.web.orders import confirming, standing
from bank.web.orders.desk import OpenDesk

_PAGES: list[tuple[str, Any, str]] = [
    ("regular/", standing.standing_orders, "regular"),
    ("regular/new/", standing.new, "regular-new"),
    ("regular/<str:reference>/", standing.standing_order, "regular-order"),
    ("regular/<str:reference>/<slug:act>/", standing.act, "regular-act"),
    ("confirm/<str:draft_id>/", confirming.check, "order-check"),
    ("confirm/<str:draft_id>/code/", confirming.new_code, "order-code"),
]


def patterns(open_desk: OpenDesk, prefix: str = "") -> list[URLPattern]:
    """The pages under ``prefix``."""
    return [path(prefix + route, view, {"open_desk": open_desk}, name=name) for route, view, name in _PAGES]
