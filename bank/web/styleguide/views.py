"""The catalogue of components and a few whole screens made of them.

Open in a demonstration and while developing; otherwise to staff alone. ``?portal=``,
``?theme=`` and ``?language=`` show everything as another door, in another light or tongue.
"""

from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from bank.web.styleguide import samples

PORTALS = ("personal", "public", "corporate", "sme", "staff")
THEMES = ("light", "dark")
DENSITIES: Final = ("personal", "sme", "corporate")
"""A door for each: 1, .875 and .75."""
SCREENS = {"home": _("Home"), "check": _("Check and pay"), "sign-in": _("Sign in"), "public": _("Public")}


def catalogue(request: HttpRequest) -> HttpResponse:
    return _rendered(request, "styleguide/catalogue.html")


def screen(request: HttpRequest, screen: str) -> HttpResponse:
    if screen not in SCREENS:
        raise Http404
    return _rendered(request, f"styleguide/{screen}.html")


def _rendered(request: HttpRequest, template: str) -> HttpResponse:
    if not _may_look(request):
        raise Http404
    language = request.GET.get("language", "")
    known = language in dict(settings.LANGUAGES)
    with translation.override(language if known else translation.get_language()):
        return render(request, template, _context(request))


def _may_look(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return settings.DEBUG or getattr(settings, "DEMO", False) or bool(user and user.is_staff)


def _context(request: HttpRequest) -> dict[str, Any]:
    portal, theme = request.GET.get("portal", ""), request.GET.get("theme", "")
    return {
        "portal": portal if portal in PORTALS else "personal",
        "theme": theme if theme in THEMES else "",
        "portals": PORTALS,
        "densities": DENSITIES,
        "themes": THEMES,
        "nav": samples.nav(request.path),
        "screens": [{"name": name, "label": label} for name, label in SCREENS.items()],
        **samples.everything(),
    }
