"""Reads of the closes of business."""

from django.conf import settings
from django.db.models import QuerySet

from bank.eod.models import Run, RunStep
from bank.eod.rules import RunState
from bank.kernel import calendars


def calendar() -> calendars.Calendar:
    """The days the bank is open."""
    return calendars.calendar(settings.BANK_CALENDAR)


def unfinished() -> Run | None:
    """The close under way or stopped; there is one at most."""
    return Run.objects.exclude(state=RunState.DONE.value).first()


def latest() -> Run | None:
    """The close of the latest business date that has one."""
    return Run.objects.select_related("started_by").order_by("-business_date").first()


def steps_of(run: Run) -> QuerySet[RunStep]:
    """In the order they run."""
    return run.steps.order_by("phase", "code").prefetch_related("notes")
