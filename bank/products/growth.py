"""How money put aside grows by the terms it was put aside under, less the tax the bank withholds.

One rule for the bank's own interest and for the calculators that foretell it: interest is counted
by the product's day count and rounded once, half to even, when it is paid; withholding tax is taken
from the interest paid.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bank.kernel import calendars, daycount
from bank.kernel.money import Money, rounded
from bank.products.rules import InterestTerms, interest, percent_of

COUNTRY: Final = "KE"
"""Whose business days move a maturity."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where the money stands on a day: all that was paid in, all interest so far, all tax on it."""

    day: date
    paid_in: Money
    interest: Money
    tax: Money

    @property
    def net_interest(self) -> Money:
        return self.interest - self.tax

    @property
    def value(self) -> Money:
        return self.paid_in + self.net_interest


def savings(
    terms: InterestTerms, *, opening: Money, monthly: Money, start: date, months: int, tax_pct: Decimal
) -> list[Point]:
    """A savings account month by month: ``monthly`` is paid in at the end of each month but the last.

    Interest accrues daily on the balance and is capitalised monthly, less tax.
    """
    days = _month_days(start, months)
    here = Point(start, opening, Money.zero(opening.currency), Money.zero(opening.currency))
    points = [here]
    for number, day in enumerate(days[1:], 1):
        earned = rounded(interest(terms, here.value, here.day, day), opening.currency)
        more = monthly if number < months else Money.zero(opening.currency)
        tax = here.tax + percent_of(tax_pct, earned)
        here = Point(day, here.paid_in + more, here.interest + earned, tax)
        points.append(here)
    return points


def fixed_deposit(
    *,
    principal: Money,
    annual_rate_pct: Decimal,
    day_count: str,
    start: date,
    months: int,
    tax_pct: Decimal,
    maturity: date | None = None,
) -> list[Point]:
    """A sum left for a term, with simple interest paid at maturity; the last point is what is paid out.

    The points between show what has accrued, rounded for the eye alone. ``maturity`` is the last
    day where it was moved to a business day.
    """
    paid = [(start, principal)]
    days = _month_days(start, months, maturity)
    return list(_simple(paid, annual_rate_pct, day_count, days, tax_pct))


def recurring_deposit(
    *,
    instalment: Money,
    annual_rate_pct: Decimal,
    day_count: str,
    start: date,
    months: int,
    tax_pct: Decimal,
    maturity: date | None = None,
) -> list[Point]:
    """The same sum each month, the first at once: each earns simple interest until the common maturity."""
    days = _month_days(start, months, maturity)
    paid = [(day, instalment) for day in days[:-1]]
    return list(_simple(paid, annual_rate_pct, day_count, days, tax_pct))


def months_after(start: date, months: int) -> date:
    """The same day of the month ``months`` later, or its last day where the month is shorter."""
    return daycount.add_months(start, months)


def maturity_date(start: date, months: int, convention: str) -> date:
    """When a deposit's term ends: the same day ``months`` later, moved to a business day of the bank's
    country by ``convention`` (2006 ISDA Definitions, section 4.12).
    """
    return calendars.calendar(COUNTRY).adjust(months_after(start, months), convention)


def simple_interest(
    paid: Iterable[tuple[date, Money]], *, annual_rate_pct: Decimal, day_count: str, until: date
) -> Money:
    """What sums paid in on their days have earned by ``until``, rounded once; those of later days nothing."""
    there = [(since, sum_) for since, sum_ in paid if since <= until]
    weighted = sum(
        (Fraction(sum_.amount) * daycount.fraction(day_count, since, until) for since, sum_ in there),
        Fraction(0),
    )
    return rounded(weighted * Fraction(annual_rate_pct) / 100, there[0][1].currency)


def _month_days(start: date, months: int, last: date | None = None) -> list[date]:
    days = [months_after(start, number) for number in range(months + 1)]
    return days if last is None else [*days[:-1], last]


def _simple(
    paid: list[tuple[date, Money]],
    annual_rate_pct: Decimal,
    day_count: str,
    days: list[date],
    tax_pct: Decimal,
) -> Iterator[Point]:
    """Points of deposits that earn simple interest from the day each was paid in."""
    currency = paid[0][1].currency
    for day in days:
        earned = simple_interest(paid, annual_rate_pct=annual_rate_pct, day_count=day_count, until=day)
        total = sum((sum_ for since, sum_ in paid if since <= day), Money.zero(currency))
        yield Point(day, total, earned, percent_of(tax_pct, earned))
