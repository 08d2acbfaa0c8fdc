"""Lives the demonstration's days: intentions, entries, one batch a day, then the next business date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Final

from bank import ledger
from bank.cif.rules import Segment
from bank.demo import deposits
from bank.demo.book import Book, Savings, Withholding
from bank.demo.habits import BASE, Community, Day
from bank.kernel.money import Money
from bank.ledger.entries import Entry
from bank.products import selectors as catalogue
from bank.products.models import ProductVersion
from bank.products.rules import FeeQuote, GlPurpose, TaxKind

SAVINGS: Final = "SAVINGS"
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Year:
    """The days from ``start`` to ``end`` in a community; the same again for the same luck."""

    community: Community
    opening: dict[str, Money]
    start: date
    end: date
    rng: Random
    has_deposits: bool = False

    def live(self, progress: Callable[[date], None]) -> int:
        """Posts each day's entries in one batch and moves the business date, up to the last day.

        Days behind the business date are lived again without being posted, so that an interrupted
        run finds its balances. Returns how many entries were posted.
        """
        book = Book(gl=cache(ledger.gl), rng=self.rng, balances=dict(self.opening), savings=self._savings())
        posted, day = 0, self.start
        while day <= self.end:
            entries = self._entries_of(day, book)
            if day >= ledger.business_date():
                posted += len(entries)
                if entries:
                    ledger.post(entries)
                if self.has_deposits:
                    deposits.live(self.community, day, self.start, self.end)
                if day < self.end:
                    ledger.roll_business_date()
                progress(day)
            day += ONE_DAY
        return posted

    def _entries_of(self, day: date, book: Book) -> list[Entry]:
        def quotes(event: str, amounts: list[Money]) -> list[FeeQuote]:
            return catalogue.quote_fees(event=event, amounts=amounts, on=day)

        entries = list(book.entries(day, Day(day, self.community, self.rng).intents(), quotes))
        if (day + ONE_DAY).day == 1:
            entries += book.interest(day, self._withholding(day))
        return entries

    @property
    def _version(self) -> ProductVersion:
        return catalogue.current_version(catalogue.product(SAVINGS), self.start)

    def _savings(self) -> dict[str, Savings]:
        row = catalogue.terms(self._version, BASE, Segment.RETAIL)
        terms = catalogue.interest_terms(row)
        numbers = (person.savings for person in self.community.people if person.savings)
        return {number: Savings(terms, since=self.start) for number in numbers}

    def _withholding(self, day: date) -> Withholding:
        tax = catalogue.tax(TaxKind.WITHHOLDING, day)
        expense_role = catalogue.gl_role(self._version, GlPurpose.INTEREST_EXPENSE)
        return Withholding(tax.rate_pct, tax.gl_role, expense_role)
