"""What every page of the public site shares: its places, its address in each language, its refusals."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from bank.kernel.errors import BankError
from bank.web.views.pages import refused
from portals.public.nav import foot, nav

Page = Callable[..., HttpResponse]


def public_page(view: Page) -> Page:
    """A page anyone may see and nobody can send anything to; see ``public_form``."""
    shown: Page = require_safe(public_form(view))
    return shown


def public_form(view: Page) -> Page:
    """A page anyone may see; ``?language=sw`` shows it in that language, so that each has an address."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("language", "")
        language = asked if asked in dict(settings.LANGUAGES) else translation.get_language()
        with translation.override(language):
            try:
                response = view(request, *args, **kwargs)
            except BankError as error:
                response = refused(request, error)
        response.headers.setdefault("Content-Language", str(language))
        return response

    return shown


def speaks_on(view: Page) -> Page:
    """A page of a way that goes on: ``?language=sw`` holds for the pages after it too, as the switch does."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET.get("language", "")
        if asked not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        with translation.override(asked):
            response = view(request, *args, **kwargs)
        response.headers.setdefault("Content-Language", asked)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            asked,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
        return response

    return shown


def show(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page with its places above and below, and where it is found in each language."""
    address = absolute(request.path)
    shared = {
        "nav": nav(request),
        "foot": foot(),
        "canonical": address,
        "alternates": alternates(request.path),
    }
    return render(request, f"public/{template}", {**shared, **context}, status=status)


def absolute(path: str) -> str:
    """The public address of a path, whatever host was asked."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def alternates(path: str) -> list[tuple[str, str]]:
    """The same page in every language, and for readers of any other."""
    address = absolute(path)
    spoken = [(code, f"{address}?language={code}") for code, _name in settings.LANGUAGES]
    return [*spoken, ("x-default", address)]
