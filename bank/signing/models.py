"""Signing rules, what waits for signatures, and the signatures. The database holds them to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField
from bank.signing.rules import (
    HOURS,
    LONGEST_HOURS,
    MOST_SIGNATURES,
    REASON_LETTERS,
    Given,
    PaymentType,
    State,
    Step,
    Terms,
    terms_from_json,
)

STATES = [
    (State.WAITING.value, _("Waiting for signatures")),
    (State.APPROVED.value, _("Approved")),
    (State.REJECTED.value, _("Rejected")),
    (State.RETURNED.value, _("Returned for change")),
    (State.WITHDRAWN.value, _("Withdrawn")),
    (State.EXPIRED.value, _("Expired")),
    (State.FAILED.value, _("Failed")),
]
PAYMENT_TYPES = [
    (PaymentType.INTERNAL.value, _("Payments inside the bank")),
    (PaymentType.EXTERNAL.value, _("Payments to other banks")),
    (PaymentType.FILE.value, _("Payment files")),
    (PaymentType.PAYROLL.value, _("Payroll")),
    (PaymentType.DIRECT_DEBIT.value, _("Direct debits")),
    (PaymentType.STANDING_ORDER.value, _("Standing orders")),
]
USER = settings.AUTH_USER_MODEL


class SigningRule(models.Model):
    """Amounts above ``above`` need one of the ways: of one company, or of all that have no rule; from one
    account and for one type of payment, or from and for any. ``signatures`` is how many the shortest way has.
    """

    customer = models.ForeignKey(
        "cif.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="signing_rules"
    )
    currency = CurrencyField(_("currency"))
    above = AmountField(_("above"))
    account = models.CharField(_("account"), max_length=34, blank=True, default="")
    payment_type = models.CharField(
        _("type of payment"), max_length=16, blank=True, default="", choices=PAYMENT_TYPES
    )
    signatures = models.PositiveSmallIntegerField(_("signatures"))
    ways = models.JSONField(_("who signs"), default=list)
    in_order = models.BooleanField(_("in this order"), default=False)
    maker_counts = models.BooleanField(_("the maker's signature counts"), default=True)
    hours = models.PositiveSmallIntegerField(_("hours to sign"), default=HOURS)

    class Meta:
        verbose_name = _("signing rule")
        verbose_name_plural = _("signing rules")
        ordering: ClassVar = ["customer", "currency", "above"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "currency", "account", "payment_type", "above"],
                nulls_distinct=False,
                name="signing_rule_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    above__gte=0,
                    signatures__gte=1,
                    signatures__lte=MOST_SIGNATURES,
                    hours__gte=1,
                    hours__lte=LONGEST_HOURS,
                ),
                name="signing_rule_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.above}: {self.signatures}"

    @property
    def step(self) -> Step:
        return Step(
            self.above, self.signatures, tuple(self.ways), self.in_order, self.maker_counts, self.hours,
            self.account, self.payment_type,
        )  # fmt: skip


class Approval(models.Model):
    """An act that waits for signatures. Triggers keep what was asked, and what was decided, as they are."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="approvals")
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=40)
    summary = models.CharField(_("what is to be done"), max_length=300)
    act = models.JSONField(_("what signatures are bound to"))
    amounts = models.JSONField(_("amounts"))
    payment_type = models.CharField(
        _("type of payment"), max_length=16, blank=True, default="", choices=PAYMENT_TYPES
    )
    accounts = models.JSONField(_("accounts"), default=list)
    difference = models.JSONField(_("difference"), default=list)
    terms = models.JSONField(_("who must sign"), default=list)
    needed = models.PositiveSmallIntegerField(_("persons needed"))
    maker = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), default=clock.now)
    deadline = models.DateTimeField(_("to be signed by"))
    escalated_at = models.DateTimeField(_("reminded of"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=State.WAITING.value)
    decided_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_reason = models.CharField(_("why"), max_length=REASON_LETTERS, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["deadline"], name="approval_waiting", condition=Q(state=State.WAITING.value)
            ),
            models.Index(fields=["customer", "-id"], name="approval_by_customer"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state=State.WAITING.value),
                name="approval_one_waiting_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(needed__gte=1, needed__lte=MOST_SIGNATURES + 1), name="approval_needs_others"
            ),
            models.CheckConstraint(
                condition=Q(state=State.WAITING.value, decided_at__isnull=True)
                | ~Q(state=State.WAITING.value) & Q(decided_at__isnull=False),
                name="approval_decided_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def required(self) -> list[Terms]:
        """What had to be signed when it was asked for."""
        return terms_from_json(self.terms)

    @property
    def moneys(self) -> list[Money]:
        """What it would move, by currency."""
        return [Money.of(amount, currency) for currency, amount in sorted(self.amounts.items())]


class Delegation(models.Model):
    """One signatory's word given to another for a while. What was agreed stays; it may end early."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="delegations")
    delegator = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("for"))
    delegate = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("signs"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    made_at = models.DateTimeField(_("made"), default=clock.now)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(delegator=F("delegate")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="delegation_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate_id} for {self.delegator_id}"


class Signature(models.Model):
    """One person's word for an act: their own, or that of the holder who delegated it. Append-only; of one
    act nobody gives two, and nobody's word is given twice.
    """

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="signatures")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    holder = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("for"))
    signature_class = models.CharField(_("class"), max_length=1, blank=True, default="")
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, null=True, related_name="signatures")
    signed_at = models.DateTimeField(_("signed"), default=clock.now)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["approval", "user"], name="signature_once_a_person"),
            models.UniqueConstraint(fields=["approval", "holder"], name="signature_once_a_holder"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.approval_id}"

    @property
    def given(self) -> Given:
        return Given(self.signature_class, self.approval.maker_id in (self.user_id, self.holder_id))


class RuleChange(models.Model):
    """Other rules, classes, limits or delegations of a company, as somebody asked for them. Kept as it is."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(_("what is to hold"))
    difference = models.JSONField(_("difference"))
    reason = models.CharField(_("reason"), max_length=REASON_LETTERS)
    maker = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), default=clock.now)
    applied_at = models.DateTimeField(_("in force since"), null=True)

    class Meta:
        verbose_name = _("change of signing rules")
        verbose_name_plural = _("changes of signing rules")
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return self.reference
