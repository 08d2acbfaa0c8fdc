"""Limits per user on what is costly, counted in the cache that all workers and machines share.

The counter is incremented atomically, so parallel requests cannot slip past it together.
"""

from typing import ClassVar

from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from bank.kernel import clock


class PerUser(BaseThrottle):
    """At most ``limit`` requests of one user in each window of ``window_s`` seconds."""

    scope: ClassVar[str]
    limit: ClassVar[int]
    window_s: ClassVar[int] = 60

    def allow_request(self, request: Request, view: APIView) -> bool:
        window = int(clock.now().timestamp()) // self.window_s
        key = f"rate:{self.scope}:{request.user.pk}:{window}"
        if cache.add(key, 1, self.window_s + 1):
            return True
        return int(cache.incr(key)) <= self.limit

    def wait(self) -> float:
        return self.window_s - clock.now().timestamp() % self.window_s


def check(throttle: PerUser, request: Request, view: APIView) -> None:
    """Counts the request. Raises DRF's ``Throttled`` (429) above the limit."""
    if not throttle.allow_request(request, view):
        raise Throttled(wait=throttle.wait())
