"""What a statement says, before it becomes a PDF or a CSV: an account, a period, its lines, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from bank.kernel.money import Money


class Line(Protocol):
    """A statement line as ``accounts.selectors`` gives it."""

    @property
    def booking_date(self) -> date: ...
    @property
    def value_date(self) -> date: ...
    @property
    def amount(self) -> Money: ...
    @property
    def balance_after(self) -> Money: ...
    @property
    def description(self) -> str: ...
    @property
    def counterparty(self) -> str: ...
    @property
    def reference(self) -> str: ...


@dataclass(frozen=True)
class Paper:
    """The content of one statement. Amounts carry the account's sign: credit positive, debit negative."""

    reference: str
    holder: str
    cif: str
    account_number: str
    account_name: str
    currency: str
    from_date: date
    to_date: date
    made_at: datetime
    language: str
    balance_before: Money
    lines: Sequence[Line]

    @cached_property
    def opening(self) -> Money:
        """The balance before the first line: from that line itself, so that the lines always chain to it."""
        if not self.lines:
            return self.balance_before
        return self.lines[0].balance_after - self.lines[0].amount

    @cached_property
    def closing(self) -> Money:
        """The balance after the last line."""
        return self.lines[-1].balance_after if self.lines else self.balance_before

    @cached_property
    def credits(self) -> list[Money]:
        return [line.amount for line in self.lines if line.amount.is_positive]

    @cached_property
    def debits(self) -> list[Money]:
        return [line.amount for line in self.lines if line.amount.is_negative]

    @cached_property
    def money_in(self) -> Money:
        """Sum of the credits."""
        return sum(self.credits, Money.zero(self.currency))

    @cached_property
    def money_out(self) -> Money:
        """Sum of the debits, as a negative amount."""
        return sum(self.debits, Money.zero(self.currency))
