"""The outbox of facts to be told, keys of requests already answered, and the demonstration mailbox."""

from django.db import models

from bank.kernel import clock


class OutboxMessage(models.Model):
    """A fact recorded in the same database transaction as its cause, told to subscribers afterwards."""

    id = models.UUIDField(primary_key=True, editable=False)
    topic = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=clock.now)
    next_try_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    subject = models.CharField(max_length=120, default="", blank=True)
    """What it is about: messages of one subject are told in order."""
    correlation_id = models.CharField(max_length=64, default="", blank=True)
    parked_at = models.DateTimeField(null=True)
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["subject", "id"],
                name="outbox_order",
                condition=models.Q(delivered_at__isnull=True) & ~models.Q(subject=""),
            ),
            models.Index(fields=["id"], name="outbox_relay", condition=models.Q(relayed_at__isnull=True)),
            models.Index(
                fields=["next_try_at"], name="outbox_due", condition=models.Q(delivered_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class IdempotencyRecord(models.Model):
    """The answer given to a key, with a digest of the content it was given for."""

    owner = models.CharField(max_length=80)
    operation = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=32)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "operation", "key"], name="idempotency_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.operation} {self.key}"


class SentMail(models.Model):
    """A message of the demonstration bank, shown on a page instead of leaving it."""

    recipient = models.CharField(max_length=254, db_index=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"


class SentSms(models.Model):
    """A text message of the demonstration bank, shown on a page instead of leaving it."""

    recipient = models.CharField(max_length=20, db_index=True)
    text = models.TextField()
    sent_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.text[:40]}"
