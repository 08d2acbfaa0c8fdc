"""Copies of their data that customers asked for."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock, ids
from bank.privacy.rules import Status

STATUSES = [
    (Status.QUEUED.value, _("Being prepared")),
    (Status.READY.value, _("Ready")),
    (Status.FAILED.value, _("Failed")),
    (Status.EXPIRED.value, _("Expired")),
]


class DataExport(models.Model):
    """One ZIP with everything the bank holds about a customer; sealed on disk, gone after a week."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="exports")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    language = models.CharField(_("language"), max_length=8, default="en")
    status = models.CharField(_("status"), max_length=8, choices=STATUSES, default=Status.QUEUED.value)
    requested_at = models.DateTimeField(_("asked for"), default=clock.now)
    expires_at = models.DateTimeField(_("gone after"))
    file_name = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField(_("size"), null=True)

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "requested_by"],
                condition=Q(status=Status.QUEUED.value),
                name="export_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
