"""Signing rules, what waits for signatures, and the signatures. The database holds them to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.runtime.fields import AmountField, CurrencyField
from bank.signing.rules import MOST_SIGNATURES, REASON_LETTERS, State

STATES = [
    (State.WAITING.value, _("Waiting for signatures")),
    (State.APPROVED.value, _("Approved")),
    (State.REJECTED.value, _("Rejected")),
    (State.WITHDRAWN.value, _("Withdrawn")),
    (State.EXPIRED.value, _("Expired")),
    (State.FAILED.value, _("Failed")),
]
USER = settings.AUTH_USER_MODEL


class SigningRule(models.Model):
    """Amounts above ``above`` need so many signatures: of one company, or of all that have no rule."""

    customer = models.ForeignKey(
        "cif.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="signing_rules"
    )
    currency = CurrencyField(_("currency"))
    above = AmountField(_("above"))
    signatures = models.PositiveSmallIntegerField(_("signatures"))

    class Meta:
        verbose_name = _("signing rule")
        verbose_name_plural = _("signing rules")
        ordering: ClassVar = ["customer", "currency", "above"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "currency", "above"], nulls_distinct=False, name="signing_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(above__gte=0, signatures__gte=1, signatures__lte=MOST_SIGNATURES),
                name="signing_rule_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.above}: {self.signatures}"


class Approval(models.Model):
    """An act that waits for signatures. Triggers keep what was asked, and what was decided, as they are."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="approvals")
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("subject"), max_length=40)
    summary = models.CharField(_("what is to be done"), max_length=300)
    act = models.JSONField(_("what signatures are bound to"))
    amounts = models.JSONField(_("amounts"))
    needed = models.PositiveSmallIntegerField(_("signatures needed"))
    maker = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), default=clock.now)
    deadline = models.DateTimeField(_("to be signed by"))
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
                condition=Q(needed__gte=2, needed__lte=MOST_SIGNATURES), name="approval_needs_others"
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
    def moneys(self) -> list[Money]:
        """What it would move, by currency."""
        return [Money.of(amount, currency) for currency, amount in sorted(self.amounts.items())]


class Signature(models.Model):
    """One person's word for an act. Append-only; of one act nobody gives two."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="signatures")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    signed_at = models.DateTimeField(_("signed"), default=clock.now)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["approval", "user"], name="signature_once_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} for {self.approval_id}"
