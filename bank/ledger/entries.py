"""What is posted and what comes of it. Credit above zero, debit below."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, overload

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


class Outcomes(Sequence[Outcome]):
    """The outcomes of a batch in the order given; made when looked at, so that a batch of a hundred
    thousand takes no more room than its ids."""

    __slots__ = ("_booked_on", "_ids", "_refused", "_replayed")

    def __init__(
        self,
        ids: "array[int]",
        booked_on: date | None,
        replayed: Mapping[int, date | None],
        refused: Mapping[int, LedgerError],
    ) -> None:
        self._ids = ids
        self._booked_on = booked_on
        self._replayed = replayed
        self._refused = refused

    @property
    def refused(self) -> Mapping[int, LedgerError]:
        """The refusals by position, from 0."""
        return self._refused

    @property
    def ids(self) -> "array[int]":
        """The entries' ids by position; of a refused one, the id of its claim."""
        return self._ids

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, position: int) -> Outcome: ...
    @overload
    def __getitem__(self, position: slice) -> list[Outcome]: ...
    def __getitem__(self, position: int | slice) -> Outcome | list[Outcome]:
        if isinstance(position, slice):
            return [self._outcome(i) for i in range(*position.indices(len(self)))]
        return self._outcome(range(len(self))[position])

    def _outcome(self, position: int) -> Outcome:
        replayed = position in self._replayed
        refusal = self._refused.get(position)
        if refusal:
            return Outcome(None, None, replayed, refusal)
        booked_on = self._replayed[position] if replayed else self._booked_on
        return Outcome(self._ids[position], booked_on, replayed)


def transfer(*, key: str, debit: str, credit: str, amount: Money, code: str, **details: Any) -> Entry:
    """The entry that moves ``amount`` (above zero) from ``debit`` to ``credit``."""
    return Entry(key, (Posting(debit, -amount), Posting(credit, amount)), code, **details)
