"""Sweeps at the close of a day, in the order they were set up: after standing orders were tried again, before
the day's interest is reckoned, so that it is reckoned on the balances swept.

Each part locks its sweeps in the order of their ids, each is done in a savepoint of its own: what one is
refused stops no other.
"""

import logging

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import BankError
from bank.liquidity import services
from bank.liquidity.models import Sweep
from bank.liquidity.sweep_rules import RUNNING
from bank.runtime.steps import Day, Note, Part, Phase, Step

_log = logging.getLogger(__name__)
_MANY = 100


def sweep_day(day: Day, cursor: str) -> Part:
    """Sweeps what runs or is paused; what was swept for this day is not swept again."""
    rows = list(_due().filter(pk__gt=int(cursor or 0)).select_for_update(of=("self",))[:_MANY])
    notes = [note for sweep in rows if (note := _failure(sweep, day))]
    return Part(len(rows), str(rows[-1].pk) if len(rows) == _MANY else None, len(notes), tuple(notes))


def _due() -> QuerySet[Sweep]:
    running = Sweep.objects.filter(status__in=[one.value for one in RUNNING]).order_by("pk")
    return running.select_related("account", "pool", "customer", "made_by")


def _failure(sweep: Sweep, day: Day) -> Note | None:
    try:
        with transaction.atomic():
            services.run(sweep, day.business_date)
        return None
    except (BankError, ArithmeticError, DatabaseError) as error:
        _log.exception("sweep of row %s failed", sweep.pk)
        reason = error.message if isinstance(error, BankError) else type(error).__name__
        return Note(sweep.reference, reason[:200])


def _waiting(_day: Day) -> int:
    return _due().count()


STEPS = [Step("sweeps", _("Sweeps between own accounts"), Phase.COLLECT, sweep_day, count=_waiting)]
