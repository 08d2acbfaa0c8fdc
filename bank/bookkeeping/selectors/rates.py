"""Rates of exchange as they stand on a day."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from django.conf import settings

from bank.bookkeeping import exchange
from bank.bookkeeping.errors import RateMissing
from bank.bookkeeping.models import FxRate
from bank.kernel.money import Money, rounded

#: A rate counts until a newer one comes, for this long: holidays are bridged, forgotten rates are not.
GOOD_FOR: Final = timedelta(days=10)


def base_currency() -> str:
    return str(settings.BANK_BASE_CURRENCY)


def quotes(on: date) -> list[exchange.Quote]:
    """The newest rate of each pair on a day or shortly before, corrections before what they correct."""
    rows = (
        FxRate.objects.filter(day__lte=on, day__gte=on - GOOD_FOR)
        .order_by("base", "quote", "-day", "-id")
        .distinct("base", "quote")
    )
    newest = sorted(rows, key=lambda row: (row.day, row.pk), reverse=True)
    return [exchange.Quote(row.base, row.quote, row.rate, row.day) for row in newest]


def rates_into(target: str, sources: Iterable[str], on: date) -> dict[str, Fraction]:
    """What one unit of each of ``sources`` is worth in ``target`` on a day. Raises ``RateMissing``."""
    wanted = set(sources)
    if wanted <= {target}:
        return dict.fromkeys(wanted, Fraction(1))
    found = exchange.rates_into(exchange.graph(quotes(on)), target, wanted)
    if missing := sorted(wanted - found.keys()):
        raise RateMissing(source=missing[0], target=target, day=on.isoformat())
    return found


def rate(source: str, target: str, on: date) -> Fraction:
    """What one unit of ``source`` is worth in ``target`` on a day, exactly. Raises ``RateMissing``."""
    return rates_into(target, [source], on)[source]


def converted(amount: Money, target: str, on: date) -> Money:
    """``amount`` in another currency at the day's rate, half to even. Raises ``RateMissing``."""
    if amount.currency == target:
        return amount
    return rounded(Fraction(amount.amount) * rate(amount.currency, target, on), target)
