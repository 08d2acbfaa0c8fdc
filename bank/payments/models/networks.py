"""What passes between the bank and its networks: messages both ways, the news in them, money from outside.

Every message is kept once under the network's own key, and every piece of news in it is a row that is
applied once. Content is kept as it was sent: it holds nothing that the order beside it does not. Last
the directory of those who can be paid there.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments.models.orders import USER
from bank.payments.rules import Direction, EventOutcome, IncomingStatus, MessagePurpose, MessageStatus, Scheme
from bank.runtime.fields import AmountField, CurrencyField

DIRECTIONS = [(Direction.OUT.value, _("To the network")), (Direction.IN.value, _("From the network"))]
PURPOSES = [
    (MessagePurpose.PAYMENT.value, _("Payments")),
    (MessagePurpose.RECALL.value, _("Recall")),
    (MessagePurpose.GIVE_BACK.value, _("Return of money received")),
    (MessagePurpose.ANSWER.value, _("No to a recall")),
    (MessagePurpose.PRENOTE.value, _("Trial of payees' accounts")),
    (MessagePurpose.NEWS.value, _("News")),
]
MESSAGE_STATUSES = [
    (MessageStatus.WAITING.value, _("Waiting")),
    (MessageStatus.SENDING.value, _("Being sent")),
    (MessageStatus.UNCLEAR.value, _("Unclear")),
    (MessageStatus.SENT.value, _("Sent")),
    (MessageStatus.REFUSED.value, _("Refused")),
    (MessageStatus.RECEIVED.value, _("Received")),
    (MessageStatus.UNREADABLE.value, _("Unreadable")),
    (MessageStatus.FORGED.value, _("Forged")),
]
EVENT_OUTCOMES = [
    (EventOutcome.WAITING.value, _("Waiting")),
    (EventOutcome.APPLIED.value, _("Applied")),
    (EventOutcome.IGNORED.value, _("Known already")),
    (EventOutcome.PARKED.value, _("For staff")),
    (EventOutcome.CLOSED.value, _("Closed by staff")),
]
SCHEMES = [
    (Scheme.BIC.value, _("BIC")),
    (Scheme.CLEARING.value, _("Bank code")),
    (Scheme.MOBILE.value, _("Mobile money")),
]
INCOMING_STATUSES = [
    (IncomingStatus.CREDITED.value, _("Credited")),
    (IncomingStatus.SUSPENDED.value, _("In suspense")),
    (IncomingStatus.RETURNED.value, _("Returned")),
]


class NetworkMessage(models.Model):
    """One message. ``key`` is the network's identification of it: the same key twice is one message.

    ``attempts`` counts how often it was sent, or came. ``references`` are the orders in one that goes out.
    """

    rail = models.CharField(_("rail"), max_length=20)
    direction = models.CharField(_("direction"), max_length=3, choices=DIRECTIONS)
    purpose = models.CharField(_("what for"), max_length=10, choices=PURPOSES)
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=140)
    content = models.BinaryField()
    references = models.JSONField(default=list)
    status = models.CharField(_("status"), max_length=10, choices=MESSAGE_STATUSES)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    last_error = models.CharField(_("last answer"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written"), default=clock.now)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("network message")
        verbose_name_plural = _("network messages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rail", "direction", "key"], name="network_message_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="network_message_due"
            ),
            GinIndex(fields=["references"], opclasses=["jsonb_path_ops"], name="network_message_orders"),
        ]

    def __str__(self) -> str:
        return f"{self.rail} {self.kind} {self.key}"


class NetworkEvent(models.Model):
    """One piece of news: from a message that came, or the answer to one that went. Applied once.

    ``told`` is the news itself, as ``bank.payments.services.networks.news`` writes and reads it.
    """

    message = models.ForeignKey(NetworkMessage, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("news"), max_length=20)
    reference = models.CharField(_("reference"), max_length=64, blank=True, db_index=True)
    told = models.JSONField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=EVENT_OUTCOMES)
    note = models.CharField(_("note"), max_length=300, blank=True)
    told_at = models.DateTimeField(_("told"), default=clock.now)
    applied_at = models.DateTimeField(_("applied"), null=True)
    closed_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )

    class Meta:
        verbose_name = _("network news")
        verbose_name_plural = _("network news")
        ordering = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["outcome", "id"],
                condition=Q(outcome__in=[EventOutcome.WAITING.value, EventOutcome.PARKED.value]),
                name="network_event_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class IncomingPayment(models.Model):
    """Money from outside, whichever rail it came by. One row per network reference of a rail.

    SUSPENDED: nobody here can have it; it is in SUSPENSE until staff or the network settle it.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    rail = models.CharField(_("rail"), max_length=20)
    network_reference = models.CharField(_("network's reference"), max_length=64)
    status = models.CharField(_("status"), max_length=10, choices=INCOMING_STATUSES)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    debtor_name = models.CharField(_("debtor"), max_length=140, blank=True)
    debtor_number = models.CharField(_("debtor's number"), max_length=64, blank=True)
    debtor_agent = models.CharField(_("debtor's bank"), max_length=35, blank=True)
    creditor_name = models.CharField(_("creditor"), max_length=140, blank=True)
    creditor_number = models.CharField(_("creditor's number"), max_length=64, blank=True)
    creditor_account = models.ForeignKey(
        "accounts.Account",
        on_delete=models.PROTECT,
        null=True,
        related_name="payments_from_outside",
        verbose_name=_("creditor account"),
    )
    end_to_end_id = models.CharField(_("end-to-end id"), max_length=35, blank=True)
    uetr = models.CharField(_("UETR"), max_length=36, blank=True)
    remittance = models.CharField(_("remittance"), max_length=500, blank=True)
    received_at = models.DateTimeField(_("received"), default=clock.now)

    class Meta:
        verbose_name = _("incoming payment")
        verbose_name_plural = _("incoming payments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rail", "network_reference"], name="incoming_payment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="incoming_payment_amount_sane"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["creditor_account", "-id"], name="incoming_by_creditor"),
            models.Index(fields=["uetr"], condition=~Q(uetr=""), name="incoming_by_uetr"),
            models.Index(
                fields=["id"],
                condition=Q(status=IncomingStatus.SUSPENDED.value),
                name="incoming_in_suspense",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class IncomingStep(models.Model):
    """A step of an incoming payment: when, by whom, why. Append-only."""

    payment = models.ForeignKey(IncomingPayment, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(_("status"), max_length=10, choices=INCOMING_STATUSES)
    at = models.DateTimeField(_("at"), default=clock.now)
    actor = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    sentence = models.CharField(_("explanation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("step of an incoming payment")
        verbose_name_plural = _("steps of incoming payments")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.payment_id} {self.status}"


class Institution(models.Model):
    """A bank or operator elsewhere, by the number it goes by: the same bank may have several."""

    number = models.CharField(_("BIC or bank code"), max_length=35)
    country = models.CharField(_("country"), max_length=2)
    name = models.CharField(_("name"), max_length=140)
    scheme = models.CharField(_("kind of number"), max_length=8, choices=SCHEMES)
    is_open = models.BooleanField(_("can be paid"), default=True)

    class Meta:
        verbose_name = _("bank elsewhere")
        verbose_name_plural = _("banks elsewhere")
        ordering = ["name", "scheme"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["country", "number"], name="institution_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
