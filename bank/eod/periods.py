"""What the close of business says before a month is closed in the books."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from bank.bookkeeping.selectors import checklist
from bank.bookkeeping.selectors.checklist import Point
from bank.eod.models import Run
from bank.eod.rules import RunState


def _unfinished(last: date) -> str:
    runs = Run.objects.filter(business_date__lte=last).exclude(state=RunState.DONE.value)
    return ", ".join(f"{run.business_date} {run.get_state_display().lower()}" for run in runs)


def add_points() -> None:
    """Every business date of the month is closed, with all its steps."""
    checklist.add(Point("DAYS", _("Every day is closed, with all its steps"), _unfinished, must=True))
