"""The staff table of the audit trail."""

from django.contrib import admin

from bank.audit.models import AuditRecord
from bank.web.staff import ReadOnlyTable


@admin.register(AuditRecord)
class AuditTable(ReadOnlyTable):
    list_display = ("at", "action", "result", "actor", "subject_type", "subject_id", "ip", "channel")
    list_filter = ("result", "channel")
    list_select_related = ("actor",)
    search_fields = ("action", "subject_id", "correlation_id", "actor__email")
    date_hierarchy = "at"
