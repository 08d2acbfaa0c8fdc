"""What a balance earns or costs, day by day, in plain Python.

Amounts that accrue are minor units of the account's currency with ``SCALE`` decimals; only what is
posted is whole. A day's part of the year is what the day adds to the day count's fraction since the
period began, so the days of a period always sum to the fraction of the period: by 30/360 the last
days of a month may count for none or for three. The set-based SQL of the close does the same sums.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import Final

from bank.kernel import currencies, daycount
from bank.kernel.money import Money
from bank.kernel.rounding import Rounding, round_ratio
from bank.products.rules import BalanceBasis, Frequency, InterestTerms, TierMethod, yearly_interest

SCALE: Final = 10
"""Decimals of a minor unit to which an accrued amount is kept; a day is rounded there, half up."""

NOTHING: Final = Decimal(0)
_BOUND: Final = 10**18
_ONE_DAY: Final = timedelta(days=1)
_MONTHS: Final = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}


@dataclass(frozen=True, slots=True)
class Terms:
    """How an account's balance earns and costs, in which currency, and how often that is booked and paid."""

    earning: InterestTerms
    currency: str
    accrual: str = Frequency.DAILY
    capitalisation: str = Frequency.MONTHLY


@dataclass(frozen=True, slots=True)
class Accrued:
    """Exact sums in minor units: what was earned, and what an overdraft costs; both zero or more."""

    credit: Decimal
    debit: Decimal

    @property
    def credit_minor(self) -> int:
        return whole(self.credit)

    @property
    def debit_minor(self) -> int:
        return whole(self.debit)


@dataclass(frozen=True, slots=True)
class Segment:
    """Balances above ``above`` up to and including ``upto`` (minor units) earn, a year,
    balance times ``slope`` plus ``intercept``.
    """

    above: int
    upto: int
    slope: Decimal
    intercept: Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row that are all the same part of the year, for every account looked at."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Payment:
    """What the end of a period books on an account, in minor units: interest, the tax on it, and what is
    charged of an overdraft's cost. ``net`` where the account may not be debited: tax is taken before.
    """

    gross: int
    tax: int
    charged: int
    net: bool


def payment(*, gross: int, due: int, available: int | None, rate_pct: Decimal, may_not_pay: bool) -> Payment:
    """What an account is paid, taxed at ``rate_pct`` per cent (half to even) and charged, of a cost that is
    ``due``: as far as what is ``available`` on it goes with the interest, all of it where nothing limits it.
    """
    tax = round_ratio(Rounding.HALF_EVEN, *(gross * Fraction(rate_pct) / 100).as_integer_ratio())
    room = due if available is None else max(available + gross - tax, 0)
    return Payment(gross, tax, 0 if may_not_pay else min(due, room), may_not_pay)


def whole(amount: Decimal) -> int:
    """An accrued amount in whole minor units, half to even: what is posted of it."""
    return round_ratio(Rounding.HALF_EVEN, *amount.as_integer_ratio())


@lru_cache(maxsize=100_000)
def _fraction_to(day_count: str, since: date, end: date) -> Fraction:
    return daycount.fraction(day_count, since, end)


def fraction(day_count: str, since: date, day: date) -> Fraction:
    """The part of a year from ``since`` to the end of ``day``, exact."""
    return _fraction_to(day_count, since, day + _ONE_DAY)


@lru_cache(maxsize=100_000)
def day_fraction(day_count: str, since: date, day: date) -> Fraction:
    """What ``day`` adds to the fraction of the period that began on ``since``; never below zero."""
    return fraction(day_count, since, day) - _fraction_to(day_count, since, day)


def yearly(terms: Terms, balance: int) -> Fraction:
    """A year's interest on a balance above zero by its tiers, exact, all in minor units."""
    if balance <= 0 or not terms.earning.tiers:
        return Fraction(0)
    shift = 10 ** currencies.exponent(terms.currency)
    return yearly_interest(terms.earning, Money.from_minor(balance, terms.currency).amount) * shift


def yearly_cost(terms: Terms, balance: int) -> Fraction:
    """A year's interest on what is overdrawn, zero or more, exact, all in minor units."""
    return max(-balance, 0) * Fraction(terms.earning.debit_rate_pct) / 100


def accrue(terms: Terms, since: date, balances: Sequence[int]) -> Accrued:
    """What the closing balances of the days from ``since`` on earn and cost.

    ``DAILY`` sums what each day earns. ``MINIMUM`` and ``AVERAGE`` take one balance for all days (no
    day counts for less than zero; the average is rounded half to even to the minor unit). An
    overdraft costs by the day whatever the basis.
    """
    if not balances:
        return Accrued(NOTHING, NOTHING)
    debit = _by_day(terms, since, balances, yearly_cost)
    if terms.earning.basis == BalanceBasis.DAILY:
        return Accrued(_by_day(terms, since, balances, yearly), debit)
    last = since + (len(balances) - 1) * _ONE_DAY
    part = fraction(terms.earning.day_count, since, last)
    return Accrued(scaled(yearly(terms, basis_balance(terms.earning.basis, balances)) * part), debit)


def _by_day(
    terms: Terms, since: date, balances: Sequence[int], price: Callable[[Terms, int], Fraction]
) -> Decimal:
    """The sum of what each day comes to at a yearly price of its balance."""
    prices = {balance: price(terms, balance) for balance in set(balances)}
    parts = (
        scaled(prices[balance] * day_fraction(terms.earning.day_count, since, since + n * _ONE_DAY))
        for n, balance in enumerate(balances)
        if prices[balance]
    )
    return sum(parts, NOTHING)


def basis_balance(basis: str, balances: Sequence[int]) -> int:
    """The one balance of a period that earns for all its days."""
    counted = [max(balance, 0) for balance in balances]
    if basis == BalanceBasis.MINIMUM:
        return min(counted)
    return round_ratio(Rounding.HALF_EVEN, sum(counted), len(counted))


def scaled(amount: Fraction) -> Decimal:
    """An exact amount at ``SCALE`` decimals, half up."""
    units = round_ratio(Rounding.HALF_UP, amount.numerator * 10**SCALE, amount.denominator)
    return Decimal(units).scaleb(-SCALE)


def segments(terms: Terms) -> list[Segment]:
    """The tiers as straight lines over whole minor units, the form the SQL takes them in."""
    if not terms.earning.tiers:
        return [Segment(-_BOUND, _BOUND, NOTHING, NOTHING)]
    lines = [Segment(-_BOUND, 0, NOTHING, NOTHING)]
    shift, earlier, below = Decimal(10) ** currencies.exponent(terms.currency), NOTHING, NOTHING
    tiers = terms.earning.tiers
    for tier, following in zip(tiers, [*tiers[1:], None], strict=True):
        start, slope = tier.from_balance * shift, tier.annual_rate_pct / 100
        upto = min(int(following.from_balance * shift), _BOUND) if following else _BOUND
        if terms.earning.method == TierMethod.MARGINAL:
            below += start * (earlier - slope)
            earlier = slope
        lines.append(Segment(int(start), upto, slope, below))
    return lines


def spans(periods: Sequence[tuple[str, date]], first: date, last: date) -> list[Span]:
    """The days from ``first`` to ``last`` in runs over which no (day count, since) changes its day's part."""

    def parts(day: date) -> tuple[Fraction, ...]:
        return tuple(day_fraction(day_count, since, day) for day_count, since in periods)

    runs = (list(run) for _, run in groupby(days_between(first, last), parts))
    return [Span(run[0], run[-1]) for run in runs]


def days_between(first: date, last: date) -> Iterator[date]:
    """The days from ``first`` to ``last``, both included."""
    return (first + n * _ONE_DAY for n in range((last - first).days + 1))


def is_month_end(day: date) -> bool:
    return (day + _ONE_DAY).day == 1


def month_end(days: Sequence[date]) -> date | None:
    """The last of the days that ends a month, if one does."""
    return max(filter(is_month_end, days), default=None)


def is_due(frequency: str, last: date) -> bool:
    """Whether a period of this frequency ends with ``last``; a daily one always does."""
    if frequency == Frequency.DAILY:
        return True
    return is_month_end(last) and last.month % _MONTHS[Frequency(frequency)] == 0
