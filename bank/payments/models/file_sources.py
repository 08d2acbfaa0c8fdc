"""What a payment file was before it was read: its content, what its columns mean, how far reading got."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock


class PaymentFileSource(models.Model):
    """The content of a file as it was sent, and the work on it that can be taken up again.

    ``checked_rows`` counts the payments stored so far; whoever goes on begins after them.
    ``handed_out_at`` says when a worker last had it, so that one left behind is given to another.
    """

    file = models.OneToOneField("payments.PaymentFile", on_delete=models.CASCADE, related_name="source")
    content = models.BinaryField()
    mapping = models.JSONField(default=dict)
    has_mapping = models.BooleanField(default=False)
    expected_rows = models.PositiveIntegerField(default=0)
    checked_rows = models.PositiveIntegerField(default=0)
    handed_out_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("content of a payment file")
        verbose_name_plural = _("contents of payment files")

    def __str__(self) -> str:
        return str(self.file_id)


class ColumnMapping(models.Model):
    """Which column of a table means what, as a company said it last for a heading of these words."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.CASCADE, related_name="column_mappings")
    heading = models.CharField(_("heading"), max_length=64)
    mapping = models.JSONField(_("columns"))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "heading"], name="column_mapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.heading[:8]}"


class PayrollReader(models.Model):
    """Somebody who may see the lines of a company's confidential files; its owners may anyway."""

    customer = models.ForeignKey("cif.Customer", on_delete=models.CASCADE, related_name="payroll_readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("payroll reader")
        verbose_name_plural = _("payroll readers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "user"], name="payroll_reader_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.user_id}"
