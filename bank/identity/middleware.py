"""Watches every signed-in session; stands after django-otp's middleware."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from bank.identity import selectors, sessions
from bank.identity.rules import Ended
from bank.kernel import clock


class SessionWatch:
    """Turns a request into a stranger's where its session is over.

    Over means: idle or open for too long, ended from elsewhere, the user switched off (Django
    sees to that, and to a changed password), or signed in by any way round the second factor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._watch(request)
        return self.get_response(request)

    def _watch(self, request: HttpRequest) -> None:
        session, now = sessions.current(request), clock.now()
        reason = sessions.over(session, now)
        if reason is None and not selectors.is_fully_signed_in(request):
            reason = Ended.REVOKED
        if reason is not None:
            sessions.end(request, reason)
        elif session is not None:
            if request.path != reverse("identity:session_left"):
                sessions.touch(session, now)
            request.session_end = sessions.ends_at(session)  # type: ignore[attr-defined]
