"""Conversions as the published cases ask for them, from the reference rates published beside them."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

from bank.bookkeeping import exchange
from bank.bookkeeping.errors import RateMissing
from bank.bookkeeping.services import rates
from bank.kernel.errors import Unsupported

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_EXACT: Final = Context(prec=28)
_BRIDGED: Final = 10
"""Days over which the last rate counts: long weekends of the market that makes them."""


def convert(given: dict[str, Any]) -> dict[str, Any]:
    """``amount`` of ``frm`` in ``to`` at a day's reference rates, unrounded to 28 digits."""
    source, target, day = str(given["frm"]), str(given["to"]), date.fromisoformat(given["date"])
    worth = exchange.cross(exchange.graph(_quotes_on(day)), source, target)
    if worth is None:
        raise RateMissing(source=source, target=target, day=day.isoformat())
    exact = Fraction(str(given["amount"])) * worth
    return {"amount": f"{_EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator)):f}"}


def _quotes_on(day: date) -> list[exchange.Quote]:
    published = _published()
    days = (day - timedelta(days=n) for n in range(_BRIDGED + 1))
    return next((published[one] for one in days if one in published), [])


@cache
def _published() -> dict[date, list[exchange.Quote]]:
    folder = Path(os.environ.get("VECTORS_DIR") or _REPOSITORY.parent / "shared" / "vectors")
    file = folder / "fx" / "give" / "ecb_reference_rates_2024_on.csv"
    if not file.exists():
        raise Unsupported(what=f"rates at {file}")
    by_day: dict[date, list[exchange.Quote]] = {}
    for quote in rates.read_reference_rates(file.read_bytes(), "EUR"):
        by_day.setdefault(quote.day, []).append(quote)
    return by_day


OPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"fx.convert": convert}
