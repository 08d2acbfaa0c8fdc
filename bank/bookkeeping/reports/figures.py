"""The figures reports are made of: balances of the book, translated where asked, and tables of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from bank import ledger
from bank.bookkeeping.models import YearClose
from bank.bookkeeping.selectors import rates
from bank.kernel.money import Money, rounded
from bank.ledger.rules import Kind
from bank.runtime import formats

Axis = Literal["BOOKING", "VALUE"]


@dataclass(frozen=True, slots=True)
class Figure:
    """An account's balance or movement, with the ledger's sign: credit above zero."""

    account: str
    name: str
    kind: Kind
    amount: Money

    @property
    def currency(self) -> str:
        return self.amount.currency


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a report: an amount for each column. Without an account it is a sum of others."""

    label: str
    amounts: tuple[Money, ...]
    account: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: tuple[Row, ...]
    total: Row


@dataclass(frozen=True, slots=True)
class Report:
    """A table in one currency. ``proof`` says what must be zero for it to be right."""

    title: str
    currency: str
    columns: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[Row, ...]
    proof: tuple[Money, ...]

    @property
    def holds(self) -> bool:
        return all(one.is_zero for one in self.proof)


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included."""

    from_date: date
    to_date: date

    @property
    def label(self) -> str:
        return f"{formats.day(self.from_date)} – {formats.day(self.to_date)}"

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before; whole months where it is of those."""
        last = self.from_date - timedelta(days=1)
        months = (
            (self.to_date.year - self.from_date.year) * 12 + self.to_date.month - self.from_date.month + 1
        )
        if self.from_date.day == 1 and (self.to_date + timedelta(days=1)).day == 1:
            count = self.from_date.year * 12 + self.from_date.month - 1 - months
            return Period(date(count // 12, count % 12 + 1, 1), last)
        return Period(last - (self.to_date - self.from_date), last)


def balances(on: date, by: Axis = "BOOKING") -> list[Figure]:
    """Every account that ever moved, at the end of a day; one query."""
    return [
        Figure(line.account, line.name, line.kind, line.credit - line.debit)
        for line in ledger.trial_balance(on=on, by=by)
    ]


def movements(period: Period, by: Axis = "BOOKING") -> list[Figure]:
    """What a period changed, as if no year had been closed in it: the income and expense that went to
    retained earnings count where they arose. Three queries."""
    before = {one.account: one for one in balances(period.from_date - timedelta(days=1), by)}
    after = {one.account: one for one in balances(period.to_date, by)}
    closed = _closed_within(period)
    changed = []
    for account in sorted(before.keys() | after.keys()):
        known = after.get(account) or before[account]
        nothing = Money.zero(known.currency)
        opening = before[account].amount if account in before else nothing
        closing = after[account].amount if account in after else nothing
        change = closing - opening + closed.get(account, nothing)
        changed.append(replace(known, amount=change))
    return changed


def _closed_within(period: Period) -> dict[str, Money]:
    """What year ends took from each account (and gave to retained earnings) in a period, to be added back."""
    found: dict[str, Money] = {}
    for closed in YearClose.objects.filter(
        booking_date__gte=period.from_date, booking_date__lte=period.to_date
    ):
        taken = {account: Money.of(amount, closed.currency) for account, amount in closed.lines.items()}
        retained = ledger.gl("RETAINED_EARNINGS", closed.currency)
        taken[retained] = -Money(closed.result, closed.currency)
        for account, amount in taken.items():
            found[account] = found.get(account, Money.zero(closed.currency)) + amount
    return found


def translated(figures: Iterable[Figure], currency: str, on: date) -> list[Figure]:
    """The figures in one currency at the day's rates, half to even. Raises ``RateMissing``."""
    known = list(figures)
    worth = rates.rates_into(currency, {one.currency for one in known if not one.amount.is_zero}, on)
    return [replace(one, amount=_worth(one.amount, currency, worth)) for one in known]


def _worth(amount: Money, currency: str, worth: dict[str, Fraction]) -> Money:
    if amount.currency == currency or amount.is_zero:
        return Money(amount.amount, currency) if amount.currency == currency else Money.zero(currency)
    return rounded(Fraction(amount.amount) * worth[amount.currency], currency)


def by_currency(columns: Sequence[Sequence[Figure]]) -> list[tuple[str, list[list[Figure]]]]:
    """Columns of figures, apart for each currency that occurs in any of them."""
    currencies = sorted({one.currency for column in columns for one in column})
    return [
        (currency, [[one for one in column if one.currency == currency] for column in columns])
        for currency in currencies
    ]


def rows(columns: Sequence[Sequence[Figure]], kinds: Iterable[Kind], sign: int) -> tuple[Row, ...]:
    """A row for each account of these classes that is not zero in every column; ``sign`` −1 shows debits
    above zero."""
    wanted = set(kinds)
    names = {one.account: one for column in columns for one in column if one.kind in wanted}
    amounts_of = [{one.account: one.amount * sign for one in column} for column in columns]
    found = []
    for account in sorted(names):
        nothing = Money.zero(names[account].currency)
        amounts = tuple(column.get(account, nothing) for column in amounts_of)
        if any(not amount.is_zero for amount in amounts):
            found.append(Row(names[account].name, amounts, account))
    return tuple(found)


def total(label: str, some: Sequence[Row], currency: str, width: int) -> Row:
    nothing = Money.zero(currency)
    sums = tuple(sum((row.amounts[n] for row in some), nothing) for n in range(width))
    return Row(label, sums)


def section(title: str, label: str, some: Sequence[Row], currency: str, width: int) -> Section:
    return Section(title, tuple(some), total(label, some, currency, width))


def added(label: str, some: Sequence[Row]) -> Row:
    """A row that sums others column by column."""
    first, *rest = some
    amounts = first.amounts
    for row in rest:
        amounts = tuple(one + two for one, two in zip(amounts, row.amounts, strict=True))
    return Row(label, amounts)
