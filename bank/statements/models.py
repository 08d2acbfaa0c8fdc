"""Statements asked for, being made and made."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.accounts.models import Account
from bank.deposits.models import Deposit
from bank.kernel import ids
from bank.runtime.fields import EncryptedTextField
from bank.statements.rules import Channel, Delivery, Frequency, Kind, State, Status

STATUSES = [
    (Status.QUEUED.value, _("Being prepared")),
    (Status.RUNNING.value, _("Being made")),
    (Status.READY.value, _("Ready")),
    (Status.FAILED.value, _("Failed")),
    (Status.ERASED.value, _("Erased")),
]
KINDS = [
    (Kind.STATEMENT.value, _("Statement")),
    (Kind.BALANCE.value, _("Balance certificate")),
    (Kind.INTEREST.value, _("Interest certificate")),
    (Kind.TAX.value, _("Tax certificate")),
]
FREQUENCIES = [
    (Frequency.DAILY.value, _("Every business day")),
    (Frequency.WEEKLY.value, _("Every week")),
    (Frequency.MONTHLY.value, _("Every month")),
]
CHANNELS = [
    (Channel.PORTAL.value, _("Here in the portal")),
    (Channel.EMAIL.value, _("Here, with an e-mail when it is ready")),
    (Channel.WEBHOOK.value, _("Here, with a call to your server")),
    (Channel.DROP.value, _("Here and in your SFTP folder")),
]
STATES = [
    (State.ACTIVE.value, _("Active")),
    (State.PAUSED.value, _("Paused")),
    (State.ENDED.value, _("Ended")),
]
DELIVERIES = [
    (Delivery.NONE.value, "–"),
    (Delivery.WAITING.value, _("Waiting")),
    (Delivery.DELIVERED.value, _("Delivered")),
    (Delivery.FAILED.value, _("Failed")),
]


class About(models.Model):
    """What a document is of: an account, or a ``deposit`` that was funded from it."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="%(class)ss")
    deposit = models.ForeignKey(
        "deposits.Deposit", on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    @property
    def kept(self) -> Account | Deposit:
        return self.deposit or self.account

    @property
    def label(self) -> str:
        """What its owner calls the account; a deposit by its product, in the reader's language."""
        return gettext(self.deposit.product.name) if self.deposit else self.account.label


class Subscription(About):
    """Statements of one account or deposit made by themselves: in which format, how often, where they go."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    format = models.CharField(_("format"), max_length=8)
    frequency = models.CharField(_("how often"), max_length=8, choices=FREQUENCIES)
    channel = models.CharField(_("where to"), max_length=8, choices=CHANNELS)
    target = models.CharField(_("address called"), max_length=500, blank=True)
    secret = EncryptedTextField(blank=True)
    """Signs the calls of a webhook."""
    language = models.CharField(_("language"), max_length=8)
    state = models.CharField(_("state"), max_length=8, choices=STATES, default=State.ACTIVE.value)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    next_from = models.DateField(_("covered up to before"))
    """The first day that no statement of it covers yet, so that one begins where the last one ended."""
    issued = models.PositiveIntegerField(_("statements made"), default=0)
    end_reason = models.CharField(_("why it ended"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "format", "frequency", "channel", "target"],
                condition=~Q(state=State.ENDED.value) & Q(deposit=None),
                name="subscription_once",
            ),
            models.UniqueConstraint(
                fields=["deposit", "format", "frequency", "channel", "target"],
                condition=~Q(state=State.ENDED.value) & Q(deposit__isnull=False),
                name="deposit_subscription_once",
            ),
            models.CheckConstraint(
                condition=~Q(channel=Channel.WEBHOOK.value) | ~Q(target=""), name="webhook_has_a_target"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["frequency", "id"],
                name="subscription_active",
                condition=Q(state=State.ACTIVE.value),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kept.number} {self.format} {self.frequency}"


class StatementRun(models.Model):
    """The statements one close of business asked for, to see how far their making is."""

    business_date = models.DateField(_("day closed"), unique=True)
    started_at = models.DateTimeField(_("begun"), default=timezone.now)

    class Meta:
        verbose_name = _("statement run")
        verbose_name_plural = _("statement runs")
        ordering: ClassVar = ["-business_date"]

    def __str__(self) -> str:
        return str(self.business_date)


class Statement(About):
    """One account or deposit over one period as one document. Its file has a random name, named here only."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(_("reference"), max_length=32, unique=True)
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"))
    kind = models.CharField(_("kind"), max_length=9, choices=KINDS, default=Kind.STATEMENT.value)
    format = models.CharField(_("format"), max_length=8)
    number = models.PositiveIntegerField(_("number"), default=0)
    """In the series of its subscription; of a single one the day of the year it ends on."""
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, null=True, related_name="statements"
    )
    run = models.ForeignKey(StatementRun, on_delete=models.PROTECT, null=True, related_name="statements")
    delivery = models.CharField(
        _("delivery"), max_length=9, choices=DELIVERIES, blank=True, default=Delivery.NONE.value
    )
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    delivery_failure = models.CharField(_("why it was not delivered"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=8)
    status = models.CharField(_("status"), max_length=8, choices=STATUSES, default=Status.QUEUED.value)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    requested_at = models.DateTimeField(default=timezone.now)
    handed_out_at = models.DateTimeField(default=timezone.now)
    """When a worker was last asked to make it."""
    finished_at = models.DateTimeField(null=True)
    file_name = models.CharField(max_length=64, unique=True)
    digest = models.CharField(_("SHA-256 digest"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering: ClassVar = ["-requested_at"]
        indexes: ClassVar = [
            models.Index(fields=["account", "-requested_at"], name="statement_of_account"),
            models.Index(
                fields=["handed_out_at"],
                name="statement_unfinished",
                condition=Q(status__in=[Status.QUEUED.value, Status.RUNNING.value]),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(to_date__gte=F("from_date")), name="statement_period_forward"),
            models.UniqueConstraint(fields=["subscription", "to_date"], name="statement_once_a_period"),
            models.CheckConstraint(
                condition=~Q(status=Status.READY.value) | (Q(size__gt=0) & ~Q(digest="")),
                name="statement_ready_is_sealed",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.FAILED.value) | ~Q(failure=""), name="statement_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class IssuedDocument(models.Model):
    """A finished document's seal. Rows are only ever added, each chained to the one before.

    ``code`` stands on the document. ``facts`` is what the public page says to whoever knows it.
    """

    position = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    issued_at = models.DateTimeField()
    facts = models.JSONField()
    link = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("issued document")
        verbose_name_plural = _("issued documents")
        ordering: ClassVar = ["-position"]

    def __str__(self) -> str:
        return self.code

    def content(self) -> list[Any]:
        """What the chain covers."""
        at = self.issued_at.isoformat()
        return [self.position, self.code, self.kind, self.digest, self.size, at, self.facts]
