"""Cash by day and by week: what is known, what is usual, and how far the usual missed. Plain Python.

A week here is seven days from the day asked on, so no week is half over. Its place in the month, from
the first to the fifth, is read off its fourth day: wages and rent come at the same place every month.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.kernel.money import Money, rounded

HORIZON: Final = 13
"""Weeks that are foreseen."""
DAYS: Final = 14
YEAR: Final = 52
LEAST_WEEKS: Final = 26
"""Of history, before anything is said of what is usual."""
LEAST_TRAINING: Final = 13
LEAST_ERRORS: Final = 8
"""Past forecasts of the same reach, before a range is drawn."""
LOW, HIGH = Decimal("0.1"), Decimal("0.9")
_WEEK: Final = timedelta(days=7)
_ZERO: Final = Decimal(0)


class Source(StrEnum):
    """Where a commitment is known from."""

    INVOICE = "INVOICE"
    BILL = "BILL"
    EXPENSE = "EXPENSE"
    PAYROLL = "PAYROLL"
    PAYROLL_TAX = "PAYROLL_TAX"
    STANDING = "STANDING"
    PAYMENT = "PAYMENT"
    FILE = "FILE"
    DEPOSIT = "DEPOSIT"


class By(StrEnum):
    DAY = "DAY"
    WEEK = "WEEK"


@dataclass(frozen=True, slots=True)
class Commitment:
    """Money known to come (above zero) or go (below) on a day; ``is_late`` where the day was before."""

    day: date
    money: Money
    source: Source
    title: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder: from its first to its last day, what comes, what goes, what is there then."""

    first: date
    last: date
    money_in: Decimal
    money_out: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the past: ``money_out`` is below zero or zero."""

    first: date
    money_in: Decimal
    money_out: Decimal

    @property
    def place(self) -> int:
        return place_of(self.first)

    @property
    def net(self) -> Decimal:
        return self.money_in + self.money_out


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A week to come: of what is known and what is usual the larger counts, each way.

    ``balance`` stands at its end; ``low`` and ``high`` are None where too few past forecasts reached as far.
    """

    first: date
    known_in: Decimal
    known_out: Decimal
    usual_in: Decimal
    usual_out: Decimal
    balance: Decimal
    low: Decimal | None
    high: Decimal | None

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    @property
    def money_in(self) -> Decimal:
        return max(self.known_in, self.usual_in)

    @property
    def money_out(self) -> Decimal:
        return min(self.known_out, self.usual_out)


@dataclass(frozen=True, slots=True)
class Trial:
    """The forecast tried on the past: the errors of each reach, and how often a range drawn of the errors
    known by then would have held."""

    errors: tuple[tuple[Decimal, ...], ...]
    held: int
    tried: int


def place_of(first: date) -> int:
    """Which week of the month, from 0 to 4."""
    return ((first + timedelta(days=3)).day - 1) // 7


def starts(today: date, by: By) -> list[date]:
    """The first days of the steps of a ladder, today's first."""
    if by == By.DAY:
        return [today + timedelta(days=n) for n in range(DAYS)]
    return [today + _WEEK * n for n in range(HORIZON)]


def end_of(today: date, by: By) -> date:
    """The last day a ladder reaches."""
    length = timedelta(days=1) if by == By.DAY else _WEEK
    return starts(today, by)[-1] + length - timedelta(days=1)


def ladder(items: Iterable[tuple[date, Decimal]], opening: Decimal, today: date, by: By) -> list[Rung]:
    """What comes and goes step by step; what is late falls into the first."""
    heads, last = starts(today, by), end_of(today, by)
    sums = [[_ZERO, _ZERO] for _ in heads]
    length = 1 if by == By.DAY else 7
    for day, amount in items:
        if day <= last:
            sums[max(0, (day - today).days) // length][amount < 0] += amount
    rungs, balance = [], opening
    for head, (money_in, money_out) in zip(heads, sums, strict=True):
        balance += money_in + money_out
        rungs.append(Rung(head, head + timedelta(days=length - 1), money_in, money_out, balance))
    return rungs


def usual(history: Sequence[Week], place: int) -> tuple[Decimal, Decimal]:
    """What usually comes and goes in the week of that place in the month: the mean of the last year's; of
    all its weeks where fewer than two had the place."""
    year = history[-YEAR:]
    alike = [week for week in year if week.place == place]
    chosen = alike if len(alike) > 1 else year
    if not chosen:
        return _ZERO, _ZERO
    count = len(chosen)
    return sum((w.money_in for w in chosen), _ZERO) / count, sum((w.money_out for w in chosen), _ZERO) / count


def tried(history: Sequence[Week]) -> Trial:
    """Forecasts the past from each of its weeks with what was known before that week: by how much what
    came was above (or below, negative) what was foreseen, added up to each reach."""
    errors: list[list[Decimal]] = [[] for _ in range(HORIZON)]
    held = counted = 0
    for origin in range(LEAST_TRAINING, len(history)):
        for reach, error in enumerate(_missed(history, origin)):
            known = errors[reach][: max(0, len(errors[reach]) - reach)]
            if len(known) >= LEAST_ERRORS:
                counted += 1
                low, high = spread(known)
                held += low <= error <= high
            errors[reach].append(error)
    return Trial(tuple(tuple(one) for one in errors), held, counted)


def _missed(history: Sequence[Week], origin: int) -> list[Decimal]:
    """The errors of one past forecast, reach by reach, as far as the history goes."""
    before = history[:origin]
    means = [sum(usual(before, place), _ZERO) for place in range(5)]
    missed, error = [], _ZERO
    for week in history[origin : origin + HORIZON]:
        error += week.net - means[week.place]
        missed.append(error)
    return missed


def quantile(values: Sequence[Decimal], share: Decimal) -> Decimal:
    """The empirical quantile, between two values in proportion (Hyndman and Fan's seventh kind)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def spread(errors: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """How far below and above a forecast its range reaches. It holds the forecast itself, also where every
    one before came out too high or too low: a line beside its own range says nothing to anybody."""
    return min(quantile(errors, LOW), _ZERO), max(quantile(errors, HIGH), _ZERO)


def foreseen(
    known: Iterable[tuple[date, Decimal]], history: Sequence[Week], opening: Money, today: date
) -> tuple[list[Foreseen], Trial | None]:
    """The weeks to come and the trial behind their ranges. With less history than ``LEAST_WEEKS`` only what
    is known counts, and there is no trial. What is usual is rounded to the currency's unit, half to even."""
    trial = tried(history) if len(history) >= LEAST_WEEKS else None
    weeks: list[Foreseen] = []
    balance, currency = opening.amount, opening.currency
    for reach, rung in enumerate(ladder(known, balance, today, By.WEEK)):
        means = usual(history, place_of(rung.first)) if trial else (_ZERO, _ZERO)
        usual_in, usual_out = (rounded(mean, currency).amount for mean in means)
        balance += max(rung.money_in, usual_in) + min(rung.money_out, usual_out)
        low, high = _range(trial, reach, Money(balance, currency))
        weeks.append(
            Foreseen(rung.first, rung.money_in, rung.money_out, usual_in, usual_out, balance, low, high)
        )
    return weeks, trial


def _range(trial: Trial | None, reach: int, balance: Money) -> tuple[Decimal | None, Decimal | None]:
    if trial is None or len(trial.errors[reach]) < LEAST_ERRORS:
        return None, None
    low, high = spread(trial.errors[reach])
    low, high = (rounded(balance.amount + error, balance.currency).amount for error in (low, high))
    return low, high
