"""A sign of life that beat asks for and a worker gives: proof that scheduled work is being done."""

from datetime import datetime

from django.core.cache import cache

from bank.kernel import clock

_KEY = "runtime:heartbeat"


def beat() -> None:
    """Records that a worker is at work."""
    cache.set(_KEY, clock.now().isoformat(), timeout=24 * 3600)


def last() -> datetime | None:
    """When a worker last gave a sign of life."""
    text = cache.get(_KEY)
    return datetime.fromisoformat(text) if text else None
