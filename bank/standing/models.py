"""Standing orders, what was done to them, and every day they were due on.

The instruction was confirmed with a code; ``made_by`` is who confirmed it last, and pays in their name.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments.services import Elsewhere
from bank.runtime.fields import AmountField, CurrencyField
from bank.standing.rules import (
    Frequency,
    HolidayRule,
    MonthRule,
    OrderStatus,
    RunStatus,
    Schedule,
)

USER = settings.AUTH_USER_MODEL
FREQUENCIES = [
    (Frequency.ONCE.value, _("Once")),
    (Frequency.WEEKLY.value, _("Every week")),
    (Frequency.FORTNIGHTLY.value, _("Every two weeks")),
    (Frequency.MONTHLY.value, _("Every month")),
    (Frequency.QUARTERLY.value, _("Every quarter")),
    (Frequency.YEARLY.value, _("Every year")),
]
MONTH_RULES = [
    (MonthRule.SAME_DAY.value, _("On the same day of the month as the first payment")),
    (MonthRule.LAST_DAY.value, _("On the last day of the month")),
    (MonthRule.SAME_WEEKDAY.value, _("On the same weekday of the month, such as the second Friday")),
]
HOLIDAY_RULES = [
    (HolidayRule.FOLLOWING.value, _("On the next business day")),
    (HolidayRule.MODIFIED_FOLLOWING.value, _("On the next business day, but still in the same month")),
    (HolidayRule.PRECEDING.value, _("On the business day before")),
]
ORDER_STATUSES = [
    (OrderStatus.WAITING.value, _("Waiting for signatures")),
    (OrderStatus.ACTIVE.value, _("Active")),
    (OrderStatus.PAUSED.value, _("Paused")),
    (OrderStatus.ENDED.value, _("Ended")),
    (OrderStatus.REJECTED.value, _("Rejected")),
]
RUN_STATUSES = [
    (RunStatus.PAID.value, _("Paid")),
    (RunStatus.WAITING.value, _("Waiting for signatures")),
    (RunStatus.RETRYING.value, _("Will be tried again")),
    (RunStatus.FAILED.value, _("Not paid")),
    (RunStatus.SKIPPED.value, _("Left out")),
    (RunStatus.RETURNED.value, _("Came back")),
    (RunStatus.NOTHING.value, _("Nothing to move")),
]


class StandingOrder(models.Model):
    """One payment on a later day, or one that repeats. ``amount``, or all above ``keep``."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    debtor_account = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="standing_orders", verbose_name=_("from")
    )
    creditor_number = models.CharField(_("creditor's number"), max_length=34)
    creditor_name = models.CharField(_("creditor"), max_length=140)
    creditor_agent = models.CharField(_("creditor's bank"), max_length=35, blank=True, default="")
    """Empty within the bank."""
    creditor_country = models.CharField(_("creditor's country"), max_length=2, blank=True, default="")
    preference = models.CharField(_("way"), max_length=20, blank=True, default="")
    amount = AmountField(_("amount"), null=True)
    keep = AmountField(_("all above"), null=True)
    currency = CurrencyField(_("currency"))
    remittance = models.CharField(_("remittance"), max_length=140, blank=True)
    frequency = models.CharField(_("how often"), max_length=12, choices=FREQUENCIES)
    first_date = models.DateField(_("first payment"))
    month_rule = models.CharField(_("day of the month"), max_length=12, choices=MONTH_RULES)
    until_date = models.DateField(_("until"), null=True)
    times = models.PositiveIntegerField(_("number of payments"), null=True)
    holiday_rule = models.CharField(_("on a holiday"), max_length=18, choices=HOLIDAY_RULES)
    retry_days = models.PositiveSmallIntegerField(_("tried again for days"), default=0)
    status = models.CharField(_("status"), max_length=10, choices=ORDER_STATUSES)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)
    next_index = models.PositiveIntegerField(default=0)
    next_due = models.DateField(_("next due"), null=True)
    next_run = models.DateField(_("next paid on"), null=True)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    made_at = models.DateTimeField(_("set up"), default=clock.now)
    idempotency_key = models.CharField(max_length=200)
    request_digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("standing order")
        verbose_name_plural = _("standing orders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["made_by", "idempotency_key"], name="standing_key_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, keep__isnull=True) | Q(amount__isnull=True, keep__gte=0),
                name="standing_amount_or_keep",
            ),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(times__isnull=True), name="standing_until_or_times"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_run"], condition=Q(status="ACTIVE"), name="standing_next_run"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.currency)

    @property
    def kept(self) -> Money | None:
        """What a sweep leaves on the account."""
        return None if self.keep is None else Money(self.keep, self.currency)

    @property
    def schedule(self) -> Schedule:
        return Schedule(
            Frequency(self.frequency),
            self.first_date,
            MonthRule(self.month_rule),
            self.until_date,
            self.times,
            HolidayRule(self.holiday_rule),
        )

    @property
    def to(self) -> Elsewhere | None:
        """Where the creditor is who has no account here."""
        if not self.creditor_agent:
            return None
        return Elsewhere(self.creditor_agent, self.creditor_country, self.preference)

    @property
    def debtor_number(self) -> str:
        return self.debtor_account.number


class Run(models.Model):
    """A day a standing order was due on, and what became of it. The due date makes it once."""

    order = models.ForeignKey(StandingOrder, on_delete=models.PROTECT, related_name="runs")
    due_date = models.DateField(_("due"))
    last_date = models.DateField(_("tried until"))
    status = models.CharField(_("status"), max_length=10, choices=RUN_STATUSES)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    tried_on = models.DateField(_("last tried on"), null=True)
    amount = AmountField(_("amount"), null=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    sentence = models.CharField(_("explanation"), max_length=300, blank=True)
    payment = models.ForeignKey(
        "payments.PaymentOrder", on_delete=models.PROTECT, null=True, related_name="standing_runs"
    )

    class Meta:
        verbose_name = _("standing order run")
        verbose_name_plural = _("standing order runs")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "due_date"], name="standing_run_once"),
            models.CheckConstraint(
                condition=~Q(status="PAID") | Q(payment__isnull=False), name="standing_paid_has_payment"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["order"], condition=Q(status="RETRYING"), name="standing_retrying"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.due_date} {self.status}"

    @property
    def money(self) -> Money | None:
        return None if self.amount is None else Money(self.amount, self.order.currency)


class OrderEvent(models.Model):
    """What was done to a standing order, when and by whom. Append-only."""

    order = models.ForeignKey(StandingOrder, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("at"), default=clock.now)
    action = models.CharField(_("what"), max_length=20)
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    sentence = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("standing order event")
        verbose_name_plural = _("standing order events")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.order_id} {self.action}"
