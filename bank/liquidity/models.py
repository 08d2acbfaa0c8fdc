"""Sweeps between a company's own accounts, and what each did on each day."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.liquidity.sweep_rules import ALIVE, SweepKind, SweepOutcome, SweepStatus
from bank.runtime.fields import AmountField, CurrencyField

USER = settings.AUTH_USER_MODEL
KINDS = [
    (SweepKind.ZERO.value, _("To zero")),
    (SweepKind.TARGET.value, _("To a target balance")),
    (SweepKind.THRESHOLD.value, _("What is above a threshold")),
]
STATUSES = [
    (SweepStatus.WAITING.value, _("Waiting for signatures")),
    (SweepStatus.ACTIVE.value, _("Active")),
    (SweepStatus.PAUSED.value, _("Paused")),
    (SweepStatus.ENDED.value, _("Ended")),
    (SweepStatus.REJECTED.value, _("Rejected")),
]
OUTCOMES = [
    (SweepOutcome.MOVED.value, _("Moved")),
    (SweepOutcome.PART.value, _("Moved in part")),
    (SweepOutcome.NOTHING.value, _("Nothing to move")),
    (SweepOutcome.PAUSED.value, _("Paused")),
    (SweepOutcome.REFUSED.value, _("Not moved")),
]


class Sweep(models.Model):
    """The account is brought to ``target`` at the close of each day; what is over goes to the pool, what is
    missing comes from it. ``made_by`` confirmed it with a code, and moves the money in their name."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="sweeps")
    account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="sweeps", verbose_name=_("account")
    )
    pool = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="+", verbose_name=_("other account")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS)
    currency = CurrencyField(_("currency"))
    target = AmountField(_("balance that stays"), default=0)
    threshold = AmountField(_("threshold"), default=0)
    status = models.CharField(_("status"), max_length=10, choices=STATUSES)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("set up"), default=clock.now)
    idempotency_key = models.CharField(max_length=200)
    request_digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["made_by", "idempotency_key"], name="sweep_key_once"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(status__in=[one.value for one in ALIVE]),
                name="sweep_one_per_account",
            ),
            models.CheckConstraint(condition=~Q(account=F("pool")), name="sweep_between_two"),
            models.CheckConstraint(condition=Q(target__gte=0, threshold__gte=0), name="sweep_balances"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def target_money(self) -> Money:
        return Money(self.target, self.currency)

    @property
    def threshold_money(self) -> Money:
        return Money(self.threshold, self.currency)


class SweepRun(models.Model):
    """What a sweep did at the close of a day, once: ``amount`` came (above zero) or went. Append-only."""

    sweep = models.ForeignKey(Sweep, on_delete=models.PROTECT, related_name="runs")
    day = models.DateField(_("day"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=OUTCOMES)
    amount = AmountField(_("amount"), default=0)
    free = AmountField(_("free before"))
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    sentence = models.CharField(_("explanation"), max_length=300, blank=True)
    payment = models.ForeignKey(
        "payments.PaymentOrder", on_delete=models.PROTECT, null=True, related_name="sweep_runs"
    )

    class Meta:
        verbose_name = _("sweep of a day")
        verbose_name_plural = _("sweeps of days")
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sweep", "day"], name="sweep_run_once"),
            models.CheckConstraint(
                condition=Q(amount=0, payment__isnull=True) | ~Q(amount=0) & Q(payment__isnull=False),
                name="sweep_moved_has_payment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sweep_id} {self.day} {self.outcome}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.sweep.currency)

    @property
    def free_money(self) -> Money:
        return Money(self.free, self.sweep.currency)
