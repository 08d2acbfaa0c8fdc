"""Statements asked for, being made and made."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bank.kernel import ids
from bank.statements.rules import Format, Status

FORMATS = [(format.value, format.value) for format in Format]
STATUSES = [
    (Status.QUEUED.value, _("Being prepared")),
    (Status.RUNNING.value, _("Being made")),
    (Status.READY.value, _("Ready")),
    (Status.FAILED.value, _("Failed")),
]


class Statement(models.Model):
    """One account over one period as one document. Its file has a random name and is named here only."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    reference = models.CharField(_("reference"), max_length=32, unique=True)
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="statements")
    from_date = models.DateField(_("from"))
    to_date = models.DateField(_("to"))
    format = models.CharField(_("format"), max_length=3, choices=FORMATS)
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
