"""How often something was done lately, counted in the cache that all workers and machines share.

Counters are incremented atomically, so parallel requests cannot slip past them together. A window opens with
the first time, not with the minute or the hour: nobody gets twice as often by asking around the full hour.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.cache import cache

from bank.kernel import clock

_LEEWAY_S: Final = 1
"""A counter outlives its window by this: whoever is about to count finds it."""


@dataclass(frozen=True, slots=True)
class Window:
    """What is counted, for whom, and for how many seconds from the first time on."""

    what: str
    subject: object
    seconds: int

    def count(self) -> int:
        """Counts once more; how often it was done in this window, this time included."""
        key = self._counter(self._opened())
        if cache.add(key, 1, self.seconds + _LEEWAY_S):
            return 1
        try:
            return int(cache.incr(key))
        except ValueError:  # the window ended in between
            return 1

    def counted(self) -> int:
        """How often it was done in this window, without counting this time."""
        opened = cache.get(self._name)
        return int(cache.get(self._counter(opened), 0)) if self._is_open(opened) else 0

    def left(self) -> int:
        """Whole seconds until the window ends, at least one: what a header Retry-After says."""
        return max(1, math.ceil((self._ends(self._opened()) - clock.now()).total_seconds()))

    def _opened(self) -> datetime:
        """When the window opened: now, when none is open."""
        now = clock.now()
        opened: datetime = cache.get_or_set(self._name, now, self.seconds) or now
        if not self._is_open(opened):  # and the cache has not let go of it yet
            opened = now
            cache.set(self._name, now, self.seconds)
        return opened

    def _is_open(self, opened: datetime | None) -> bool:
        return opened is not None and clock.now() < self._ends(opened)

    def _ends(self, opened: datetime) -> datetime:
        return opened + timedelta(seconds=self.seconds)

    @property
    def _name(self) -> str:
        return f"window:{self.what}:{self.subject}"

    def _counter(self, opened: datetime) -> str:
        return f"{self._name}:{opened.timestamp()}"
