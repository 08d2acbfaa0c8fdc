"""A statement of an account's keeper in the one form reconciliation takes, whatever format it came in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final

from bank.bookkeeping.errors import StatementRefused
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages import camt, mt940, statements

MOST_BYTES: Final = 20_000_000
MOST_LINES: Final = 50_000
MOST_STATEMENTS: Final = 100
_INTERIM: Final = ("camt.052", "camt.054", "942")
_NO_REFERENCE: Final = frozenset({"NONREF", "NOTPROVIDED"})
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


def read(content: bytes) -> list[Statement]:
    """The statements of a camt.053 or an MT940, in their order.

    Raises ``StatementRefused`` for what is too large, is no such message, or has a fault in it: with
    the reader's reason and the line of the file.
    """
    if len(content) > MOST_BYTES:
        raise StatementRefused(problem=f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
    reader = camt.read if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else mt940.read
    try:
        found = list(islice(reader(content, max_bytes=MOST_BYTES), MOST_STATEMENTS + 1))
    except BankError as refusal:
        raise StatementRefused(problem=refusal.message) from None
    if not 1 <= len(found) <= MOST_STATEMENTS:
        raise StatementRefused(problem=f"A file holds from 1 to {MOST_STATEMENTS} statements.")
    return [_statement(one) for one in found]


def _statement(said: statements.Statement) -> Statement:
    for fault in said.faults:
        if not fault.is_warning:
            raise StatementRefused(problem=f"Line {fault.line}: {fault.sentence}")
    is_interim = any(kind in said.message for kind in _INTERIM)
    if is_interim or said.opening is None or said.closing is None or said.closing.day is None:
        raise StatementRefused(
            problem="It has no opening and closing balance; send a camt.053 or an MT940, no interim report."
        )
    closes = said.closing.day
    lines = tuple(_lines(said, closes))
    return Statement(
        identification=" ".join(filter(None, (said.identification, said.number, said.page))),
        their_account=said.account.number,
        currency=said.closing.currency,
        from_date=min([said.opening.day or closes, *(one.booking_date for one in lines)]),
        to_date=closes,
        opening=said.opening.amount,
        closing=said.closing.amount,
        lines=lines,
        format=".".join((said.message or "MT940").split(".")[:2])[:10],
    )


def _lines(said: statements.Statement, closes: date) -> Iterator[Line]:
    for entry in said.entries:
        if entry.status == statements.EntryStatus.BOOKED:
            booked = entry.booking_date or entry.value_date or closes
            words = (entry.counterparty.name, entry.remittance, entry.narrative)
            yield Line(
                booked,
                entry.value_date or booked,
                entry.amount,
                _reference(entry),
                " ".join(filter(None, words)),
            )


def _reference(entry: statements.Entry) -> str:
    """What is likeliest to be ours: the reference we gave, end to end, then the keeper's own."""
    given = (entry.end_to_end_id, entry.customer_reference, entry.bank_reference)
    return next((one for one in given if one and one.upper() not in _NO_REFERENCE), "")


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
