"""What is posted and what comes of it. Credit above zero, debit below."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bank.kernel.money import Money
from bank.ledger.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Posting:
    """One line: ``amount`` above zero credits the account, below zero debits it."""

    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry to be: postings that sum to zero per currency.

    ``key`` makes it happen once. ``code`` names the business event (``INTERNAL_TRANSFER``).
    Without a booking date it is booked on the business date; without a value date it has value
    on its booking date. ``captures`` is the hold this entry takes its debit from, ``final``
    whether what is left of that hold is let go.
    """

    key: str
    postings: tuple[Posting, ...]
    code: str
    booking_date: date | None = None
    value_date: date | None = None
    narrative: str = ""
    reference: str = ""
    meta: Mapping[str, Any] | None = None
    captures: int | None = None
    final: bool = False
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an entry: its id and booking date, or the refusal; ``replayed`` when decided before."""

    entry_id: int | None
    booking_date: date | None
    replayed: bool = False
    refusal: LedgerError | None = None

    @property
    def is_posted(self) -> bool:
        return self.refusal is None


def transfer(*, key: str, debit: str, credit: str, amount: Money, code: str, **details: Any) -> Entry:
    """The entry that moves ``amount`` (above zero) from ``debit`` to ``credit``."""
    return Entry(key, (Posting(debit, -amount), Posting(credit, amount)), code, **details)
