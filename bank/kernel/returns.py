"""Yearly rates of flows of money: XIRR, and the annual percentage rates of US and EU consumer law.

Rates are found by halving an interval in which the present value changes its sign, in exact decimals: a
search that cannot run away. Amounts are in one currency; what is paid out and what comes in have opposite
signs.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Context, Decimal, localcontext
from itertools import pairwise
from typing import Final

from bank.kernel.errors import InvalidInput

_CONTEXT: Final = Context(prec=32)
_LOWEST: Final = Decimal("-0.999999999999")
_HIGHEST: Final = Decimal(10) ** 9
_HALVINGS: Final = 90
#: Rates at which the sign is looked at, in percent, from the everyday ones outwards.
_ABOVE: Final = (0, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10**4)
_FAR_ABOVE: Final = (10**4, 10**5, 10**6, 10**8)
_BELOW: Final = (0, -1, -2, -3, -5, -10, -15, -20, -30, -40, -50, -60, -70, -80, -90, -95, -99)
_NEAR_LOSS: Final = ("-0.999", "-0.9999", "-0.99999", "-0.9999999")


def xirr(flows: Sequence[tuple[date, Decimal]], *, days_per_year: Decimal = Decimal(365)) -> Decimal | None:
    """The yearly rate at which dated flows are worth nothing together, discounted by days over
    ``days_per_year`` from the first day. None where there is no such rate. Of several, the lowest gain of at
    most 10,000 percent is taken, else the lowest loss, else the lowest gain beyond.

    Raises InvalidInput for no flows.
    """
    if not flows:
        raise InvalidInput(problem="Give at least one flow of money with its day.")
    first = min(day for day, _amount in flows)
    timed = [(Decimal((day - first).days) / days_per_year, amount) for day, amount in flows]
    return rate_of(timed)


def rate_of(flows: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """The yearly rate at which flows, each with its time in years, are worth nothing together, or None.

    The annual percentage rate of EU law (Directive 2008/48/EC, annex I) is this rate, a loan paid out
    counted positive and what is paid for it negative.
    """
    if not any(amount > 0 for _t, amount in flows) or not any(amount < 0 for _t, amount in flows):
        return None

    def worth(rate: Decimal) -> Decimal:
        return _present_value(flows, rate)

    with localcontext(_CONTEXT):
        losses = (*_percent(_BELOW), *map(Decimal, _NEAR_LOSS), _LOWEST)
        for places in (_percent(_ABOVE), losses, (*_percent(_FAR_ABOVE), _HIGHEST)):
            if bracket := _bracket(worth, places):
                return _halved(worth, *bracket)
        return None


def _percent(rates: Sequence[int]) -> list[Decimal]:
    return [Decimal(rate) / 100 for rate in rates]


def apr_us(
    *, advance: Decimal, payment: Decimal, number: int, periods: int, fraction: Decimal, per_year: Decimal
) -> Decimal:
    """The annual percentage rate of 12 CFR 1026, appendix J, in percent: equal payments a unit period apart,
    the first ``periods`` whole unit periods and a ``fraction`` of one after the advance.

    ``per_year`` unit periods make a year. Raises InvalidInput where the payments do not repay the advance.
    """
    if number < 1 or payment <= 0 or advance <= 0 or payment * number < advance:
        raise InvalidInput(problem="The payments must be positive and come to at least what was advanced.")

    def worth(rate: Decimal) -> Decimal:
        """Appendix J (b)(8): compound for whole periods, simple for the fraction."""
        factor = 1 / (1 + rate)
        paid = sum((factor ** (periods + n) for n in range(number)), Decimal(0)) * payment
        return paid / (1 + fraction * rate) - advance

    with localcontext(_CONTEXT):
        rate = _halved(worth, Decimal(0), Decimal(10))
        return rate * per_year * 100


def _present_value(flows: Sequence[tuple[Decimal, Decimal]], rate: Decimal) -> Decimal:
    growth = (1 + rate).ln()
    return sum((amount * (-time * growth).exp() for time, amount in flows), Decimal(0))


def _bracket(
    worth: Callable[[Decimal], Decimal], places: Sequence[Decimal]
) -> tuple[Decimal, Decimal] | None:
    """The first two neighbouring places between which the sign changes."""
    before = worth(places[0])
    for left, right in pairwise(places):
        after = worth(right)
        if before == 0:
            return left, left
        if before * after < 0:
            return left, right
        before = after
    return None


def _halved(worth: Callable[[Decimal], Decimal], low: Decimal, high: Decimal) -> Decimal:
    at_low = worth(low)
    if at_low == 0:
        return low
    for _time in range(_HALVINGS):
        middle = (low + high) / 2
        value = worth(middle)
        if value * at_low > 0:
            low, at_low = middle, value
        else:
            high = middle
    return (low + high) / 2
