"""Rates of exchange by day and source, and what revaluing the bank's position came to."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.runtime.fields import AmountField, CurrencyField


class FxRate(models.Model):
    """One unit of ``base`` is worth ``rate`` of ``quote`` on a day, by a source. A correction is a new row;
    the newest counts."""

    base = CurrencyField(_("one unit of"))
    quote = CurrencyField(_("is worth in"))
    day = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=20)
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    command = models.CharField(_("command"), max_length=24, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered"), default=clock.now)

    class Meta:
        verbose_name = _("rate of exchange")
        verbose_name_plural = _("rates of exchange")
        ordering: ClassVar = ["-day", "base", "quote", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["day", "base", "quote", "-id"], name="fx_rate_by_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="fx_rate_above_zero"),
            models.CheckConstraint(condition=~Q(base=models.F("quote")), name="fx_rate_two_currencies"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.day}"


class Revaluation(models.Model):
    """The bank's position in foreign currency at a day's rates, and the gain or loss booked for it."""

    day = models.DateField(_("day"), unique=True)
    positions = models.JSONField(_("positions"))
    value = AmountField(_("worth in base currency"))
    result = AmountField(_("gain or loss booked"))
    entry_id = models.BigIntegerField(_("entry"), null=True, unique=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("revaluation")
        verbose_name_plural = _("revaluations")
        ordering: ClassVar = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}"
