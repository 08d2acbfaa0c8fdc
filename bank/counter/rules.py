"""Decisions of the counter in plain Python: what a move is, what notes there are, what a drawer may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bank.counter.errors import (
    CashDayExceeded,
    CashUnusable,
    DifferenceUnexplained,
    DrawerFull,
    DrawerShort,
    IdentityNotShown,
    OtherHolderMissing,
    OutsideDrawerLimits,
)
from bank.kernel.money import Money

NOTES: Final = (1000, 500, 200, 100, 50)
"""Kenya's banknotes in shillings, the largest first; what is below them are coins, counted as one sum."""
MOST_NOTES: Final = 100_000
REASON_LETTERS: Final = 200
DIGITS_SHOWN: Final = 4
BRANCH_DIGITS: Final = 3


class Move(StrEnum):
    """Why cash came into a drawer or left it."""

    FROM_VAULT = "FROM_VAULT"
    TO_VAULT = "TO_VAULT"
    DEPOSIT = "DEPOSIT"
    WITHDRAWAL = "WITHDRAWAL"


INTO_DRAWER: Final = frozenset({Move.FROM_VAULT, Move.DEPOSIT})
OF_CUSTOMERS: Final = (Move.DEPOSIT, Move.WITHDRAWAL)


class Paper(StrEnum):
    """By what somebody who takes cash out shows who they are."""

    NATIONAL_ID = "NATIONAL_ID"
    PASSPORT = "PASSPORT"
    ALIEN_CARD = "ALIEN_CARD"
    MILITARY_ID = "MILITARY_ID"


class Bound(StrEnum):
    """The counter's figures that two of the staff may change, in the base currency.

    What a drawer is opened with at least, what it holds at most, what a customer takes out in a day, and up
    to which difference a teller closes alone.
    """

    DRAWER_MINIMUM = "DRAWER_MINIMUM"
    DRAWER_MAXIMUM = "DRAWER_MAXIMUM"
    CUSTOMER_DAY = "CUSTOMER_DAY"
    DIFFERENCE_ALONE = "DIFFERENCE_ALONE"


@dataclass(frozen=True, slots=True)
class Count:
    """A drawer counted: how many of each note, the coins as a sum, and all of it together."""

    notes: Mapping[int, int]
    coins: Money

    @property
    def total(self) -> Money:
        whole = sum(note * number for note, number in self.notes.items())
        return Money.of(whole, self.coins.currency) + self.coins


def check_count(count: Count) -> None:
    """Raises ``CashUnusable`` for notes there are none of, or numbers nobody counts."""
    known = set(count.notes) <= set(NOTES)
    if not known or not all(0 <= number <= MOST_NOTES for number in count.notes.values()):
        raise CashUnusable(problem="Count the notes of each kind, from none up to a hundred thousand.")
    if count.coins.is_negative:
        raise CashUnusable(problem="The coins are a sum of zero or more.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A document somebody showed: its kind, and the last letters of its number."""

    paper: str = ""
    ending: str = ""

    @property
    def is_noted(self) -> bool:
        ending = len(self.ending) == DIGITS_SHOWN and self.ending.isascii() and self.ending.isalnum()
        return self.paper in set(Paper) and ending


def require_shown(shown: Shown, other: Shown, *, both: bool) -> None:
    """Raises ``IdentityNotShown``, or ``OtherHolderMissing`` where ``both`` holders must have shown one."""
    if not shown.is_noted:
        raise IdentityNotShown
    if both and (not other.is_noted or other == shown):
        raise OtherHolderMissing


def require_float(amount: Money, minimum: Money, maximum: Money) -> None:
    """Raises ``OutsideDrawerLimits`` for what no drawer is opened with."""
    if not minimum <= amount <= maximum:
        raise OutsideDrawerLimits(minimum=minimum, maximum=maximum)


def after(move: Move, held: Money, amount: Money, maximum: Money) -> Money:
    """What the drawer holds then. Raises ``DrawerFull`` above ``maximum``, ``DrawerShort`` below nothing."""
    if move in INTO_DRAWER:
        if held + amount > maximum:
            raise DrawerFull(maximum=maximum, would=held + amount)
        return held + amount
    if amount > held:
        raise DrawerShort(held=held)
    return held - amount


def require_in_day(amount: Money, taken: Money, maximum: Money) -> None:
    """Raises ``CashDayExceeded`` where a customer would have more than ``maximum`` in cash on a day."""
    if taken + amount > maximum:
        raise CashDayExceeded(maximum=maximum, left=max(maximum - taken, Money.zero(maximum.currency)))


def explained(difference: Money, reason: str) -> str:
    """The reason in one line; needed where there is a difference. Raises ``DifferenceUnexplained``."""
    words = " ".join(reason.split())
    if len(words) > REASON_LETTERS or (words and not words.isprintable()):
        raise CashUnusable(problem=f"A reason has at most {REASON_LETTERS} letters.")
    if not difference.is_zero and not words:
        raise DifferenceUnexplained(difference=difference)
    return words
