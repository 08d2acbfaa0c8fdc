"""What a deposit earns, when, and what is left of it when it ends early. Plain Python.

Interest is counted by the deposit's own day count on what was paid in and rounded once for each
period, half to even (``bank.products.growth``, which the calculators use too). Rates are per cent
a year.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bank.kernel import daycount
from bank.kernel.money import Money
from bank.products import growth
from bank.products.rules import DepositRules, InterestMode, ProductKind, percent_of

BRANCH: Final = "090"
"""The first digits of every deposit's number."""
_MONTHS: Final = {InterestMode.MONTHLY: 1, InterestMode.QUARTERLY: 3, InterestMode.COMPOUNDED: 3}
TERM_KINDS: Final = frozenset({ProductKind.FIXED_DEPOSIT, ProductKind.RECURRING_DEPOSIT})
OPEN_KINDS: Final = frozenset({ProductKind.CALL_DEPOSIT, ProductKind.NOTICE_DEPOSIT})
KINDS: Final = TERM_KINDS | OPEN_KINDS


class Status(StrEnum):
    """HELD has matured and waits for an account to be paid to; all below it are over."""

    ACTIVE = "ACTIVE"
    HELD = "HELD"
    MATURED = "MATURED"
    RENEWED = "RENEWED"
    CLOSED_EARLY = "CLOSED_EARLY"
    CLOSED = "CLOSED"


OVER: Final = frozenset({Status.MATURED, Status.RENEWED, Status.CLOSED_EARLY, Status.CLOSED})


class Instruction(StrEnum):
    """What becomes of a fixed deposit at maturity: paid out, or renewed with or without its interest."""

    NONE = "NONE"
    PRINCIPAL = "PRINCIPAL"
    PRINCIPAL_AND_INTEREST = "PRINCIPAL_AND_INTEREST"


class LineKind(StrEnum):
    INTEREST = "INTEREST"
    INSTALMENT = "INSTALMENT"
    MATURITY = "MATURITY"


class LineStatus(StrEnum):
    """MISSED: an instalment that stayed out beyond its days of grace. LAPSED: the deposit ended before."""

    PENDING = "PENDING"
    PAID = "PAID"
    MISSED = "MISSED"
    LAPSED = "LAPSED"


@dataclass(frozen=True, slots=True)
class Terms:
    """A fixed deposit's contract, as far as its interest depends on it."""

    principal: Money
    annual_rate_pct: Decimal
    day_count: str
    mode: str
    start: date
    maturity: date
    tenor_months: int


@dataclass(frozen=True, slots=True)
class Credit:
    """The interest of a period, before and after withholding tax."""

    day: date
    gross: Money
    tax: Money

    @property
    def net(self) -> Money:
        return self.gross - self.tax


@dataclass(frozen=True, slots=True)
class Ending:
    """What is left when a deposit ends: all interest due, and what of it is still to be booked.

    ``interest`` and ``tax`` are those of the whole term; ``interest_now`` and ``tax_now`` what is
    still to be credited and withheld, below zero where more was paid before than is due.
    ``payout`` is all that leaves the deposit.
    """

    balance: Money
    interest: Money
    interest_now: Money
    tax_now: Money
    penalty: Money

    @property
    def payout(self) -> Money:
        return self.balance + self.interest_now - self.tax_now - self.penalty


def period_ends(terms: Terms) -> list[date]:
    """The days on which interest is due, the maturity last."""
    step = _MONTHS.get(InterestMode(terms.mode))
    inner = range(step, terms.tenor_months, step) if step else ()
    return [*(growth.months_after(terms.start, months) for months in inner), terms.maturity]


def credits(terms: Terms, tax_pct: Decimal, settled: Sequence[Credit] = ()) -> Iterator[Credit]:
    """The interest of each period; periods already ``settled`` stand as they were booked."""
    return (credit for credit, _base in _periods(terms, tax_pct, settled))


def earned(terms: Terms, until: date, tax_pct: Decimal, settled: Sequence[Credit] = ()) -> Money:
    """All interest from the beginning to ``until`` (excluded): whole periods, and the one under way."""
    total, since = Money.zero(terms.principal.currency), terms.start
    for credit, base in _periods(terms, tax_pct, settled):
        if credit.day > until:
            return total + _interest(terms, base, since, max(since, until))
        total, since = total + credit.gross, credit.day
    return total


def reduced(terms: Terms, points: Decimal) -> Terms:
    """The same deposit at a rate less by so many percentage points, never below nothing."""
    return replace(terms, annual_rate_pct=max(terms.annual_rate_pct - points, Decimal(0)))


def months_left(on: date, maturity: date) -> int:
    """Months from ``on`` to ``maturity``; one that has begun counts as whole."""
    months = 0
    while daycount.add_months(on, months) < maturity:
        months += 1
    return months


def unlocked_on(rules: DepositRules, start: date) -> date:
    """From which day a deposit may be closed early."""
    return start + timedelta(days=rules.cooling_days)


def ending(
    *,
    balance: Money,
    interest: Money,
    paid_interest: Money,
    paid_tax: Money,
    tax_pct: Decimal,
    penalty: Money,
    capped: bool = True,
) -> Ending:
    """What a deposit ends with.

    Tax on interest taken back is given back, up to what was withheld. A ``capped`` penalty never
    takes more than the interest still to be credited: what was paid in is always returned.
    """
    now = interest - paid_interest
    tax = percent_of(tax_pct, now) if now.is_positive else -min(paid_tax, percent_of(tax_pct, -now))
    most = max(now - tax, Money.zero(balance.currency)) if capped else penalty
    return Ending(balance, interest, now, tax, min(penalty, most))


def _periods(terms: Terms, tax_pct: Decimal, settled: Sequence[Credit]) -> Iterator[tuple[Credit, Money]]:
    """Each period's interest with the sum it was counted on; compounding, that grows by the net."""
    base, since = terms.principal, terms.start
    for number, end in enumerate(period_ends(terms)):
        if number < len(settled):
            credit = settled[number]
        else:
            gross = _interest(terms, base, since, end)
            credit = Credit(end, gross, percent_of(tax_pct, gross))
        yield credit, base
        since = end
        if terms.mode == InterestMode.COMPOUNDED:
            base += credit.net


def _interest(terms: Terms, base: Money, since: date, until: date) -> Money:
    return growth.simple_interest(
        [(since, base)], annual_rate_pct=terms.annual_rate_pct, day_count=terms.day_count, until=until
    )
