"""Days on which standing orders are paid, moved because a day became a holiday or a business day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from bank import ledger
from bank.identity.models import User
from bank.kernel.calendars import Calendar
from bank.standing import rules
from bank.standing.models import StandingOrder
from bank.standing.services import ordering

_NEAR: Final = timedelta(days=15)
"""No run of days of rest is longer, so no payment moves further."""


def moved_by(*, calendar: Calendar, day: date) -> list[tuple[StandingOrder, date]]:
    """Which orders' next payments move, and to which day, once ``calendar`` holds, in which ``day`` alone is
    otherwise than before: each by its own rule for holidays. Changes nothing.
    """
    return list(_moves(_near(day), calendar))


@transaction.atomic
def move_runs(*, calendar: Calendar, day: date, reference: str, actor: User | None) -> int:
    """Moves the next payments of ``moved_by``; tells how many. The due dates stay, so none is paid twice."""
    moves = list(_moves(_near(day).order_by("pk").select_for_update(of=("self",)), calendar))
    for order, to in moves:
        order.next_run = to
        order.save(update_fields=["next_run"])
        ordering.note(order, "MOVED", actor, f"Paid on {to}; {reference}")
    return len(moves)


def _near(day: date) -> QuerySet[StandingOrder]:
    statuses = [status.value for status in rules.RUNNING]
    return StandingOrder.objects.filter(status__in=statuses, next_run__range=(day - _NEAR, day + _NEAR))


def _moves(found: QuerySet[StandingOrder], calendar: Calendar) -> Iterator[tuple[StandingOrder, date]]:
    opened = ledger.business_date()
    for order in found:
        assert order.next_due is not None
        to = order.schedule.paid_on(order.next_due, calendar)
        if to != order.next_run and to > opened:
            yield order, to
