"""Under which version of its product an account was, when; and planned moves from one to another."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccountVersion(models.Model):
    """From a day on the account was under this version. What it was opened under has no row."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="versions")
    before = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT, related_name="+")
    from_date = models.DateField(_("from"))
    migration = models.ForeignKey("accounts.Migration", on_delete=models.PROTECT, related_name="moved")

    class Meta:
        verbose_name = _("version of an account")
        verbose_name_plural = _("versions of an account")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "migration"], name="account_moved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.version_id}"


class Migration(models.Model):
    """All accounts of one version move to another on a day, as two people decided."""

    from_version = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField(_("on"))
    reference = models.CharField(_("approval"), max_length=24)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    planned_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_date = models.DateField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("migration of accounts")
        verbose_name_plural = _("migrations of accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["from_version"],
                condition=Q(finished_date__isnull=True),
                name="migration_one_planned_per_version",
            ),
            models.CheckConstraint(
                condition=~Q(from_version=F("to_version")), name="migration_goes_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_version_id} → {self.to_version_id}"
