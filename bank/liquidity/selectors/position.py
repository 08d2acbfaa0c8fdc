"""What there is now: by account and currency, and in one currency at the bank's rates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.bookkeeping.errors import RateMissing
from bank.bookkeeping.selectors import rates
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.money import Money, rounded
from bank.liquidity import rules
from bank.liquidity.rules import By, Commitment, Rung
from bank.liquidity.selectors import commitments


@dataclass(frozen=True, slots=True)
class Held:
    """An account and what of it is free: booked less held, without any overdraft."""

    account: Account
    booked: Money
    free: Money


@dataclass(frozen=True, slots=True)
class Rates:
    """What one unit of each currency is worth in ``target``; those without a rate are absent. ``day`` is the
    oldest of the rates used, None where none was needed."""

    target: str
    worth: dict[str, Fraction]
    day: date | None

    def converted(self, money: Money) -> Money | None:
        """None where there is no rate."""
        worth = self.worth.get(money.currency)
        return None if worth is None else rounded(Fraction(money.amount) * worth, self.target)


@dataclass(frozen=True, slots=True)
class Position:
    """``total`` is what could be converted; ``left_out`` are the currencies without a rate."""

    held: list[Held]
    by_currency: list[Money]
    rates: Rates
    total: Money
    left_out: list[str]


def companies_of(user: User, company: Customer, *, all_of_them: bool) -> list[Customer]:
    """The company, or every one of the kind the user may see. The caller was allowed to see the first."""
    if not all_of_them:
        return [company]
    return [one for one in cif.customers_for(user) if one.kind == company.kind]


def position(companies: Sequence[Customer], target: str, today: date) -> Position:
    held = [
        Held(one.account, one.booked, one.booked - one.held)
        for company in companies
        for one in accounts.accounts_of(company)
    ]
    sums = _by_currency(one.free for one in held)
    found = rates_for(target, [one.currency for one in sums], today)
    worth = [found.converted(one) for one in sums]
    total = sum((one for one in worth if one is not None), Money.zero(target))
    left_out = [one.currency for one, in_target in zip(sums, worth, strict=True) if in_target is None]
    return Position(held, sums, found, total, left_out)


def rates_for(target: str, currencies: Iterable[str], today: date) -> Rates:
    """The rates as they stand on a day, and of when the oldest of them is."""
    worth: dict[str, Fraction] = {}
    days: list[date] = []
    for currency in sorted(set(currencies)):
        try:
            worth[currency] = rates.rate(currency, target, today)
        except RateMissing:
            continue
        if currency != target:
            days.append(_day_of(currency, target, today))
    return Rates(target, worth, min(days, default=None))


def ladder(
    companies: Sequence[Customer], now: Position, today: date, by: By
) -> tuple[list[Rung], list[Commitment]]:
    """The steps in the position's currency, and the commitments behind them in their own. What is in a
    currency without a rate is among the second only."""
    until = rules.end_of(today, by)
    found = [one for company in companies for one in commitments.known(company, today, until)]
    found.sort(key=lambda one: (one.day, one.title))
    known = rates_for(now.rates.target, (one.money.currency for one in found), today)
    worth = ((one.day, known.converted(one.money)) for one in found)
    items = [(day, money.amount) for day, money in worth if money is not None]
    return rules.ladder(items, now.total.amount, today, by), found


def _by_currency(amounts: Iterable[Money]) -> list[Money]:
    sums: dict[str, Money] = {}
    for one in amounts:
        sums[one.currency] = sums.get(one.currency, Money.zero(one.currency)) + one
    return [sums[currency] for currency in sorted(sums)]


def _day_of(source: str, target: str, today: date) -> date:
    """The day of the pair's own rate; of the older side's newest where they meet over a third currency."""
    quotes = rates.quotes(today)
    own = [one.day for one in quotes if {one.base, one.quote} == {source, target}]
    sides = [
        [one.day for one in quotes if currency in (one.base, one.quote)] for currency in (source, target)
    ]
    return max(own) if own else min(max(days) for days in sides)
