"""The trail, append-only by triggers, and the hash chain that proves nobody altered it."""

from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bank.audit.rules import Result
from bank.kernel import clock


class AuditRecord(models.Model):
    """Who did (or was refused) what to which subject, when, from where."""

    at = models.DateTimeField(_("at"), default=clock.now)
    action = models.CharField(_("action"), max_length=60)
    result = models.CharField(
        _("result"), max_length=10, choices=[(r.value, r.value) for r in Result], default=Result.OK.value
    )
    # No foreign key in the database: a refusal is written on a connection of its own, which
    # need not see a user created in the work that is being refused.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    subject_type = models.CharField(_("subject type"), max_length=60)
    subject_id = models.CharField(_("subject"), max_length=100)
    detail = models.JSONField(_("detail"), default=dict)
    ip = models.CharField(_("address"), max_length=45, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=200, blank=True)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    correlation_id = models.CharField(_("correlation id"), max_length=64, blank=True)
    through = models.CharField(_("through"), max_length=120, blank=True, default="", db_default="")
    """The app or API key that spoke for the actor; empty where they acted themselves."""

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit trail")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["subject_type", "subject_id", "id"], name="audit_by_subject"),
            models.Index(fields=["actor", "id"], name="audit_by_actor"),
            models.Index(fields=["action", "id"], name="audit_by_action"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"

    @property
    def told(self) -> dict[str, Any]:
        """The detail with its words, as far as they are not erased."""
        words = getattr(self, "words", None)
        said = words.said if words else {}
        return {name: said.get(name, value) for name, value in self.detail.items()}

    def content(self) -> list[Any]:
        """What the chain seals, in a fixed order. Records of before there was ``through`` have none, so
        their digests stay what they are.
        """
        sealed = [
            self.pk,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            self.action,
            self.result,
            self.actor_id,
            self.subject_type,
            self.subject_id,
            self.detail,
            self.ip,
            self.user_agent,
            self.channel,
            self.correlation_id,
        ]
        return [*sealed, self.through] if self.through else sealed


class AuditWords(models.Model):
    """Words of a record that may tell who somebody is, kept beside the chain so that they can be erased; the
    record commits to them. The database refuses to alter them, and to delete them but for an erasure.
    """

    record = models.OneToOneField(
        AuditRecord, on_delete=models.PROTECT, primary_key=True, db_constraint=False, related_name="words"
    )
    salt = models.BinaryField(max_length=32)
    said = models.JSONField()

    def __str__(self) -> str:
        return str(self.record_id)


class AuditLink(models.Model):
    """One link of the chain: its place, the record, SHA-256 over the link before and the record."""

    position = models.PositiveBigIntegerField(primary_key=True)
    record = models.OneToOneField(
        AuditRecord, on_delete=models.PROTECT, db_constraint=False, related_name="link"
    )
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("audit link")
        verbose_name_plural = _("audit chain")

    def __str__(self) -> str:
        return f"{self.position}:{bytes(self.digest).hex()}"


class AuditWaiting(models.Model):
    """Records committed and not yet sealed; filled by a trigger, emptied by the sealer."""

    record_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.record_id)
