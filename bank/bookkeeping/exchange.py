"""Exact cross rates out of quotes. Plain Python, fractions throughout; rounding is the caller's.

A quote says what one unit of ``base`` is worth in ``quote``. Where two currencies are not quoted
against each other, the shortest way over others is taken (USD to KES over EUR, say).
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Quote:
    """One unit of ``base`` is worth ``rate`` of ``quote``."""

    base: str
    quote: str
    rate: Decimal
    day: date


Graph = Mapping[str, Mapping[str, Fraction]]


def graph(quotes: Iterable[Quote]) -> Graph:
    """What each currency is worth in others, both ways; of two quotes of a pair the first counts."""
    worth: dict[str, dict[str, Fraction]] = {}
    for one in quotes:
        rate = Fraction(one.rate)
        worth.setdefault(one.base, {}).setdefault(one.quote, rate)
        worth.setdefault(one.quote, {}).setdefault(one.base, 1 / rate)
    return worth


def cross(worth: Graph, source: str, target: str) -> Fraction | None:
    """What one unit of ``source`` is worth in ``target``, over as few quotes as there can be, or None."""
    seen, waiting = {source}, deque([(source, Fraction(1))])
    while waiting:
        here, so_far = waiting.popleft()
        if here == target:
            return so_far
        for there, rate in sorted(worth.get(here, {}).items()):
            if there not in seen:
                seen.add(there)
                waiting.append((there, so_far * rate))
    return None


def rates_into(worth: Graph, target: str, sources: Iterable[str]) -> dict[str, Fraction]:
    """What one unit of each of ``sources`` is worth in ``target``; those without a way are left out."""
    found = {source: cross(worth, source, target) for source in set(sources)}
    return {source: rate for source, rate in found.items() if rate is not None}
