"""Months that were closed and reopened, and years whose result went to retained earnings."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping.rules import PeriodAct
from bank.kernel import clock
from bank.runtime.fields import AmountField, CurrencyField

PERIOD_ACTS = [(PeriodAct.CLOSE.value, _("Closed")), (PeriodAct.REOPEN.value, _("Reopened"))]


class PeriodChange(models.Model):
    """A month was closed or reopened; the newest row says up to where the books are closed."""

    month = models.DateField(_("month"), help_text=_("Its first day."))
    act = models.CharField(_("what"), max_length=6, choices=PERIOD_ACTS)
    closed_until = models.DateField(_("books closed up to"), null=True)
    reason = models.CharField(_("reason"), max_length=300)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    command = models.CharField(_("command"), max_length=24)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.act}"


class YearClose(models.Model):
    """The entry that moved a year's income and expense in one currency to retained earnings.

    ``lines`` are the amounts taken from each account (ledger sign), so that the year's income
    statement can be shown without them.
    """

    year = models.SmallIntegerField(_("year"))
    currency = CurrencyField(_("currency"))
    booking_date = models.DateField(_("booked on"))
    result = AmountField(_("result"))
    lines = models.JSONField(_("lines"))
    entry_id = models.BigIntegerField(_("entry"), unique=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("year end")
        verbose_name_plural = _("year ends")
        ordering: ClassVar = ["-year", "currency"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "currency"], name="year_closed_once")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.currency}"
