"""Thirteen weeks in one currency: what is known, filled up to what is usual; the range is of past errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bank.accounts.models import Account
from bank.accounts.rules import AccountRole
from bank.cif.models import Customer
from bank.kernel.money import Money
from bank.ledger import movements
from bank.liquidity import rules
from bank.liquidity.rules import Commitment, Foreseen, Trial, Week
from bank.liquidity.selectors import commitments
from bank.liquidity.selectors.position import Position

PAST_WEEKS = 156


@dataclass(frozen=True, slots=True)
class Forecast:
    """``trial`` is None where there is too little history; ``history`` is how many weeks there are."""

    currency: str
    opening: Money
    weeks: list[Foreseen]
    known: list[Commitment]
    history: int
    trial: Trial | None

    def known_in(self, week: Foreseen) -> list[Commitment]:
        """The commitments of a week, the largest first."""
        mine = [one for one in self.known if week.first <= one.day <= week.last]
        return sorted(mine, key=lambda one: -abs(one.money.amount))


def forecast(companies: Sequence[Customer], now: Position, currency: str, today: date) -> Forecast:
    """Reads what is due, three years of weeks, and the balance there is."""
    until = rules.end_of(today, rules.By.WEEK)
    found = [one for company in companies for one in commitments.known(company, today, until)]
    mine = [one for one in found if one.money.currency == currency]
    opening = sum((one.free for one in now.held if one.free.currency == currency), Money.zero(currency))
    past = history(companies, currency, today)
    weeks, trial = rules.foreseen([(one.day, one.money.amount) for one in mine], past, opening, today)
    return Forecast(currency, opening, weeks, mine, len(past), trial)


def history(companies: Sequence[Customer], currency: str, today: date) -> list[Week]:
    """The weeks up to yesterday from the first that saw money, oldest first; money between the companies'
    own accounts is in none."""
    accounts = Account.objects.filter(customer__in=companies, currency=currency)
    codes = list(accounts.exclude(role=AccountRole.POT.value).values_list("number", flat=True))
    until = today - timedelta(days=1)
    found = movements.weekly_flows(codes, until=until, weeks=PAST_WEEKS)
    if not found:
        return []
    return [_week(found, ago, until, currency) for ago in range(max(found), -1, -1)]


def _week(found: dict[int, tuple[int, int]], ago: int, until: date, currency: str) -> Week:
    money_in, money_out = (Money.from_minor(one, currency).amount for one in found.get(ago, (0, 0)))
    return Week(until - timedelta(days=7 * ago + 6), money_in, money_out)
