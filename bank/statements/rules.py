"""Which statements may be asked for, and how text is made harmless in a spreadsheet. Plain Python."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from bank.statements import errors

LONGEST_YEARS = 10
_DAYS_IN_YEAR = 366
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Status(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    READY = "READY"
    FAILED = "FAILED"
    ERASED = "ERASED"
    """Its file is destroyed, because the time it is kept is over; its seal stays in the chain."""


def check_period(from_date: date, to_date: date, business_date: date, opened_date: date) -> None:
    """Both days belong to the period, which may begin before the account did but not end then.

    Raises ``PeriodReversed``, ``PeriodInFuture``, ``PeriodBeforeOpening``, ``PeriodTooLong``.
    """
    if to_date < from_date:
        raise errors.PeriodReversed(from_date=from_date, to_date=to_date)
    if to_date > business_date:
        raise errors.PeriodInFuture(to_date=to_date, business_date=business_date)
    if to_date < opened_date:
        raise errors.PeriodBeforeOpening(opened_date=opened_date)
    if (to_date - from_date).days > LONGEST_YEARS * _DAYS_IN_YEAR:
        raise errors.PeriodTooLong(years=LONGEST_YEARS)


def certified_period(kind: "Kind", from_date: date, to_date: date, business_date: date) -> tuple[date, date]:
    """The days a certificate speaks of: a balance is of one day, tax of the whole year ``to_date`` is in.

    Raises ``YearNotOver``.
    """
    if kind == Kind.BALANCE:
        return to_date, to_date
    if kind != Kind.TAX:
        return from_date, to_date
    if to_date.year >= business_date.year:
        raise errors.YearNotOver(year=to_date.year)
    return date(to_date.year, 1, 1), date(to_date.year, 12, 31)


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


def download_name(kind: str, account_number: str, from_date: date, to_date: date, extension: str) -> str:
    """The name a browser saves the document under."""
    word = "statement" if kind == Kind.STATEMENT else f"{kind.lower()}-certificate"
    return f"{word}-{account_number}-{from_date}-{to_date}.{extension}"


class Kind(StrEnum):
    """What a document says: everything that moved, or one thing certified."""

    STATEMENT = "STATEMENT"
    BALANCE = "BALANCE"
    INTEREST = "INTEREST"
    TAX = "TAX"


DEPOSIT_CERTIFICATE = "DEPOSIT_CERTIFICATE"
"""The kind of issued document that certifies a deposit; no statement is one."""
CERTIFICATES = (Kind.BALANCE, Kind.INTEREST, Kind.TAX)


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class Channel(StrEnum):
    """Where a subscribed statement goes. It stands in the portal in any case."""

    PORTAL = "PORTAL"
    EMAIL = "EMAIL"
    WEBHOOK = "WEBHOOK"
    DROP = "DROP"


class State(StrEnum):
    """Of a subscription. What is paused goes on where it stopped; what has ended does not come back."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    ENDED = "ENDED"


class Delivery(StrEnum):
    NONE = ""
    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


MAY_BECOME: Mapping[State, frozenset[State]] = {
    State.ACTIVE: frozenset({State.PAUSED, State.ENDED}),
    State.PAUSED: frozenset({State.ACTIVE, State.ENDED}),
    State.ENDED: frozenset(),
}
GENESIS = "0" * 64
"""What the first issued document is chained to."""
_SUNDAY = 6


def period_ends(frequency: Frequency, days: Sequence[date]) -> list[date]:
    """Those of the ``days`` a close of business stands for on which a period ends.

    Daily: the last of them, so a weekend is part of Friday's statement. Weekly: Sundays. Monthly:
    the last day of the month.
    """
    if frequency == Frequency.DAILY:
        return list(days[-1:])
    if frequency == Frequency.WEEKLY:
        return [day for day in days if day.weekday() == _SUNDAY]
    return [day for day in days if (day + timedelta(days=1)).day == 1]


def link(previous: str, content: Sequence[Any]) -> str:
    """SHA-256 over the link before and the canonical JSON of what was issued: altering one breaks more."""
    canonical = json.dumps(list(content), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(bytes.fromhex(previous) + canonical.encode()).hexdigest()


def masked(account_number: str) -> str:
    """The last four digits, as on a receipt."""
    return f"•••• {account_number[-4:]}"
