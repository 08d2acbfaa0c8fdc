"""Copies of their data that customers asked for; how long what is kept; what was erased when."""

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


class RetentionRule(models.Model):
    """For how many years a kind of data is kept; what no row says is as ``rules.RULES``."""

    kind = models.CharField(_("kind of data"), max_length=24, unique=True)
    years = models.PositiveSmallIntegerField(_("years"))

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.kind


class ErasureRequest(models.Model):
    """A customer asked to be forgotten: kept until the law allows, and not longer."""

    customer = models.OneToOneField("cif.Customer", on_delete=models.PROTECT, related_name="erasure_request")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(_("asked for"), default=clock.now)
    reference = models.CharField(_("case"), max_length=24)

    def __str__(self) -> str:
        return self.reference


class Erasure(models.Model):
    """One kind of data of one customer is gone, and since when."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="erasures")
    kind = models.CharField(_("kind of data"), max_length=24)
    rows = models.PositiveIntegerField(_("rows"))
    erased_at = models.DateTimeField(_("erased"), default=clock.now)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "kind"], name="erasure_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind}"
