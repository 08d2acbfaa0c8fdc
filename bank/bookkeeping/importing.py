"""A statement of an account's keeper in the one form reconciliation takes, whatever format it came in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bank.bookkeeping.errors import StatementRefused
from bank.kernel.errors import BankError
from bank.kernel.money import Money

MOST_BYTES: Final = 20_000_000
MOST_LINES: Final = 50_000
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One movement: what they credit is above zero."""

    booking_date: date
    value_date: date
    amount: Decimal
    reference: str
    narrative: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What they say happened between two balances."""

    identification: str
    their_account: str
    currency: str
    from_date: date
    to_date: date
    opening: Decimal
    closing: Decimal
    lines: tuple[Line, ...]
    format: str


def shown(text: str, letters: int) -> str:
    """One line of visible letters, at most so many."""
    return " ".join(_UNSEEN.sub(" ", text).split())[:letters]


def check(statement: Statement, currency: str) -> None:
    """The account's currency, not too many lines, amounts it can have, and balances that add up.

    Raises ``StatementRefused``.
    """
    if statement.currency != currency:
        raise StatementRefused(
            problem=f"The statement is in {statement.currency}, the account in {currency}; choose another."
        )
    if len(statement.lines) > MOST_LINES:
        raise StatementRefused(problem=f"A statement has at most {MOST_LINES:,} lines; ask for it in parts.")
    if statement.to_date < statement.from_date:
        raise StatementRefused(problem="The statement ends before it begins.")
    _check_amounts([statement.opening, statement.closing, *(one.amount for one in statement.lines)], currency)
    expected = statement.opening + sum((one.amount for one in statement.lines), Decimal(0))
    if expected != statement.closing:
        raise StatementRefused(
            problem=f"Opening balance and lines come to {expected:f}, not to its {statement.closing:f}."
        )


def _check_amounts(amounts: Sequence[Decimal], currency: str) -> None:
    try:
        for amount in amounts:
            Money(amount, currency)
    except BankError as error:
        raise StatementRefused(problem=error.message) from None
