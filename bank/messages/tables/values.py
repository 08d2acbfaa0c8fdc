"""Amounts and days as people write them, read in the one way the sender declared and in no other."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final


class AmountStyle(StrEnum):
    """How amounts are written: 1250.50; 1,250.50; 1.250,50."""

    PLAIN = "PLAIN"
    POINT = "POINT"
    COMMA = "COMMA"


class DayStyle(StrEnum):
    """How days are written: 2026-01-31; 31/01/2026; 01/31/2026."""

    ISO = "ISO"
    DMY = "DMY"
    MDY = "MDY"


EXAMPLES: Final = {AmountStyle.PLAIN: "1250.50", AmountStyle.POINT: "1,250.50", AmountStyle.COMMA: "1.250,50"}
DAYS: Final = {DayStyle.ISO: "2026-01-31", DayStyle.DMY: "31/01/2026", DayStyle.MDY: "01/31/2026"}
_AMOUNTS: Final = {
    AmountStyle.PLAIN: re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,10})?", re.ASCII),
    AmountStyle.POINT: re.compile(
        r"-?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.[0-9]{1,10})?", re.ASCII
    ),
    AmountStyle.COMMA: re.compile(
        r"-?(?:[0-9]{1,18}|[0-9]{1,3}(?:\.[0-9]{3}){1,5})(?:,[0-9]{1,10})?", re.ASCII
    ),
}
_DAYS: Final = {
    DayStyle.ISO: re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})", re.ASCII),
    DayStyle.DMY: re.compile(r"(?P<d>[0-9]{1,2})[/.-](?P<m>[0-9]{1,2})[/.-](?P<y>[0-9]{4})", re.ASCII),
    DayStyle.MDY: re.compile(r"(?P<m>[0-9]{1,2})[/.-](?P<d>[0-9]{1,2})[/.-](?P<y>[0-9]{4})", re.ASCII),
}
_OTHER_DIGITS = re.compile(r"(?![0-9])\d")
_EXPONENT = re.compile(r"[0-9.]+[eE][+-]?[0-9]+")


def amount(text: str, style: AmountStyle) -> tuple[Decimal | None, str]:
    """The amount, or None and what is wrong with it in words."""
    if _AMOUNTS[style].fullmatch(text):
        grouping, point = (".", ",") if style == AmountStyle.COMMA else (",", ".")
        return Decimal(text.replace(grouping, "").replace(point, ".")), ""
    return None, _why(text, EXAMPLES[style])


def day(text: str, style: DayStyle) -> date | None:
    """The day, None where the text is none in this style or the calendar has no such day."""
    found = _DAYS[style].fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None


def _why(text: str, example: str) -> str:
    if not text:
        return "The amount is missing."
    if _OTHER_DIGITS.search(text):
        return f"Write the amount in the digits 0 to 9, as {example}; these are digits of another script."
    if _EXPONENT.fullmatch(text):
        return f"Write the amount in full, as {example}, without an exponent."
    if any(sign.isalpha() for sign in text):
        return f"Write the amount alone, as {example}; the currency has a column of its own."
    return f"The amounts of this file are written as {example}; this one is not."
