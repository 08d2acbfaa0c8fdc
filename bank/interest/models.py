"""What each account's interest stands at, and the periods that were paid.

Whole amounts are minor units of the account's currency, exact ones minor units with ten decimals:
a set-based close writes a million of these rows and reads the ledger's, which count so too.
``selectors`` answers in ``Money``. Why there is no row a day: docs/decisions/interest.md.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.interest.rules import SCALE


def _exact(label: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(label, max_digits=38, decimal_places=SCALE, default=0)


def _agreed() -> "models.DecimalField[Any, Any]":
    """What an overdraft was agreed to cost, per cent a year; empty where the terms say."""
    return models.DecimalField(
        _("agreed rate of the overdraft"), max_digits=9, decimal_places=6, null=True, editable=False
    )


class Position(models.Model):
    """An account's interest since the period began on ``since``, up to the end of ``accrued_through``.

    ``credit_posted`` of what was earned stands in INTEREST_PAYABLE; ``debit_posted`` of what an
    overdraft costs stands in INTEREST_RECEIVABLE, with ``debit_owed`` from periods before.
    ``seen_version`` is the account's last posting that the accrual knows.
    """

    account = models.OneToOneField(
        "accounts.Account", on_delete=models.PROTECT, primary_key=True, related_name="interest_position"
    )
    ledger_id = models.BigIntegerField(_("ledger account"), editable=False)
    terms = models.ForeignKey(
        "products.ProductTerms", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agreed_rate_pct = _agreed()
    since = models.DateField(_("since"))
    accrued_through = models.DateField(_("accrued through"))
    seen_version = models.BigIntegerField(default=0, editable=False)
    credit_accrued = _exact(_("earned, in cents"))
    credit_posted = models.BigIntegerField(_("earned and booked, in cents"), default=0)
    debit_accrued = _exact(_("cost of overdraft, in cents"))
    debit_posted = models.BigIntegerField(_("cost booked, in cents"), default=0)
    debit_owed = models.BigIntegerField(_("owed from before, in cents"), default=0)
    balance_days = models.DecimalField(max_digits=38, decimal_places=0, default=0, editable=False)
    lowest = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("interest position")
        verbose_name_plural = _("interest positions")

    def __str__(self) -> str:
        return f"interest of {self.account_id}"


class Period(models.Model):
    """A period whose interest was paid and charged: what it came to, exactly and in whole minor units.

    A correction changes the sums here and says why in an entry of its own; ``value_date`` is the day
    from which what was paid earns interest itself.
    """

    pk = models.CompositePrimaryKey("account_id", "first_day")
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="interest_periods", db_index=False
    )
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to"))
    value_date = models.DateField(_("value date"))
    terms = models.ForeignKey(
        "products.ProductTerms", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    credit_accrued = _exact(_("earned, in cents"))
    credit_paid = models.BigIntegerField(_("paid, in cents"))
    tax_rate_pct = models.DecimalField(_("withholding tax, per cent"), max_digits=9, decimal_places=6)
    tax_withheld = models.BigIntegerField(_("tax withheld, in cents"))
    agreed_rate_pct = _agreed()
    debit_accrued = _exact(_("cost of overdraft, in cents"))
    debit_due = models.BigIntegerField(_("cost due, in cents"))
    entry_id = models.BigIntegerField(_("journal entry"), null=True)

    class Meta:
        verbose_name = _("paid period of interest")
        verbose_name_plural = _("paid periods of interest")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="interest_period_days"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.first_day} to {self.last_day}"
