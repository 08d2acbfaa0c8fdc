"""Rates of exchange: entered, imported; and the bank's position revalued at them."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from django.db import transaction

from bank import ledger
from bank.audit import services as audit
from bank.bookkeeping import postings
from bank.bookkeeping.errors import RateUnusable
from bank.bookkeeping.exchange import Quote
from bank.bookkeeping.models import FxRate, Revaluation
from bank.bookkeeping.selectors import rates
from bank.identity.models import User
from bank.kernel import currencies
from bank.kernel.errors import BankError
from bank.kernel.money import Money, rounded

MOST_BYTES: Final = 20_000_000
MOST_DAYS: Final = 20_000
HIGHEST: Final = Decimal(10**9)
_PLACES: Final = Decimal(1).scaleb(-10)


def check_quote(quote: Quote) -> None:
    """Two currencies the bank knows, a rate above zero that is not absurd, no day to come.

    Raises ``RateUnusable``, ``UnknownCurrency``.
    """
    currencies.exponent(quote.base)
    currencies.exponent(quote.quote)
    if quote.base == quote.quote:
        raise RateUnusable(problem="A rate is between two currencies.")
    if not quote.rate.is_finite() or not 0 < quote.rate < HIGHEST:
        raise RateUnusable(problem=f"{quote.rate} is no rate; it must be above zero and below {HIGHEST:,}.")
    if quote.rate != quote.rate.quantize(_PLACES):
        raise RateUnusable(problem="A rate has at most ten decimals.")
    if quote.day > ledger.business_date():
        raise RateUnusable(
            problem=f"{quote.day} is still to come; the business date is {ledger.business_date()}."
        )


@transaction.atomic
def enter(*, quote: Quote, source: str, actor: User, command: str) -> FxRate:
    """Keeps a rate two people stand for; of several for a pair and day the newest counts."""
    check_quote(quote)
    entered = FxRate.objects.create(
        base=quote.base,
        quote=quote.quote,
        day=quote.day,
        rate=quote.rate,
        source=source,
        command=command,
        entered_by=actor,
    )
    audit.record(
        "FX_RATE_ENTERED",
        actor=actor,
        subject_type="FX_RATE",
        subject_id=str(entered),
        detail={"rate": str(quote.rate), "source": source, "command": command},
    )
    return entered


@transaction.atomic
def import_reference_rates(*, content: bytes, source: str, base: str = "EUR") -> tuple[int, int]:
    """Adds the rates of a CSV as the ECB publishes it (``Date,USD,…``: what one ``base`` is worth).

    Returns how many are new and how many were there already. Currencies the bank does not know and
    ``N/A`` are passed over. Whole or not at all: raises ``RateUnusable`` for what cannot be read and
    for a day and currency that stand with another rate (a correction takes two people).
    """
    found = list(read_reference_rates(content, base))
    days = {quote.day for quote in found}
    known = {
        (row.quote, row.day): row.rate
        for row in FxRate.objects.filter(base=base, source=source, day__in=days).order_by("id")
    }
    fresh = [quote for quote in found if (quote.quote, quote.day) not in known]
    for quote in found:
        if known.get((quote.quote, quote.day), quote.rate) != quote.rate:
            raise RateUnusable(
                problem=f"{quote.quote} on {quote.day} stands with another rate; a change takes two people."
            )
    FxRate.objects.bulk_create(
        (FxRate(base=base, quote=one.quote, day=one.day, rate=one.rate, source=source) for one in fresh),
        batch_size=2_000,
    )
    audit.record(
        "FX_RATES_IMPORTED",
        actor=None,
        subject_type="FX_RATE",
        subject_id=source,
        detail={"new": len(fresh), "known": len(found) - len(fresh)},
    )
    return len(fresh), len(found) - len(fresh)


def read_reference_rates(content: bytes, base: str) -> Iterator[Quote]:
    """The quotes of a CSV with a column for each currency, row by row. Raises ``RateUnusable``."""
    if len(content) > MOST_BYTES:
        raise RateUnusable(problem=f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    try:
        table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        head = next(table, [])
        yield from _rows(table, _columns(head, base), base)
    except (UnicodeDecodeError, csv.Error) as error:
        raise RateUnusable(problem=f"The file is not a CSV: {error}") from None


def _columns(head: list[str], base: str) -> dict[int, str]:
    """The columns of currencies the bank knows."""
    if not head or head[0].strip() != "Date":
        raise RateUnusable(problem="The first column must be called Date, the others by currency.")
    return {n: name.strip() for n, name in enumerate(head) if n and _is_known(name.strip()) and name != base}


def _is_known(code: str) -> bool:
    try:
        currencies.exponent(code)
    except BankError:
        return False
    return True


def _rows(table: Iterator[list[str]], columns: Mapping[int, str], base: str) -> Iterator[Quote]:
    for number, row in enumerate(table, 2):
        if number > MOST_DAYS:
            raise RateUnusable(problem=f"The file has more than {MOST_DAYS:,} days.")
        for n, currency in columns.items():
            text = row[n].strip() if n < len(row) else ""
            if text and text != "N/A":
                yield _quote(base, currency, row[0], text, number)


def _quote(base: str, currency: str, day: str, text: str, number: int) -> Quote:
    try:
        quote = Quote(base, currency, Decimal(text), date.fromisoformat(day.strip()))
    except (InvalidOperation, ValueError):
        raise RateUnusable(
            problem=f"Line {number}: {day[:20]} {currency} {text[:20]} cannot be read."
        ) from None
    if (
        not quote.rate.is_finite()
        or not 0 < quote.rate < HIGHEST
        or quote.rate != quote.rate.quantize(_PLACES)
    ):
        raise RateUnusable(problem=f"Line {number}: {text[:20]} is no rate for {currency}.")
    return quote


# --- revaluation


@transaction.atomic
def revalue(*, day: date) -> Revaluation | None:
    """Brings the position's worth in the base currency to the day's rates, booking the difference alone.

    The position account of the base currency carries what the foreign positions cost. At the day's
    rates the two should cancel out; what is left over is booked to gains or losses. Once a day;
    None where the bank has no position. Raises ``RateMissing``.
    """
    done = Revaluation.objects.filter(day=day).first()
    if done is not None:
        return done
    base, positions = rates.base_currency(), _positions(day)
    foreign = {currency: one for currency, one in positions.items() if currency != base}
    if all(one.is_zero for one in positions.values()):
        return None
    worth = rates.rates_into(base, foreign, day)
    value = sum((_worth(one, worth, base) for one in foreign.values()), Money.zero(base))
    result = value + positions.get(base, Money.zero(base))
    return _keep(day, base, foreign, worth, value, result)


def _positions(day: date) -> dict[str, Money]:
    """The balances of the position accounts by currency at the day's end; long positions are above zero."""
    accounts = ledger.playing(["FX_POSITION"])
    return {
        line.currency: line.credit - line.debit
        for line in ledger.trial_balance(on=day)
        if line.account in accounts
    }


def _worth(position: Money, worth: Mapping[str, Fraction], base: str) -> Money:
    return rounded(Fraction(position.amount) * worth[position.currency], base)


def _keep(
    day: date,
    base: str,
    foreign: Mapping[str, Money],
    worth: Mapping[str, Fraction],
    value: Money,
    result: Money,
) -> Revaluation:
    entry_id = None if result.is_zero else _book(day, base, result)
    kept = Revaluation.objects.create(
        day=day,
        positions={
            currency: {
                "position": str(one.amount),
                "rate": f"{_decimal(worth[currency]):f}",
                "value": str(_worth(one, worth, base).amount),
            }
            for currency, one in sorted(foreign.items())
        },
        value=value.amount,
        result=result.amount,
        entry_id=entry_id,
    )
    audit.record(
        "FX_REVALUED",
        actor=None,
        subject_type="REVALUATION",
        subject_id=day.isoformat(),
        detail={"result": str(result), "entry": entry_id},
    )
    return kept


def _book(day: date, base: str, result: Money) -> int:
    entry = postings.revaluation(
        day=day,
        position=ledger.gl("FX_POSITION", base),
        gains=ledger.gl("FX_GAINS", base),
        losses=ledger.gl("FX_LOSSES", base),
        result=result,
    )
    booked = ledger.post(entry).entry_id
    assert booked is not None, "a refusal is raised"
    return booked


def _decimal(rate: Fraction) -> Decimal:
    """For people to read; reckoning uses the fraction."""
    return (Decimal(rate.numerator) / Decimal(rate.denominator)).quantize(_PLACES)
