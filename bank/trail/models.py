"""Which records of the audit trail are about which company: found by it, in the order they were sealed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bank.trail.rules import Kind


class Act(models.Model):
    """One record of the audit trail as an act in a company. ``by_bank``: staff, or the bank's own work."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.PROTECT, related_name="+")
    # The record is append-only and never goes; its table takes no key from elsewhere (bank/audit/models.py).
    record = models.OneToOneField(
        "audit.AuditRecord", on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=10, choices=[(one.value, one.value) for one in Kind])
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_bank = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("act in a company")
        verbose_name_plural = _("acts in companies")
        indexes: ClassVar = [
            models.Index(fields=["customer", "id"], name="trail_by_company"),
            models.Index(fields=["customer", "actor", "id"], name="trail_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id}"


class Reach(models.Model):
    """Up to which link of the audit chain acts were gathered: one row."""

    position = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.position)
