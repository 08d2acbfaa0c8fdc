"""How many running contracts keep a version: apps above that keep contracts of their own count them."""

from collections.abc import Callable
from typing import Final

from bank.products.models import ProductVersion

Counter = Callable[[ProductVersion], int]

_counters: Final[dict[str, Counter]] = {}


def counts(name: str, counter: Counter) -> None:
    """Has ``counter`` asked too, once, however often it is called."""
    _counters[name] = counter


def running(version: ProductVersion) -> int:
    """The contracts that keep a version until they end."""
    return sum(counter(version) for counter in _counters.values())
