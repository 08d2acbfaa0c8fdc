"""Decisions about signatures in plain Python: how many, how long, in which states."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from bank.kernel.money import Money
from bank.signing.errors import RuleUnusable

LIFETIME: Final = timedelta(hours=72)
"""How long an act waits for its signatures before it is given up."""

MOST_SIGNATURES: Final = 5
MOST_AT_ONCE: Final = 50
REASON_LETTERS: Final = 300

DEFAULT_STEPS: Final = {
    "KES": (10_000_000, 100_000_000),
    "USD": (75_000, 750_000),
    "EUR": (70_000, 700_000),
    "GBP": (60_000, 600_000),
    "INR": (6_000_000, 60_000_000),
    "JPY": (11_000_000, 110_000_000),
    "KWD": (23_000, 230_000),
}
"""Above the first amount two sign, above the second three, where a company has no rule of its own."""


class State(StrEnum):
    WAITING = "WAITING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Step:
    """Amounts above ``above`` need ``signatures``."""

    above: Decimal
    signatures: int


def needed(steps: Iterable[Step], amount: Money) -> int:
    """How many signatures an amount needs: those of the highest step below it, else one."""
    reached = [step for step in steps if amount.amount > step.above]
    return max(reached, key=lambda step: step.above).signatures if reached else 1


def check_steps(steps: list[Step]) -> None:
    """Raises ``RuleUnusable`` unless amounts rise and signatures with them, from two to five."""
    if any(step.above < 0 or not 1 <= step.signatures <= MOST_SIGNATURES for step in steps):
        raise RuleUnusable(problem=f"A rule asks for one to {MOST_SIGNATURES} signatures above an amount.")
    ordered = sorted(steps, key=lambda step: step.above)
    pairs = list(pairwise(ordered))
    if any(low.above == high.above or low.signatures > high.signatures for low, high in pairs):
        raise RuleUnusable(problem="A higher amount cannot need fewer signatures than a lower one.")


def reason(text: str) -> str:
    """Why something is rejected: one line, never empty. Raises ``RuleUnusable``."""
    words = " ".join(text.split())
    if not words or len(words) > REASON_LETTERS or not words.isprintable():
        raise RuleUnusable(problem=f"Say why, in one line of at most {REASON_LETTERS} letters.")
    return words
