"""What a company keeps to pay again: payments under a name, and groups of payees paid together."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments.models.orders import Beneficiary
from bank.runtime.fields import AmountField, CurrencyField

USER = settings.AUTH_USER_MODEL


class PaymentTemplate(models.Model):
    """A payment to make again, under a name. It pays nothing: whoever uses it confirms as always."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="payment_templates")
    name = models.CharField(_("name"), max_length=60)
    debtor_account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    creditor_name = models.CharField(_("creditor"), max_length=140)
    creditor_number = models.CharField(_("creditor's number"), max_length=34)
    creditor_agent = models.CharField(_("creditor's bank"), max_length=35, blank=True, default="")
    creditor_country = models.CharField(_("creditor's country"), max_length=2, blank=True, default="")
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    remittance = models.CharField(_("remittance"), max_length=140, blank=True, default="")
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("payment template")
        verbose_name_plural = _("payment templates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "name"],
                condition=Q(removed_at__isnull=True),
                name="payment_template_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class PayeeGroup(models.Model):
    """Payees paid together, in one currency: a file of as many payments is made of it, and confirmed once."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="payee_groups")
    name = models.CharField(_("name"), max_length=60)
    currency = CurrencyField(_("currency"))
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("payee group")
        verbose_name_plural = _("payee groups")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "name"], condition=Q(removed_at__isnull=True), name="payee_group_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A payee of a group and what they usually get."""

    group = models.ForeignKey(PayeeGroup, on_delete=models.CASCADE, related_name="members")
    payee = models.ForeignKey(Beneficiary, on_delete=models.PROTECT, related_name="+")
    amount = AmountField(_("amount"))
    remittance = models.CharField(_("remittance"), max_length=140, blank=True, default="")

    class Meta:
        verbose_name = _("member of a payee group")
        verbose_name_plural = _("members of payee groups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "payee"], name="group_member_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="group_member_is_paid"),
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.payee_id}"
