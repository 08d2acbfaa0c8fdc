"""Pages whose acts need a second factor given minutes ago (ASVS 5.0 7.5.1)."""

from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from bank.identity import rules, sessions
from bank.identity.views import confirm_first
from bank.kernel import clock
from bank.web.views.pages import Page, customer_page


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person proved to be there within the last five minutes: by signing in, or since."""
    if sessions.is_confirmed(request):
        return True
    session = sessions.current(request)
    return session is not None and clock.now() - session.signed_in_at < rules.CONFIRMED_FOR


def fresh_page(view: Page) -> Page:
    """As ``customer_page``, and asks for a code first where the last one is old."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_fresh(request):
            return confirm_first(kwargs.get("back") or request.path)
        return view(request, *args, **kwargs)

    return customer_page(guarded)
