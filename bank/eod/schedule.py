"""When the business date is closed: one row of beat's schedule, made once and the bank's own from then on."""

from datetime import time
from typing import Final

from django.conf import settings
from django_celery_beat.models import CrontabSchedule, PeriodicTask

NAME: Final = "close the business date"
TASK: Final = "eod.close"


def seed() -> None:
    """Adds the row if it is not there; one that is stays as it is."""
    if PeriodicTask.objects.filter(name=NAME).exists():
        return
    at = time.fromisoformat(settings.CLOSES_AT)
    PeriodicTask.objects.create(
        name=NAME,
        task=TASK,
        crontab=_every_day(at),
        description="Closes the business date and whatever earlier one is open; on days the bank is shut"
        " there is none to close.",
    )


def row() -> PeriodicTask | None:
    return PeriodicTask.objects.select_related("crontab").filter(name=NAME).first()


def closes_at() -> time:
    """The time of the row, where the bank is; before there is one, the setting's."""
    found = row()
    if found is None or found.crontab is None:
        return time.fromisoformat(settings.CLOSES_AT)
    return time(int(found.crontab.hour), int(found.crontab.minute))


def change(*, at: time, enabled: bool) -> None:
    """Another time, or none: without the schedule only people close."""
    seed()
    found = PeriodicTask.objects.select_for_update().get(name=NAME)
    found.crontab, found.enabled = _every_day(at), enabled
    found.save()


def _every_day(at: time) -> CrontabSchedule:
    found, _ = CrontabSchedule.objects.get_or_create(
        minute=str(at.minute),
        hour=str(at.hour),
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone=settings.TIME_ZONE,
    )
    return found
