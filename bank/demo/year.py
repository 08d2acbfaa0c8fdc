"""Lives the demonstration's days: intentions, entries, one batch a day, the close, the next business date.

What the close pays and charges is read back as a month ends, so that nobody spends what a fee has taken.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Final

from bank import ledger
from bank.demo import closing
from bank.demo.book import Book
from bank.demo.habits import Community, Day
from bank.kernel.money import Money
from bank.ledger.entries import Entry
from bank.products import selectors as catalogue
from bank.products.rules import FeeQuote

ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Year:
    """The days from ``start`` to ``end`` in a community; the same again for the same luck."""

    community: Community
    opening: dict[str, Money]
    start: date
    end: date
    rng: Random
    own: Callable[[date], None] | None = None
    """What else happens on each day of the first year; such days are closed by the real steps."""

    def live(self, progress: Callable[[date], None]) -> int:
        """Posts each day's entries in one batch and moves the business date, up to the last day.

        Days behind the business date are lived again without being posted, so that an interrupted
        run finds its balances; what the close moved is as it was kept then. Returns how many entries
        were posted.
        """
        book = Book(gl=cache(ledger.gl), rng=self.rng, balances=dict(self.opening))
        posted, day = 0, self.start
        while day <= self.end:
            entries = self._entries_of(day, book)
            if day >= ledger.business_date():
                posted += len(entries)
                self._book(day, entries)
                progress(day)
            if self.own and closing.is_whole(day, self.end):
                book.balances.update(ledger.closing_balances(list(book.balances), on=day))
            day += ONE_DAY
        return posted

    def _book(self, day: date, entries: list[Entry]) -> None:
        if entries:
            ledger.post(entries)
        if self.own is None:
            return
        self.own(day)
        if day < self.end:
            closing.close(day, self.end)

    def _entries_of(self, day: date, book: Book) -> list[Entry]:
        def quotes(event: str, amounts: list[Money]) -> list[FeeQuote]:
            return catalogue.quote_fees(event=event, amounts=amounts, on=day)

        return list(book.entries(Day(day, self.community, self.rng).intents(), quotes))
