"""What makes the bank look at a payment before it leaves, and the payments it looks at."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.payments.models.orders import DOORS, PaymentOrder
from bank.payments.rules import Pace, ReviewState
from bank.runtime.fields import AmountField

PACES = [
    (Pace.PAYMENTS.value, _("Payments: held from the next one on")),
    (Pace.NEW_PAYEES.value, _("New payees paid: held from the next one on")),
    (Pace.SUM.value, _("Sum paid: held above it")),
    (Pace.COOLING.value, _("Sum to a new payee: refused above it")),
]
REVIEW_STATES = [
    (ReviewState.OPEN.value, _("Being looked at")),
    (ReviewState.RELEASED.value, _("Let go")),
    (ReviewState.REFUSED.value, _("Refused")),
    (ReviewState.WITHDRAWN.value, _("Withdrawn")),
]


class VelocityRule(models.Model):
    """How much is usual within a time: by a segment, else by anybody; sums in a currency.

    ``most`` is a number of payments or of payees, or a sum in ``currency``. A row of the channel FILE watches
    the lines of payment files, together with what was paid one by one; one without, what is paid one by one.
    """

    kind = models.CharField(_("what is counted"), max_length=12, choices=PACES)
    segment = models.CharField(_("segment"), max_length=12, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    channel = models.CharField(
        _("only by the channel"), max_length=12, choices=[one for one in DOORS if one[0] == "FILE"],
        blank=True, default="", db_default="",
    )  # fmt: skip
    window_minutes = models.PositiveIntegerField(_("within so many minutes"))
    most = AmountField(_("at most"))

    class Meta:
        verbose_name = _("velocity rule")
        verbose_name_plural = _("velocity rules")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "segment", "currency", "channel"], name="velocity_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(window_minutes__gte=1, window_minutes__lte=43_200, most__gte=0),
                name="velocity_rule_sane",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=["SUM", "COOLING"]) & ~Q(currency=""))
                | Q(kind__in=["PAYMENTS", "NEW_PAYEES"], currency=""),
                name="velocity_sums_have_a_currency",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.segment or "all", self.currency, self.channel)))


class PaymentReview(models.Model):
    """A payment held for somebody of the bank to look at, and why. Nothing is booked while it is open."""

    order = models.OneToOneField(
        PaymentOrder, on_delete=models.PROTECT, related_name="review", verbose_name=_("payment")
    )
    reasons = models.JSONField(_("reasons"), default=list)
    score = models.PositiveSmallIntegerField(_("score"), default=100)
    state = models.CharField(_("state"), max_length=10, choices=REVIEW_STATES)
    opened_at = models.DateTimeField(_("held"), default=clock.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("held payment")
        verbose_name_plural = _("held payments")
        indexes: ClassVar = [
            models.Index(fields=["opened_at"], condition=Q(state="OPEN"), name="payment_review_open"),
        ]

    def __str__(self) -> str:
        return self.order.reference
