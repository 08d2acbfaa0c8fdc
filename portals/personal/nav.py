"""The places of the personal portal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from bank.web.orders.confirming import began_at

SECURITY = "/account/security/"


def show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A page of the portal, with the rail of places beside it."""
    return render(request, f"personal/{template}", {"nav": nav(request), **context})


def nav(request: HttpRequest) -> list[dict[str, object]]:
    """The rail; the place the page belongs to is marked, by its address.

    A phone's bar has room for five: the ``rest`` stands behind "More" there.
    """
    first = [
        (
            reverse("personal:home"),
            gettext("Home"),
            "home",
            _below("accounts", "lines", "pots", "standing", "together"),
        ),
        (reverse("personal:payments"), gettext("Payments"), "pay", _below("pay", "transfer")),
        (reverse("personal:deposits"), gettext("Deposits"), "lock", []),
        (reverse("personal:messages"), gettext("Messages"), "messages", []),
    ]
    shown = [_place(request, place) for place in first]
    rest = others(request)
    more = _place(request, (reverse("personal:more"), gettext("More"), "plus", []))
    more["current"] = bool(more["current"]) or any(place["current"] for place in rest)
    return [*shown, *({**place, "only": "rest"} for place in rest), {**more, "only": "more"}]


def others(request: HttpRequest) -> list[dict[str, object]]:
    """The places a phone shows on a page of their own."""
    places = [
        (reverse("personal:payees"), gettext("Payees"), "payees", _below("groups")),
        (reverse("personal:regular"), gettext("Standing orders"), "calendar", []),
        (reverse("personal:debits"), gettext("Direct debits"), "calendar", []),
        (reverse("personal:requests"), gettext("Requests"), "inbox", _below("receive", "scan")),
        (reverse("personal:bills"), gettext("Bills"), "statement", []),
        (reverse("personal:statements"), gettext("Statements"), "statement", []),
        (reverse("personal:profile"), gettext("Profile"), "person", []),
        (SECURITY, gettext("Security"), "shield", _below("apps")),
    ]
    return [_place(request, place) for place in places]


def _place(request: HttpRequest, place: tuple[str, str, str, list[str]]) -> dict[str, object]:
    url, label, icon, more = place
    return {"url": url, "label": label, "icon": icon, "current": _is_here(began_at(request), url, more)}


def _below(*names: str) -> list[str]:
    return [f"{reverse('personal:home')}{name}/" for name in names]


def _is_here(path: str, url: str, more: list[str]) -> bool:
    if url == reverse("personal:home"):
        return path == url or any(path.startswith(one) for one in more)
    return any(path.startswith(one) for one in [url, *more])
