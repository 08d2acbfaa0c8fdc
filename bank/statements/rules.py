"""Which statements may be asked for, and how text is made harmless in a spreadsheet. Plain Python."""

from datetime import date
from enum import StrEnum

from bank.statements import errors

LONGEST_YEARS = 10
_DAYS_IN_YEAR = 366
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Format(StrEnum):
    PDF = "PDF"
    CSV = "CSV"


class Status(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    READY = "READY"
    FAILED = "FAILED"


CONTENT_TYPES = {Format.PDF: "application/pdf", Format.CSV: "text/csv; charset=utf-8"}


def format_named(text: str) -> Format:
    """The format ``text`` names. Raises ``UnknownFormat``."""
    try:
        return Format(text)
    except ValueError:
        raise errors.UnknownFormat(format=repr(text)[:40]) from None


def check_period(from_date: date, to_date: date, business_date: date) -> None:
    """Both days belong to the period. Raises ``PeriodReversed``, ``PeriodInFuture``, ``PeriodTooLong``."""
    if to_date < from_date:
        raise errors.PeriodReversed(from_date=from_date, to_date=to_date)
    if to_date > business_date:
        raise errors.PeriodInFuture(to_date=to_date, business_date=business_date)
    if (to_date - from_date).days > LONGEST_YEARS * _DAYS_IN_YEAR:
        raise errors.PeriodTooLong(years=LONGEST_YEARS)


def spreadsheet_text(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula (OWASP ASVS 5.0 §1.2.10).

    A quote goes before anything whose first visible character could start a formula; control
    characters, which could hide one or break a row, become spaces.
    """
    clean = "".join(character if character.isprintable() else " " for character in text)
    return (
        f"'{clean}"
        if text.startswith(_FORMULA_STARTS) or clean.lstrip().startswith(_FORMULA_STARTS)
        else clean
    )


def download_name(account_number: str, from_date: date, to_date: date, extension: str) -> str:
    """The name a browser saves the document under."""
    return f"statement-{account_number}-{from_date}-{to_date}.{extension.lower()}"
