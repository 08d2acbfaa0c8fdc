"""What a customer keeps to pay again: payments under a name, and groups of payees paid together. Beside a
payee how the trial of their account went."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments.models.orders import Beneficiary
from bank.payments.rules import TrialState
from bank.runtime.fields import AmountField, CurrencyField

USER = settings.AUTH_USER_MODEL
TRIAL_STATES = [
    (TrialState.WAITING.value, _("Being tried")),
    (TrialState.LEAVING.value, _("On its way")),
    (TrialState.SENT.value, _("Sent")),
    (TrialState.REFUSED.value, _("Refused")),
    (TrialState.FAILED.value, _("Could not be tried")),
    (TrialState.CHANGED.value, _("Changed")),
    (TrialState.CORRECTED.value, _("Corrected")),
]


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


class PayeeTrial(models.Model):
    """A payee's account in the United States tried by an entry of no money (a prenote), once for each payee
    kept. ``until`` is the first day on which money may follow: three banking days there after the entry.

    What is right instead, where their bank said so, is ``corrected``: number, agent, account_type.
    """

    payee = models.OneToOneField(Beneficiary, on_delete=models.PROTECT, related_name="trial")
    rail = models.CharField(_("rail"), max_length=20)
    reference = models.CharField(_("reference"), max_length=24, unique=True)
    account_type = models.CharField(_("kind of account"), max_length=4, blank=True, default="")
    state = models.CharField(_("status"), max_length=10, choices=TRIAL_STATES)
    until = models.DateField(_("money may follow on"))
    reason = models.CharField(_("reason"), max_length=40, blank=True, default="")
    sentence = models.CharField(_("explanation"), max_length=300, blank=True, default="")
    corrected = models.JSONField(_("right instead"), default=dict)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked for"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("trial of a payee's account")
        verbose_name_plural = _("trials of payees' accounts")
        indexes: ClassVar = [
            models.Index(
                fields=["rail", "id"],
                condition=Q(state=TrialState.WAITING.value),
                name="payee_trial_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def state_today(self) -> TrialState:
        return self.state_on(clock.today())

    def state_on(self, day: date) -> TrialState:
        """As the customer is told: TRIED where no word came till the day money may follow."""
        state = TrialState(self.state)
        return TrialState.TRIED if state == TrialState.SENT and day >= self.until else state
