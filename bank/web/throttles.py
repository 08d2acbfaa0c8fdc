"""Limits on what is costly, per user or address, counted in the cache that all workers and machines share.

The counter is incremented atomically, so parallel requests cannot slip past it together.
"""

from typing import ClassVar

from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from bank.kernel import clock


def count(what: str, subject: object, window_s: int) -> int:
    """How often ``subject`` did it in this window, this time included."""
    window = int(clock.now().timestamp()) // window_s
    key = f"rate:{what}:{subject}:{window}"
    if cache.add(key, 1, window_s + 1):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the window ended in between
        return 1


class PerUser(BaseThrottle):
    """At most ``limit`` requests of one user in each window of ``window_s`` seconds."""

    scope: ClassVar[str]
    limit: ClassVar[int]
    window_s: ClassVar[int] = 60

    def allow_request(self, request: Request, view: APIView) -> bool:
        return count(self.scope, request.user.pk, self.window_s) <= self.limit

    def wait(self) -> float:
        return self.window_s - clock.now().timestamp() % self.window_s


def check(throttle: PerUser, request: Request, view: APIView) -> None:
    """Counts the request. Raises DRF's ``Throttled`` (429) above the limit."""
    if not throttle.allow_request(request, view):
        raise Throttled(wait=throttle.wait())


class CodesSent(PerUser):
    """Every call of an act without its authorisation sends a code."""

    scope = "codes"
    limit = 20
