"""What people and companies' servers are told, what is on its way, and how each try went."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock, ids
from bank.notifications import wording
from bank.notifications.rules import Channel, DeliveryState, EndpointState
from bank.runtime.fields import EncryptedTextField

STATES = [
    (EndpointState.ACTIVE.value, _("Active")),
    (EndpointState.DISABLED.value, _("Disabled")),
    (EndpointState.ENDED.value, _("Ended")),
]
CHANNELS = [(channel.value, channel.value.title()) for channel in Channel]


class Endpoint(models.Model):
    """A company's server that proved it wants to be told. No accounts named: all of them."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="endpoints")
    url = models.CharField(_("address"), max_length=500)
    secret = EncryptedTextField()
    old_secret = EncryptedTextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    events: Any = models.JSONField(_("events"))
    accounts: Any = models.JSONField(_("accounts"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=EndpointState.ACTIVE.value)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("made"), default=clock.now)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One event for one endpoint. ``subject`` is the account, or whatever keeps an order of its own."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.UUIDField(_("event"))
    event = models.CharField(_("event"), max_length=40)
    subject = models.CharField(_("about"), max_length=64)
    body: Any = models.JSONField()
    created_at = models.DateTimeField(_("at"), default=clock.now)
    next_try_at = models.DateTimeField(_("next try"), default=clock.now)
    try_until = models.DateTimeField(_("tried until"))
    attempts = models.PositiveIntegerField(_("tries"), default=0)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    given_up_at = models.DateTimeField(_("given up"), null=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "event_id", "subject"], name="webhook_event_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "subject", "id"],
                name="webhook_waiting",
                condition=Q(delivered_at__isnull=True, given_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"

    @property
    def state(self) -> DeliveryState:
        if self.delivered_at is not None:
            return DeliveryState.DELIVERED
        return DeliveryState.WAITING if self.given_up_at is None else DeliveryState.GIVEN_UP


class WebhookAttempt(models.Model):
    """How one try went: the status and the beginning of the answer, or why there was none."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(default=clock.now)
    status = models.PositiveIntegerField(null=True)
    duration_ms = models.PositiveIntegerField()
    response = models.TextField(blank=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status or self.problem}"


class Notice(models.Model):
    """Something a person is told, at most once for an event. ``customer`` is for whom they act in it; none
    where it concerns their own sign-in. Words are made when it is read: see ``wording``.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    event_id = models.UUIDField(_("event"))
    kind = models.CharField(_("kind"), max_length=20, choices=list(wording.TITLES.items()))
    told: Any = models.JSONField()
    is_shown = models.BooleanField(_("in the portal"), default=True)
    created_at = models.DateTimeField(_("at"), default=clock.now)
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event_id", "user"], name="notice_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notice_list", condition=Q(is_shown=True)),
            models.Index(
                fields=["user"], name="notice_unread", condition=Q(is_shown=True, read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class NoticeSending(models.Model):
    """A notice on its way by mail or text message; marked before it is sent, so that none comes twice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="sendings")
    channel = models.CharField(_("channel"), max_length=6, choices=CHANNELS)
    due_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notice_sent_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="notice_due",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.notice_id}"


class NoticeChoices(models.Model):
    """By which channels a person wants what; what they never chose comes as usual."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channels: Any = models.JSONField(default=dict)
    is_daily = models.BooleanField(_("one mail a day"), default=False)
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.user_id)
