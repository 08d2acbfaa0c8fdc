"""How far below zero an account may go, as two people arranged it, and until when."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.accounts.rules import REASON_LETTERS
from bank.products.rules import HIGHEST_RATE_PCT
from bank.runtime.fields import AmountField


class Overdraft(models.Model):
    """An arrangement: ``limit`` in the account's currency, through ``expires_date``.

    ``annual_rate_pct`` is what was agreed for this account; empty where it costs what its product says.

    ``runs_down`` after its end says that more was in use than allowed: the ledger's limit then
    follows the debt down, until nothing is left.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="overdrafts")
    limit = AmountField(_("limit"))
    expires_date = models.DateField(_("until"))
    annual_rate_pct = models.DecimalField(
        _("agreed rate, per cent a year"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    reference = models.CharField(_("approval"), max_length=24, blank=True)
    arranged_date = models.DateField(_("arranged"))
    arranged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_date = models.DateField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=REASON_LETTERS, blank=True)
    runs_down = models.BooleanField(_("is being paid back"), default=False)

    class Meta:
        verbose_name = _("overdraft")
        verbose_name_plural = _("overdrafts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(ended_date__isnull=True), name="overdraft_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(limit__gt=0), name="overdraft_has_a_limit"),
            models.CheckConstraint(
                condition=Q(annual_rate_pct__isnull=True)
                | Q(annual_rate_pct__gte=0, annual_rate_pct__lte=HIGHEST_RATE_PCT),
                name="overdraft_rate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.limit} until {self.expires_date}"
