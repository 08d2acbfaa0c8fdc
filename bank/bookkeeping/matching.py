"""Which items of a statement and of our book belong together: suggestions with a score and its reasons.

Plain Python. Items that belong together sum to zero: what their statement credits is above zero, our
debit below. A suggestion is only that; a person matches.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final

from bank.bookkeeping.rules import ItemSide

LEAST_SCORE: Final = 50
MOST_DAYS: Final = 10
"""Further apart than this, only a shared reference speaks for a pair."""
MOST_LOOKED_AT: Final = 1_000
"""Of the newest open items; older ones are matched by hand."""
_IN_A_GROUP: Final = 4
_CANDIDATES: Final = 12
_SHORTEST_REFERENCE: Final = 5
_MARKS: Final = re.compile(r"[^A-Z0-9]")


@dataclass(frozen=True, slots=True)
class Item:
    """An open item: ``amount`` is what is still open of it."""

    pk: int
    side: ItemSide
    booking_date: date
    value_date: date
    amount: Decimal
    reference: str
    narrative: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Items that cancel out, how sure that is (0 to 100), and why."""

    items: tuple[int, ...]
    score: int
    why: str


def suggest(items: Sequence[Item], *, most: int = 50) -> list[Suggestion]:
    """The best suggestions first, no item in two of them.

    One to one where amounts cancel out, by reference and date; then one to several: those that share
    the one's reference, or up to four of the nearest days whose sum is exact.
    """
    found = [*_pairs(items), *_groups(items)]
    taken: set[int] = set()
    best: list[Suggestion] = []
    for one in sorted(found, key=lambda one: (-one.score, len(one.items), one.items)):
        if taken.isdisjoint(one.items) and len(best) < most:
            best.append(one)
            taken.update(one.items)
    return best


def _pairs(items: Sequence[Item]) -> Iterator[Suggestion]:
    by_amount: dict[Decimal, list[Item]] = {}
    for item in items:
        by_amount.setdefault(item.amount, []).append(item)
    for item in items:
        if item.amount > 0:
            for other in by_amount.get(-item.amount, ())[:_CANDIDATES]:
                yield from _rated((item, other))


def _groups(items: Sequence[Item]) -> Iterator[Suggestion]:
    """One item against several of the other sign."""
    for one in items:
        others = [two for two in items if two.amount * one.amount < 0 and abs(two.amount) < abs(one.amount)]
        same = [two for two in others if shared_reference(one, two)]
        if len(same) > 1 and sum(two.amount for two in same) == -one.amount:
            yield from _rated((one, *same))
            continue
        near = sorted(others, key=lambda two: (_apart(one, two), two.pk))[:_CANDIDATES]
        near = [two for two in near if _apart(one, two) <= MOST_DAYS]
        for size in range(2, _IN_A_GROUP + 1):
            exact = next((some for some in combinations(near, size) if _cancel(one, some)), None)
            if exact:
                yield from _rated((one, *exact))
                break


def _cancel(one: Item, others: Iterable[Item]) -> bool:
    return sum((two.amount for two in others), one.amount) == 0


def _rated(items: Sequence[Item]) -> Iterator[Suggestion]:
    """The suggestion, if it is worth showing: 50 for the amount (40 for a sum), up to 30 for the
    reference, up to 20 for the date."""
    one, others = items[0], items[1:]
    shared = sum(bool(shared_reference(one, two)) for two in others)
    apart = max(_apart(one, two) for two in others)
    if not shared and apart > MOST_DAYS:
        return
    points = (50 if len(others) == 1 else 40) + 30 * shared // len(others) + max(0, 20 - 4 * apart)
    if points >= LEAST_SCORE:
        yield Suggestion(tuple(item.pk for item in items), points, _reasons(one, others, apart))


def _reasons(one: Item, others: Sequence[Item], apart: int) -> str:
    said = ["Equal amounts" if len(others) == 1 else f"{len(others)} items sum to the amount"]
    shared = sorted({ref for two in others if (ref := shared_reference(one, two))})
    if shared:
        said.append(f"same reference {shared[0][:40]}")
    said.append("same day" if apart == 0 else f"{apart} days apart")
    return ", ".join(said)


def _apart(one: Item, two: Item) -> int:
    return min(abs((one.value_date - two.value_date).days), abs((one.booking_date - two.booking_date).days))


def shared_reference(one: Item, two: Item) -> str:
    """The reference of either that the other mentions, or none. Blanks, hyphens and case do not count."""
    for left, right in ((one, two), (two, one)):
        reference = _squeezed(left.reference)
        if len(reference) >= _SHORTEST_REFERENCE and reference in _squeezed(
            f"{right.reference} {right.narrative}"
        ):
            return left.reference
    return ""


def _squeezed(text: str) -> str:
    return _MARKS.sub("", text.upper())
