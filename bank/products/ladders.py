"""Rates of terms and steps of early closing as people write them, one a line."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from bank.products.errors import UnusableTerms
from bank.products.rules import TermPrice, check_term_rates, plain

Steps = tuple[tuple[int, Decimal], ...]


def read_rates(text: str) -> tuple[TermPrice, ...]:
    """A term a line: the months, the smallest deposit, the per cent a year.

    Raises ``UnusableTerms`` for what cannot be read, and as ``check_term_rates`` does.
    """
    try:
        rates = [
            TermPrice(int(months), _number(minimum), _number(rate)) for months, minimum, rate in _words(text)
        ]
    except (ValueError, InvalidOperation):
        raise UnusableTerms(
            problem="Write a term a line: the months, the smallest deposit, the per cent a year."
        ) from None
    check_term_rates(rates)
    return tuple(rates)


def write_rates(rates: Sequence[TermPrice]) -> str:
    """Rates as ``read_rates`` takes them."""
    return "\n".join(
        f"{rate.tenor_months} {plain(rate.minimum)} {plain(rate.annual_rate_pct)}" for rate in rates
    )


def read_steps(text: str) -> Steps:
    """A step a line: more than so many months left, the points taken off the rate. Raises ``UnusableTerms``
    for what cannot be read; whether the steps fall is for ``check_deposit`` to say.
    """
    try:
        return tuple((int(months), _number(points)) for months, points in _words(text))
    except (ValueError, InvalidOperation):
        raise UnusableTerms(
            problem="Write a step a line: more than so many months left, the points taken off the rate."
        ) from None


def write_steps(steps: Steps) -> str:
    """Steps as ``read_steps`` takes them."""
    return "\n".join(f"{months} {plain(points)}" for months, points in steps)


def _words(text: str) -> list[list[str]]:
    return [line.replace(",", "").replace(":", " ").split() for line in text.splitlines() if line.strip()]


def _number(word: str) -> Decimal:
    number = Decimal(word)
    if not number.is_finite():
        raise ValueError(word)
    return number
