"""Celery: load, call one service."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from bank.eod import rules, schedule, selectors
from bank.eod import services as eod
from bank.eod.rules import RunState
from bank.identity.models import User
from bank.kernel import clock


@shared_task(name="eod.close")
def close(through: str | None = None, by: int | None = None) -> str:
    """Closes the earliest business date whose close is due, and asks for the one after it.

    Beat runs it at the configured time; twice, late or beside another it does nothing twice, since
    whoever comes second finds the close being done, or the business date moved on. One date a task,
    so that no task takes longer than the worker lets it.
    """
    now = timezone.localtime(clock.now())
    last = date.fromisoformat(through) if through else rules.last_due(now, schedule.closes_at())
    closing = eod.close_next(through=last, by=User.objects.filter(pk=by).first() if by else None)
    if closing.is_busy or closing.stopped or not closing.runs:
        return _said(closing)
    close.apply_async(kwargs={"through": last.isoformat(), "by": by})
    return _said(closing)


@shared_task(name="eod.go_on")
def go_on() -> str:
    """Goes on with a close that was cut off; beat looks every five minutes. One that stopped waits."""
    run = selectors.unfinished()
    if run is None or run.state != RunState.RUNNING:
        return "nothing was cut off"
    return _said(eod.close_next(through=run.business_date))


def _said(closing: eod.Closing) -> str:
    if closing.is_busy:
        return "another is closing"
    return ", ".join(f"{run.business_date} {run.state}" for run in closing.runs) or "nothing is due"
