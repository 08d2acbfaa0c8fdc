"""Money, numbers and dates as people read them, by Unicode CLDR in the language of the request.

Amounts show the ISO 4217 code rather than a local symbol, so that two shillings of two
countries never look alike, and a true minus (U+2212). The number of decimals is the one
the amount's currency has, never more and never fewer.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError, dates, numbers
from django.utils import timezone, translation

from bank.kernel import currencies
from bank.kernel.money import Money

MINUS = "\u2212"
NO_BREAK = "\u00a0"
TERRITORY = "KE"


@dataclass(frozen=True, slots=True)
class MoneyParts:
    """An amount taken apart for typesetting: ``−``, ``KES``, ``6,161``, ``.39``."""

    sign: str
    currency: str
    major: str
    minor: str
    currency_leads: bool


def locale() -> Locale:
    """The active language as spoken in the bank's country: ``en`` is ``en_KE``."""
    return _locale(translation.get_language() or "en")


def money(amount: Money, *, signed: bool = False) -> str:
    """``KES 1,250.00``; with ``signed`` a credit gets its plus. Debits always show U+2212."""
    sign, number = _sign(amount.amount, signed), _digits(amount)
    if _currency_leads(locale()):
        return f"{sign}{amount.currency}{NO_BREAK}{number}"
    return f"{sign}{number}{NO_BREAK}{amount.currency}"


def amount(value: Money, *, signed: bool = False) -> str:
    """The figure alone, ``1,250.00``, for columns whose heading names the currency."""
    return _sign(value.amount, signed) + _digits(value)


def money_parts(value: Money) -> MoneyParts:
    """``value`` in the parts the big figure sets in different sizes."""
    major, mark, minor = _digits(value).partition(numbers.get_decimal_symbol(locale()))
    return MoneyParts(
        sign=_sign(value.amount, False),
        currency=value.currency,
        major=major,
        minor=mark + minor,
        currency_leads=_currency_leads(locale()),
    )


def number(value: Decimal | int) -> str:
    """A plain number, ``12,345.6``, with the digits it has."""
    exact = Decimal(value)
    text = numbers.format_decimal(abs(exact), locale=locale(), decimal_quantization=False)
    return _sign(exact, False) + str(text)


def percent(rate: Decimal, decimals: int = 2) -> str:
    """A rate given as a fraction: ``0.055`` is ``5.50%``."""
    pattern = re.sub(
        r"0(?:\.[0#]+)?", f"0.{'0' * decimals}" if decimals else "0", _percent_pattern(locale()), count=1
    )
    return _sign(rate, False) + str(numbers.format_percent(abs(rate), format=pattern, locale=locale()))


def day(value: date) -> str:
    """``19 Nov 2026``."""
    return str(dates.format_date(_day_of(value), "medium", locale=locale()))


def short_day(value: date) -> str:
    """``19 Nov``, where the year is plain from its surroundings."""
    return str(dates.format_skeleton("MMMd", _day_of(value), locale=locale()))


def long_day(value: date) -> str:
    """``Thursday, 19 November 2026``: the heading over one day of a statement."""
    return str(dates.format_date(_day_of(value), "full", locale=locale()))


def month(value: date) -> str:
    """``November 2026``."""
    return str(dates.format_skeleton("yMMMM", _day_of(value), locale=locale()))


def short_month(value: date) -> str:
    """``Nov 2026``, under a plot."""
    return str(dates.format_skeleton("yMMM", _day_of(value), locale=locale()))


def clock_time(value: datetime) -> str:
    """``14:05`` in the current time zone."""
    return str(dates.format_time(timezone.localtime(value), "short", locale=locale()))


def moment(value: datetime) -> str:
    """``19 Nov 2026, 14:05`` in the current time zone."""
    local = timezone.localtime(value)
    return f"{day(local)}, {dates.format_time(local, 'short', locale=locale())}"


def time_of_day(value: time | datetime) -> str:
    """``16:00`` as the clock on the wall shows it; of an instant, in its own zone."""
    wall = value.time() if isinstance(value, datetime) else value
    return str(dates.format_time(wall, "short", locale=locale()))


def account_number(text: str) -> str:
    """An account number or IBAN in fours, a last single digit kept with its neighbours."""
    plain = re.sub(r"\s", "", text)
    groups = [plain[i : i + 4] for i in range(0, len(plain), 4)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = ["".join(groups[-2:])]
    return NO_BREAK.join(groups)


@lru_cache
def _locale(language: str) -> Locale:
    tag = language.replace("-", "_")
    for candidate in (f"{tag}_{TERRITORY}", tag):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(f"en_{TERRITORY}")


def _digits(value: Money) -> str:
    decimals = currencies.exponent(value.currency)
    return str(_written(locale(), decimals).apply(abs(value.amount), locale()))


def _sign(value: Decimal, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


@lru_cache
def _pattern(where: Locale, decimals: int) -> str:
    grouping = str(where.decimal_formats[None].pattern).partition(";")[0].partition(".")[0]
    return f"{grouping}.{'0' * decimals}" if decimals else grouping


@lru_cache
def _written(where: Locale, decimals: int) -> numbers.NumberPattern:
    """The pattern read once: a statement of thousands of lines has as many figures."""
    return numbers.parse_pattern(_pattern(where, decimals))


@lru_cache
def _currency_leads(where: Locale) -> bool:
    pattern = str(where.currency_formats["standard"].pattern).partition(";")[0]
    return pattern.index("¤") < pattern.index("0")


@lru_cache
def _percent_pattern(where: Locale) -> str:
    return str(where.percent_formats[None].pattern).partition(";")[0]


def _day_of(value: date) -> date:
    """The calendar day: of an instant, the day it is in the current time zone."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value
