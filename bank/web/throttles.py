"""Limits on what is costly, per user or address (counted by ``bank.runtime.windows``)."""

from typing import ClassVar

from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from bank.runtime.windows import Window


class PerUser(BaseThrottle):
    """At most ``limit`` requests of one user in each window of ``window_s`` seconds."""

    scope: ClassVar[str]
    limit: ClassVar[int]
    window_s: ClassVar[int] = 60

    def allow_request(self, request: Request, view: APIView) -> bool:
        self._window = Window(self.scope, request.user.pk, self.window_s)
        return self._window.count() <= self.limit

    def wait(self) -> float:
        """Seconds until asking again helps; known once a request was counted."""
        return self._window.left()


def check(throttle: PerUser, request: Request, view: APIView) -> None:
    """Counts the request. Raises DRF's ``Throttled`` (429) above the limit."""
    if not throttle.allow_request(request, view):
        raise Throttled(wait=throttle.wait())


class Documents(PerUser):
    """Statements asked for or fetched, in the portals and by programs together: each takes seconds of a
    worker."""

    scope = "statements"
    limit = 30


class CodesSent(PerUser):
    """Every call of an act without its authorisation sends a code."""

    scope = "codes"
    limit = 20
