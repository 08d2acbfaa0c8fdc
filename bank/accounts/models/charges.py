"""What an account owes for a period or an event: taken as far as the money goes, the rest in arrears."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.accounts.rules import REASON_LETTERS, ChargeKind
from bank.kernel.money import Money
from bank.runtime.fields import AmountField

CHARGE_KINDS = [
    (ChargeKind.MONTHLY_FEE.value, _("Monthly fee")),
    (ChargeKind.BELOW_MINIMUM.value, _("Fee below the balance to keep")),
    (ChargeKind.CHEQUE_RETURNED.value, _("Fee for a returned cheque")),
    (ChargeKind.CHEQUE_BOOK.value, _("Price of a cheque book")),
    (ChargeKind.CHEQUE_STOP.value, _("Fee for a stopped cheque")),
    (ChargeKind.CHEQUE_CLAIM.value, _("Amount of a cheque returned after it was credited")),
    (ChargeKind.DEBIT_CLAIM.value, _("Amount of a direct debit that was refunded")),
]


class FeeUse(models.Model):
    """One of the events of a calendar month an account had for nothing: the ``slot``-th of them.

    Two that take the last one at once want one slot: the index lets one have it.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    event = models.CharField(_("event"), max_length=32)
    month = models.DateField(_("month"))
    slot = models.PositiveSmallIntegerField(_("number"))
    reference = models.CharField(_("reference"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("free event")
        verbose_name_plural = _("free events")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "event", "month", "slot"], name="fee_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.month} {self.slot}"


class Charge(models.Model):
    """A charge of an account, in its currency; once per kind, period and reference.

    It is in arrears while less is taken than due and nobody waived the rest.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="charges")
    kind = models.CharField(_("charge"), max_length=16, choices=CHARGE_KINDS)
    period_date = models.DateField(_("for"))
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    fee = AmountField(_("fee"))
    excise = AmountField(_("excise duty"), default=0)
    fee_taken = AmountField(_("fee taken"), default=0)
    excise_taken = AmountField(_("excise duty taken"), default=0)
    income_role = models.CharField(_("GL role of the income"), max_length=40)
    excise_role = models.CharField(_("GL role of the duty"), max_length=40, blank=True)
    charged_date = models.DateField(_("charged"))
    settled_date = models.DateField(_("settled"), null=True, blank=True)
    waived_date = models.DateField(_("waived"), null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    waiver_reason = models.CharField(_("why it was waived"), max_length=REASON_LETTERS, blank=True)

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "kind", "period_date", "reference"], name="charge_once_per_period"
            ),
            models.CheckConstraint(
                condition=Q(
                    fee__gte=0,
                    excise__gte=0,
                    fee_taken__gte=0,
                    excise_taken__gte=0,
                    fee_taken__lte=F("fee"),
                    excise_taken__lte=F("excise"),
                ),
                name="charge_taken_within_due",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(settled_date__isnull=True, waived_date__isnull=True),
                name="charge_in_arrears",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period_date}"

    @property
    def open_fee(self) -> Money:
        return Money(self.fee - self.fee_taken, self.account.currency)

    @property
    def open_excise(self) -> Money:
        return Money(self.excise - self.excise_taken, self.account.currency)

    @property
    def open_sum(self) -> Money:
        """What is still to be taken."""
        return self.open_fee + self.open_excise
