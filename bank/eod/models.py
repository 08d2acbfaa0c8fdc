"""The closes of business dates: each with its steps, how far they came, and what they could not do."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from bank.eod.rules import REASON_LETTERS, RunState, StepState
from bank.kernel import clock
from bank.runtime.steps import Day

RUN_STATES = [
    (RunState.RUNNING.value, _("Under way")),
    (RunState.FAILED.value, _("Stopped")),
    (RunState.DONE.value, _("Closed")),
]
STEP_STATES = [
    (StepState.WAITING.value, _("Waiting")),
    (StepState.RUNNING.value, _("Under way")),
    (StepState.FAILED.value, _("Stopped")),
    (StepState.DONE.value, _("Done")),
    (StepState.SKIPPED.value, _("Not due")),
]


class Run(models.Model):
    """The close of one business date. Only one at a time is not finished: the database sees to it."""

    business_date = models.DateField(_("business date"), unique=True)
    next_date = models.DateField(_("next business date"))
    state = models.CharField(_("state"), max_length=8, choices=RUN_STATES, default=RunState.RUNNING.value)
    started_at = models.DateTimeField(_("started"), default=clock.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("started by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty where the schedule or the command line started it.",
    )
    fault = models.CharField(_("reason it stopped"), max_length=REASON_LETTERS, blank=True)

    class Meta:
        verbose_name = _("close of business")
        verbose_name_plural = _("closes of business")
        ordering: ClassVar = ["-business_date"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(next_date__gt=models.F("business_date")), name="eod_run_moves_forward"
            ),
            models.UniqueConstraint(
                models.Value(1), condition=~Q(state=RunState.DONE.value), name="eod_one_run_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return str(formats.date_format(self.business_date, "Y-m-d"))

    @property
    def day(self) -> Day:
        return Day(self.business_date, self.next_date)


class RunStep(models.Model):
    """A step of a close: where it stands. Changed only in the database transaction of its parts."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="steps")
    code = models.CharField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=120)
    phase = models.PositiveSmallIntegerField(_("phase"))
    state = models.CharField(_("state"), max_length=8, choices=STEP_STATES, default=StepState.WAITING.value)
    cursor = models.TextField(_("cursor"), blank=True)
    parts = models.PositiveIntegerField(_("parts"), default=0)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    failed = models.PositiveBigIntegerField(_("refused"), default=0)
    total = models.PositiveBigIntegerField(_("total"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    worked_at = models.DateTimeField(_("last part"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    last_error = models.CharField(_("last error"), max_length=REASON_LETTERS, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering: ClassVar = ["phase", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["run", "code"], name="eod_step_once_a_run"),
        ]

    def __str__(self) -> str:
        return self.code


class CalendarDay(models.Model):
    """A day that is otherwise than the calendar's table says: a holiday (its name), or a business day."""

    calendar = models.CharField(_("calendar"), max_length=40)
    day = models.DateField(_("day"))
    is_open = models.BooleanField(_("business day"), default=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    reference = models.CharField(_("approval"), max_length=24, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), default=clock.now)

    class Meta:
        verbose_name = _("day of a calendar")
        verbose_name_plural = _("days of calendars")
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["calendar", "day"], name="eod_calendar_day_once"),
            models.CheckConstraint(
                condition=Q(is_open=True, name="") | Q(is_open=False) & ~Q(name=""),
                name="eod_calendar_day_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.day}"


class StepNote(models.Model):
    """An item a step was refused and went past."""

    step = models.ForeignKey(RunStep, on_delete=models.PROTECT, related_name="notes")
    subject = models.CharField(_("about"), max_length=100)
    reason = models.CharField(_("why"), max_length=REASON_LETTERS)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"
