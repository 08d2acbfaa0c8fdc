"""Amounts spread over months: accruals and prepayments."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping.rules import ScheduleKind, Spread
from bank.kernel import clock
from bank.runtime.fields import AmountField, CurrencyField

SCHEDULE_KINDS = [
    (ScheduleKind.ACCRUAL.value, _("Accrual")),
    (ScheduleKind.PREPAYMENT.value, _("Prepayment")),
]
SPREADS = [
    (Spread.EQUAL.value, _("Equal parts, the last takes the remainder")),
    (Spread.DAYS.value, _("By the days of each month")),
]


class Schedule(models.Model):
    """What is booked at the end of each of its months, from one account to another."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=SCHEDULE_KINDS)
    debit = models.CharField(_("debit"), max_length=34)
    credit = models.CharField(_("credit"), max_length=34)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"))
    spread = models.CharField(_("spread"), max_length=5, choices=SPREADS)
    narrative = models.CharField(_("narrative"), max_length=120)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    command = models.CharField(_("command"), max_length=24)
    made_at = models.DateTimeField(_("made"), default=clock.now)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    cancel_reason = models.CharField(_("why cancelled"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("accruals and prepayments")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.reference


class SchedulePart(models.Model):
    """A month's part: waiting until its day, then booked once."""

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="parts")
    number = models.SmallIntegerField(_("part"))
    due_date = models.DateField(_("due"))
    amount = AmountField(_("amount"))
    journal = models.OneToOneField(
        "bookkeeping.Journal",
        on_delete=models.PROTECT,
        null=True,
        related_name="part",
        verbose_name=_("journal"),
    )

    class Meta:
        verbose_name = _("part of the schedule")
        verbose_name_plural = _("parts of the schedule")
        ordering: ClassVar = ["schedule", "number"]
        indexes: ClassVar = [
            models.Index(fields=["due_date"], name="schedule_due", condition=Q(journal__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "number"], name="schedule_part_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="schedule_part_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id}/{self.number}"
