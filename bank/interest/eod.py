"""What the close of business does for interest, in parts of accounts by id.

ACCRUE brings every account to the end of the closing days, or to the end of the month where one ends
among them; CAPITALISE ends the periods that end there; RESUME_ACCRUAL accrues the days after a month
that ended on a weekend or holiday, on balances that hold the interest just paid.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from bank.accounts.models import Account
from bank.interest import accrual, capitalisation, rules, staging
from bank.interest.models import Position
from bank.ledger import engine
from bank.products.models import ProductTerms
from bank.runtime.steps import Day, Part, Phase, Step

ACCRUE_AT_ONCE: Final = 50_000
CAPITALISE_AT_ONCE: Final = 20_000

_UPTO: Final = """
    SELECT max(n.id), count(*) FROM (
        SELECT id FROM accounts_account WHERE id > %s ORDER BY id LIMIT %s
    ) n
"""


def accrue(day: Day, cursor: str) -> Part:
    """The next part of the accounts, accrued to the end of the days or of the month among them."""
    return _accrue(cursor, day.business_date, _period_end(day))


def resume(day: Day, cursor: str) -> Part:
    """The next part of the accounts, accrued for the days after the month's last."""
    return _accrue(cursor, _period_end(day) + timedelta(days=1), day.last)


def capitalise(day: Day, cursor: str) -> Part:
    """The next part of the accounts: those whose period ends are paid, taxed and charged."""
    last = _period_end(day)

    def work(after: int, upto: int) -> tuple[int, int]:
        staging.lock()
        paid = capitalisation.capitalise(after=after, upto=upto, last=last, terms=_due(last))
        return paid.done, paid.refused

    return _part(cursor, CAPITALISE_AT_ONCE, work)


def _accrue(cursor: str, first: date, through: date) -> Part:
    def work(after: int, upto: int) -> tuple[int, int]:
        return accrual.accrue(after=after, upto=upto, first=first, through=through), 0

    return _part(cursor, ACCRUE_AT_ONCE, work)


def _part(cursor: str, size: int, work: Callable[[int, int], tuple[int, int]]) -> Part:
    after = int(cursor or 0)
    upto, found = engine.row(_UPTO, (after, size))
    if upto is None:
        return Part(done=0)
    done, failed = work(after, upto)
    return Part(done, str(upto) if found == size else None, failed)


def _period_end(day: Day) -> date:
    """The last day to be accrued before periods are paid."""
    return rules.month_end(day.days) or day.last


def _is_cut(day: Day) -> bool:
    return _period_end(day) < day.last


def _due(last: date) -> list[int]:
    rows = ProductTerms.objects.values_list("pk", "capitalisation_frequency")
    return [key for key, frequency in rows if rules.is_due(frequency, last)]


def _is_due(day: Day) -> bool:
    return bool(_due(_period_end(day)))


def _open_accounts(day: Day) -> int:
    return Account.objects.filter(closed_date__isnull=True).count()


def _positions(day: Day) -> int:
    return Position.objects.count()


STEPS: Final = (
    Step("ACCRUE", _("Accrue interest"), Phase.ACCRUE, accrue, count=_open_accounts),
    Step("CAPITALISE", _("Pay and charge interest"), Phase.CAPITALISE, capitalise, _is_due, _positions),
    Step(
        "RESUME_ACCRUAL",
        _("Accrue the days after the month"),
        Phase.CAPITALISE,
        resume,
        _is_cut,
        _open_accounts,
    ),
)
