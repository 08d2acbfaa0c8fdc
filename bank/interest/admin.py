"""What staff see of an account's interest, below the account: every day of the period and what was paid."""

from decimal import Decimal

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bank.accounts.models import Account
from bank.interest import selectors
from bank.interest.errors import InterestNotKept
from bank.interest.models import Period
from bank.interest.selectors import DayLine, Explanation
from bank.kernel.money import Money
from bank.web import cells
from bank.web.staff import Column, Panel, adds_panel

_DAYS_SHOWN = 62


@adds_panel("accounts_account", rank=40)
def days_panel(request: HttpRequest, account: Account) -> Panel | None:
    """The running period day by day, reckoned anew, and whether that is what the close has booked."""
    try:
        found = selectors.explain(account)
    except InterestNotKept:
        return None
    return Panel(
        title=_("Interest of the running period, day by day"),
        columns=(
            Column(_("day")),
            Column(_("balance"), figures=True),
            Column(_("counted"), figures=True),
            Column(_("per cent a year"), figures=True),
            Column(_("part of the year"), figures=True),
            Column(_("earned"), figures=True),
            Column(_("cost of overdraft"), figures=True),
        ),
        rows=[_day(line) for line in reversed(found.lines[-_DAYS_SHOWN:])],
        totals=[_total(found)],
        empty=_("The period begins with the next close of business."),
    )


@adds_panel("accounts_account", rank=41)
def periods_panel(request: HttpRequest, account: Account) -> Panel | None:
    """The periods that were paid, the latest first."""
    periods = selectors.paid_periods(account)
    if not periods:
        return None
    return Panel(
        title=_("Interest paid"),
        columns=(
            Column(_("from")),
            Column(_("to")),
            Column(_("interest"), figures=True),
            Column(_("tax withheld"), figures=True),
            Column(_("cost of overdraft"), figures=True),
        ),
        rows=[_period(period, account.currency) for period in periods],
    )


def _day(line: DayLine) -> list[object]:
    return [
        cells.day(line.day),
        cells.money(line.balance),
        cells.money(line.counted),
        f"{line.rate_pct:f}",
        str(line.fraction),
        _exact(line.earned),
        _exact(line.cost),
    ]


def _total(found: Explanation) -> list[object]:
    agrees = _("agrees with the books") if found.agrees else _("a posting came since the last close")
    return [_("Sum"), agrees, "", "", "", cells.money(found.earned), cells.money(found.cost)]


def _period(period: Period, currency: str) -> list[object]:
    sums = (period.credit_paid, period.tax_withheld, period.debit_due)
    money = [cells.money(Money.from_minor(minor, currency)) for minor in sums]
    return [cells.day(period.first_day), cells.day(period.last_day), *money]


def _exact(amount: Decimal) -> str:
    """An exact amount with six decimals of the major unit: enough to see that cents are not yet rounded."""
    return f"{amount:,.6f}"
