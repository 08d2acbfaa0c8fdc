"""A network's record of a day beside ours: how much of it met, and every line that did not."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.payments.models.orders import USER
from bank.payments.rules import Difference
from bank.runtime.fields import AmountField, CurrencyField

DIFFERENCES = [
    (Difference.MISSING_HERE.value, _("Missing here")),
    (Difference.MISSING_THERE.value, _("Missing there")),
    (Difference.AMOUNT.value, _("Amounts differ")),
]


class NetworkDay(models.Model):
    """A day of a rail, reconciled; again as often as it is asked for."""

    rail = models.CharField(_("rail"), max_length=20)
    day = models.DateField(_("day"))
    matched = models.PositiveIntegerField(_("matched"), default=0)
    differing = models.PositiveIntegerField(_("differing"), default=0)
    made_at = models.DateTimeField(_("reconciled"), default=clock.now)

    class Meta:
        verbose_name = _("network day")
        verbose_name_plural = _("network days")
        ordering = ["-day", "rail"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["rail", "day"], name="network_day_once")]

    def __str__(self) -> str:
        return f"{self.rail} {self.day}"


class NetworkDifference(models.Model):
    """One movement that is not the same on both sides. Incoming is positive, outgoing negative."""

    network_day = models.ForeignKey(NetworkDay, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(_("difference"), max_length=14, choices=DIFFERENCES)
    reference = models.CharField(_("our reference"), max_length=35, blank=True)
    network_reference = models.CharField(_("network's reference"), max_length=64, blank=True)
    currency = CurrencyField(_("currency"))
    ours = AmountField(_("ours"), null=True)
    theirs = AmountField(_("theirs"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    note = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("network difference")
        verbose_name_plural = _("network differences")
        ordering = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(closed_at__isnull=True), name="network_difference_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference or self.network_reference}"
