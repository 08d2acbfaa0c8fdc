"""What a sweep moves at the close of a day. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bank.kernel.money import Money
from bank.liquidity.errors import SweepUnusable, WrongSweepStatus


class SweepKind(StrEnum):
    """ZERO and TARGET bring the account to a balance from either side; THRESHOLD only takes away."""

    ZERO = "ZERO"
    TARGET = "TARGET"
    THRESHOLD = "THRESHOLD"


class SweepStatus(StrEnum):
    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"
    REJECTED = "REJECTED"


class SweepOutcome(StrEnum):
    """PART: there was not enough to reach the balance. NOTHING: there was nothing to move."""

    MOVED = "MOVED"
    PART = "PART"
    NOTHING = "NOTHING"
    PAUSED = "PAUSED"
    REFUSED = "REFUSED"


NEXT: Final = {
    SweepStatus.WAITING: {SweepStatus.ACTIVE, SweepStatus.REJECTED, SweepStatus.ENDED},
    SweepStatus.ACTIVE: {SweepStatus.PAUSED, SweepStatus.ENDED},
    SweepStatus.PAUSED: {SweepStatus.ACTIVE, SweepStatus.ENDED},
    SweepStatus.ENDED: set[SweepStatus](),
    SweepStatus.REJECTED: set[SweepStatus](),
}
ALIVE: Final = (SweepStatus.WAITING, SweepStatus.ACTIVE, SweepStatus.PAUSED)
RUNNING: Final = (SweepStatus.ACTIVE, SweepStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Move:
    """``amount`` above zero goes from the pool to the account, below zero the other way, zero nowhere."""

    amount: Money
    outcome: SweepOutcome
    sentence: str = ""


def check_terms(kind: SweepKind, target: Money, threshold: Money) -> None:
    """Raises ``SweepUnusable`` for balances that make no sense together."""
    if target.is_negative or threshold.is_negative:
        raise SweepUnusable(problem="A balance to keep is not below zero.")
    if kind == SweepKind.ZERO and not (target.is_zero and threshold.is_zero):
        raise SweepUnusable(problem="A sweep to zero keeps nothing. Choose a target balance instead.")
    if kind == SweepKind.TARGET and not target.is_positive:
        raise SweepUnusable(problem="Give the balance the account is to have.")
    if kind == SweepKind.THRESHOLD and threshold <= target:
        raise SweepUnusable(problem="The threshold must be above the balance that stays.")


def check_loop(pools: Mapping[str, str], account: str, pool: str) -> None:
    """``pools`` says where each account is swept to. Raises ``SweepUnusable`` where money would go round."""
    here: str | None = pool
    while here is not None:
        if here == account:
            raise SweepUnusable(problem="The money would go round in a circle. Choose another account.")
        here = pools.get(here)


def check_step(now: str, then: SweepStatus) -> None:
    """Raises ``WrongSweepStatus``."""
    if then not in NEXT[SweepStatus(now)]:
        raise WrongSweepStatus(status=now.lower(), wanted=then.lower())


def move(kind: SweepKind, *, free: Money, pool_free: Money, target: Money, threshold: Money) -> Move:
    """What is moved where so much is free (booked less held) on the account and the pool. What a pool does
    not have is not lent: overdraft limits are not drawn on."""
    nothing = Money.zero(free.currency)
    if kind == SweepKind.THRESHOLD and free <= threshold:
        return Move(nothing, SweepOutcome.NOTHING, "The balance was not above the threshold.")
    missing = target - free
    if missing.is_zero:
        return Move(nothing, SweepOutcome.NOTHING, "The account was at its balance.")
    if missing.is_negative:
        return Move(missing, SweepOutcome.MOVED)
    given = min(missing, max(pool_free, nothing))
    if given == missing:
        return Move(given, SweepOutcome.MOVED)
    if given.is_zero:
        return Move(nothing, SweepOutcome.NOTHING, "The other account had nothing to give.")
    return Move(given, SweepOutcome.PART, "The other account had not enough to reach the balance.")
