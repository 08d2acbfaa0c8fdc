"""Reads: what has accrued on an account, at which rate, and how every day of it came to be."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from bank.accounts.models import Account
from bank.cif import selectors as cif
from bank.identity.models import User
from bank.interest import rules, staging
from bank.interest.errors import InterestNotKept
from bank.interest.models import Period, Position
from bank.kernel.money import Money
from bank.ledger import engine, valued
from bank.products.rules import BalanceBasis

LONGEST_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's interest now: earned and not paid yet, and its rate a year on today's balance.

    ``cost`` is what an overdraft cost and has not been charged. ``since`` is when the running period
    began, ``through`` the last day counted.
    """

    earned: Money
    cost: Money
    rate_pct: Decimal
    debit_rate_pct: Decimal
    since: date
    through: date

    @property
    def rate(self) -> Decimal:
        """The rate as a fraction, for pages."""
        return self.rate_pct / 100

    @property
    def debit_rate(self) -> Decimal:
        return self.debit_rate_pct / 100


@dataclass(frozen=True, slots=True)
class DayLine:
    """How one day came to its interest: ``earned`` and ``cost`` exact in the account's major unit."""

    day: date
    balance: Money
    counted: Money
    rate_pct: Decimal
    fraction: Fraction
    earned: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Explanation:
    """The days of a period, what they sum to, and what was booked for it; ``agrees`` if they are one."""

    terms: rules.Terms
    first_day: date
    last_day: date
    lines: list[DayLine]
    exact: rules.Accrued
    earned: Money
    cost: Money
    agrees: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """What all positions in a currency say is booked: owed to customers, and by them."""

    payable: Money
    receivable: Money


def standing_for(user: User, number: str, booked: Money) -> Standing | None:
    """What has accrued on an account the user may see, and its rate on what is ``booked`` now; None where
    no interest is kept for it, or it is not theirs. One query, two where there is interest.
    """
    customers = cif.mandates_for(user).values("customer_id")
    known = Position.objects.select_related("terms").prefetch_related("terms__interest_tiers")
    position = known.filter(account__number=number, account__customer_id__in=customers).first()
    if position is None:
        return None
    terms = staging.terms_of(position.terms, position.agreed_rate_pct)
    return Standing(
        earned=Money.from_minor(position.credit_posted, booked.currency),
        cost=Money.from_minor(position.debit_posted + position.debit_owed, booked.currency),
        rate_pct=rate_pct(terms, booked.minor),
        debit_rate_pct=terms.earning.debit_rate_pct,
        since=position.since,
        through=position.accrued_through,
    )


def explain(account: Account, first_day: date | None = None) -> Explanation:
    """Every day of the running period, or of the paid one that began on ``first_day``, reckoned anew in
    plain Python from the ledger's balances by value date.

    Raises ``InterestNotKept`` where there is no such period.
    """
    position = Position.objects.select_related("terms").filter(account=account).first()
    if position is None:
        raise InterestNotKept(number=account.number)
    if first_day is None or first_day == position.since:
        booked = rules.Accrued(position.credit_accrued, position.debit_accrued)
        terms = staging.terms_of(position.terms, position.agreed_rate_pct)
        return _explain(account, terms, position.since, position.accrued_through, booked)
    period = Period.objects.select_related("terms").filter(account=account, first_day=first_day).first()
    if period is None:
        raise InterestNotKept(number=account.number)
    booked = rules.Accrued(period.credit_accrued, period.debit_accrued)
    terms = staging.terms_of(period.terms, period.agreed_rate_pct)
    return _explain(account, terms, period.first_day, period.last_day, booked)


def paid_periods(account: Account, limit: int = 36) -> list[Period]:
    """The periods paid to an account, the latest first."""
    return list(Period.objects.filter(account=account).order_by("-first_day")[:limit])


def totals() -> dict[str, Totals]:
    """What all positions say is booked, by currency: the ledger's INTEREST_PAYABLE and INTEREST_RECEIVABLE
    hold just that for running accounts.
    """
    rows = engine.rows(
        "SELECT t.currency, sum(p.credit_posted), sum(p.debit_posted + p.debit_owed)"
        " FROM interest_position p JOIN products_productterms t ON t.id = p.terms_id GROUP BY t.currency"
    )
    return {
        currency: Totals(
            Money.from_minor(int(payable), currency), Money.from_minor(int(receivable), currency)
        )
        for currency, payable, receivable in rows
    }


def rate_pct(terms: rules.Terms, balance: int) -> Decimal:
    """The rate a year that a balance in minor units earns over all its tiers, to four decimals of a per
    cent; that of the lowest tier where there is none.
    """
    counted = max(balance, 1)
    exact = rules.yearly(terms, counted) * 100 / counted
    return rules.scaled(exact).quantize(Decimal("0.0001")).normalize()


def _explain(
    account: Account, terms: rules.Terms, first: date, last: date, booked: rules.Accrued
) -> Explanation:
    shown = max(first, last - timedelta(days=LONGEST_DAYS))
    balances = valued.closing_balances(account.number, from_date=first, to_date=last)
    minors = [balance.minor for balance in balances]
    exact = rules.accrue(terms, first, minors)
    lines = [
        _line(terms, first, minors, n, day)
        for n, day in enumerate(rules.days_between(first, last))
        if day >= shown
    ]
    currency = account.currency
    return Explanation(
        terms=terms,
        first_day=first,
        last_day=last,
        lines=lines,
        exact=exact,
        earned=Money.from_minor(exact.credit_minor, currency),
        cost=Money.from_minor(exact.debit_minor, currency),
        agrees=exact == booked,
    )


def _line(terms: rules.Terms, since: date, minors: list[int], n: int, day: date) -> DayLine:
    """A day; by the lowest or the average balance its interest is what it adds to the period's so far."""
    part = rules.day_fraction(terms.earning.day_count, since, day)
    basis = terms.earning.basis
    counted = minors[n] if basis == BalanceBasis.DAILY else rules.basis_balance(basis, minors[: n + 1])
    if basis == BalanceBasis.DAILY:
        earned = rules.scaled(rules.yearly(terms, counted) * part)
    else:
        now, before = (rules.accrue(terms, since, minors[:m]).credit for m in (n + 1, n))
        earned = now - before
    shift = Money.from_minor(1, terms.currency).amount
    return DayLine(
        day=day,
        balance=Money.from_minor(minors[n], terms.currency),
        counted=Money.from_minor(counted, terms.currency),
        rate_pct=rate_pct(terms, counted) if counted > 0 else terms.earning.debit_rate_pct,
        fraction=part,
        earned=earned * shift,
        cost=rules.scaled(rules.yearly_cost(terms, minors[n]) * part) * shift,
    )
