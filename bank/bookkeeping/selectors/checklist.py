"""What is looked at before a month is closed: a point each, ticked or still open, with what is open.

Apps above add points of their own (``add``): whether interest is accrued, whether every day is closed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.bookkeeping.errors import PeriodNotReady
from bank.bookkeeping.models import OpenItem, SchedulePart
from bank.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Point:
    """``open_by`` says what is open at the end of a day, as text for staff; nothing, if all is in order.

    Without a point that is a ``must`` the month is not closed; the others are for people to judge.
    """

    code: str
    title: Any
    open_by: Callable[[date], str]
    must: bool = False


@dataclass(frozen=True, slots=True)
class Ticked:
    """A point as it stood when it was looked at."""

    point: Point
    open: str

    @property
    def is_done(self) -> bool:
        return not self.open


_points: Final[dict[str, Point]] = {}


def add(point: Point) -> None:
    """Adds a point, once, however often it is called."""
    _points[point.code] = point


def of(last: date) -> list[Ticked]:
    """Every point as it stands for a month that ended with ``last``: those that must be first."""
    ordered = sorted(_points.values(), key=lambda point: (not point.must, point.code))
    return [Ticked(point, point.open_by(last)) for point in ordered]


def require(last: date) -> None:
    """Raises ``PeriodNotReady`` where a point that must be in order is not."""
    missing = [f"{one.point.title} ({one.open})" for one in of(last) if one.point.must and one.open]
    if missing:
        raise PeriodNotReady(month=f"{last:%Y-%m}", problem="; ".join(missing))


def _unbalanced(last: date) -> str:
    sums: dict[str, Money] = {}
    for line in ledger.trial_balance(on=last):
        sums[line.currency] = sums.get(line.currency, Money.zero(line.currency)) + line.credit - line.debit
    return ", ".join(str(total) for total in sums.values() if not total.is_zero)


def _in_suspense(last: date) -> str:
    accounts = ledger.playing(["SUSPENSE"])
    found = (line for line in ledger.trial_balance(on=last) if line.account in accounts)
    return ", ".join(
        f"{line.account} {line.credit - line.debit}" for line in found if line.credit != line.debit
    )


def _unreconciled(last: date) -> str:
    items = OpenItem.objects.filter(booking_date__lte=last).exclude(open_amount=0)
    accounts = sorted(set(items.values_list("account", flat=True)))
    return f"{items.count()} items on {', '.join(accounts)}" if accounts else ""


def _schedules_due(last: date) -> str:
    due = SchedulePart.objects.filter(
        due_date__lte=last, journal__isnull=True, schedule__cancelled_at__isnull=True
    )
    references = due.order_by("schedule_id").values_list("schedule__reference", flat=True).distinct()
    return ", ".join(references)


add(Point("TRIAL_BALANCE", _("The trial balance is zero"), _unbalanced, must=True))
add(Point("SCHEDULES", _("Accruals and prepayments are booked"), _schedules_due))
add(Point("SUSPENSE", _("Suspense is cleared"), _in_suspense))
add(Point("NOSTRO", _("Nostro accounts are reconciled"), _unreconciled))
