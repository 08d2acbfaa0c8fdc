"""The pages for a door, whose desks are opened by the door itself."""

from typing import Any

from django.urls import URLPattern, path

from bank.web.orders import bills, codes, confirming, requests, standing
from bank.web.orders.desk import OpenDesk

_PAGES: list[tuple[str, Any, str]] = [
    ("regular/", standing.standing_orders, "regular"),
    ("regular/new/", standing.new, "regular-new"),
    ("regular/<str:reference>/", standing.standing_order, "regular-order"),
    ("regular/<str:reference>/<slug:act>/", standing.act, "regular-act"),
    ("requests/", requests.requests, "requests"),
    ("requests/new/", requests.ask, "request-new"),
    ("requests/unblock/<int:blocked_id>/", requests.unblock, "requester-unblock"),
    ("requests/<str:reference>/", requests.one_request, "request"),
    ("requests/<str:reference>/<slug:act>/", requests.act, "request-act"),
    ("receive/", codes.receive, "receive"),
    ("scan/", codes.scan, "scan"),
    ("bills/", bills.bills, "bills"),
    ("bills/pay/<slug:code>/", bills.pay, "bill"),
    ("bills/paid/<str:reference>/save/", bills.save, "bill-save"),
    ("bills/saved/<int:saved_id>/forget/", bills.forget, "bill-forget"),
    ("bills/received/<slug:code>/", bills.received, "bills-received"),
    ("confirm/<str:draft_id>/", confirming.check, "order-check"),
    ("confirm/<str:draft_id>/code/", confirming.new_code, "order-code"),
]


def patterns(open_desk: OpenDesk, prefix: str = "") -> list[URLPattern]:
    """The pages under ``prefix``."""
    return [path(prefix + route, view, {"open_desk": open_desk}, name=name) for route, view, name in _PAGES]
