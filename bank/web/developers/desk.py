"""Whose apps and keys a page is about, and in which door it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from bank.cif.models import Customer
from bank.identity.models import User
from bank.identity.views import confirm_first
from bank.web.views import fresh
from bank.web.views.pages import customer_page, user_of

ROOT = "/developers/"


@dataclass(frozen=True, slots=True)
class Desk:
    """``company`` is whose programs these are; without one they are the user's own."""

    user: User
    company: Customer | None
    base: str
    root: str
    nav: list[dict[str, object]]

    def show(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page of the door, with its places beside it."""
        known = {"desk": self, "nav": self.nav, "company": self.company}
        return render(request, f"developers/{template}", known | context)

    @property
    def door(self) -> str:
        """The namespace of the portal the desk stands in."""
        return self.base.partition("/")[0]

    def home(self) -> HttpResponse:
        return redirect(self.root)


OpenDesk: TypeAlias = Callable[[HttpRequest, str], Desk]
View: TypeAlias = Callable[..., HttpResponseBase]


def at_desk(view: View) -> View:
    """Gives the view its desk; the door that mounts the page says how one is opened there."""

    @wraps(view)
    def opened(
        request: HttpRequest, *args: Any, open_desk: OpenDesk, cif: str = "", **kwargs: Any
    ) -> HttpResponseBase:
        return view(request, open_desk(request, cif), *args, **kwargs)

    return customer_page(opened)


def at_fresh_desk(view: View) -> View:
    """As ``at_desk``, for acts that make secrets or end them: after a fresh second factor."""

    @wraps(view)
    def guarded(request: HttpRequest, desk: Desk, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not fresh.is_fresh(request):
            return confirm_first(request.path if request.method == "GET" else desk.root)
        return view(request, desk, *args, **kwargs)

    return at_desk(guarded)


def own_desk(request: HttpRequest, cif: str) -> Desk:
    """The desk at ``/developers/``: the user's own programs, whether or not they bank here."""
    return Desk(user_of(request), None, "developers/base.html", ROOT, _nav(request))


def _nav(request: HttpRequest) -> list[dict[str, object]]:
    places = [
        (ROOT, gettext("Apps and keys"), "key"),
        (f"{ROOT}log/", gettext("Request log"), "insights"),
        (f"{ROOT}sandbox/", gettext("Try it"), "note"),
        ("/account/security/", gettext("Security"), "shield"),
    ]
    return [
        {"url": url, "label": label, "icon": icon, "current": _is_here(request.path, url)}
        for url, label, icon in places
    ]


def _is_here(path: str, url: str) -> bool:
    if url == ROOT:
        return path == ROOT or path.startswith((f"{ROOT}apps/", f"{ROOT}keys/"))
    return path == url
