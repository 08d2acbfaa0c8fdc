"""Standing orders in the close: paid at the opening of the day they fall on, tried again at its end.

Each part locks its orders in the order of their ids, each is done in a savepoint of its own: what one
is refused stops no other, and what is done is no longer found.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.runtime.steps import Day, Note, Part, Phase, Step
from bank.standing import services
from bank.standing.models import Run, StandingOrder
from bank.standing.rules import RUNNING, RunStatus

_log = logging.getLogger(__name__)
_MANY = 100


def open_day(day: Day, cursor: str) -> Part:
    """Carries out what falls on the day that opens, and on days before it that were missed."""
    orders = _locked(_due(day), cursor)
    return _each(orders, lambda order: services.run_due(order, day.next_date))


def close_day(day: Day, cursor: str) -> Part:
    """Tries again what was refused for now, with the money that came in during the day."""
    runs = list(
        _retrying()
        .filter(pk__gt=int(cursor or 0))
        .order_by("pk")
        .select_for_update(of=("self", "order"))[:_MANY]
    )
    return _each(runs, lambda run: services.try_again(run, day.business_date))


def _due(day: Day) -> QuerySet[StandingOrder]:
    return StandingOrder.objects.filter(
        status__in=[status.value for status in RUNNING], next_run__lte=day.next_date
    )


def _retrying() -> QuerySet[Run]:
    runs = Run.objects.filter(status=RunStatus.RETRYING.value)
    return runs.select_related("order__debtor_account", "order__made_by")


def _waiting(_day: Day) -> int:
    return _retrying().count()


def _locked(found: QuerySet[StandingOrder], cursor: str) -> list[StandingOrder]:
    rows = found.filter(pk__gt=int(cursor or 0)).order_by("pk").select_related("debtor_account", "made_by")
    return list(rows.select_for_update(of=("self",))[:_MANY])


def _each(rows: Sequence[Any], work: Callable[[Any], Any]) -> Part:
    notes = [note for row in rows if (note := _failure(row, work))]
    cursor = str(rows[-1].pk) if len(rows) == _MANY else None
    return Part(len(rows), cursor, len(notes), tuple(notes))


def _failure(row: Any, work: Callable[[Any], Any]) -> Note | None:
    try:
        with transaction.atomic():
            work(row)
        return None
    except (BankError, ArithmeticError, DatabaseError) as error:
        _log.exception("standing order of row %s failed", row.pk)
        reason = error.message if isinstance(error, BankError) else type(error).__name__
        return Note(str(row), reason[:200])


STEPS = [
    Step(
        "standing.retry", _("Standing orders tried again"), Phase.COLLECT, close_day,
        count=_waiting,
    ),
    Step(
        "STANDING_ORDERS", _("Standing orders"), Phase.OPEN, open_day, count=lambda day: _due(day).count()
    ),
]  # fmt: skip
