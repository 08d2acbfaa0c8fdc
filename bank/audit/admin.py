"""The staff table of the audit trail."""

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.audit import rules, selectors
from bank.audit.models import AuditRecord
from bank.web import cells
from bank.web.staff import Column, Panel, ReadOnlyTable

_EARLIER = 20


def _shown(record: AuditRecord) -> dict[str, Any]:
    """The detail with its words; where those are erased, that."""
    erased = str(_("[erased]"))
    return {
        name: erased if str(value).startswith(rules.APART) else value for name, value in record.told.items()
    }


@admin.register(AuditRecord)
class AuditTable(ReadOnlyTable):
    list_display = (
        "at",
        "action",
        "outcome",
        "actor",
        "subject_type",
        "subject_id",
        "ip",
        "channel",
        "through",
    )
    list_filter = ("result", "channel")
    list_select_related = ("actor",)
    search_fields = ("action__iexact", "subject_id__exact", "correlation_id__exact", "actor__email__iexact")
    search_help_text = _("Action, subject, correlation id or e-mail address")
    date_hierarchy = "at"
    ordering = ("-id",)
    fields = (
        "at", "action", "outcome", "actor", "subject_type", "subject_id", "content_shown", "ip", "user_agent",
        "channel", "through", "correlation_id", "seal",
    )  # fmt: skip
    readonly_fields = ("outcome", "content_shown", "seal")

    @admin.display(description=_("result"), ordering="result")
    def outcome(self, record: AuditRecord) -> SafeString:
        return cells.state("REJECTED" if record.result == "REFUSED" else "PAID", record.get_result_display())

    @admin.display(description=_("detail"))
    def content_shown(self, record: AuditRecord) -> SafeString:
        text = json.dumps(_shown(record), indent=2, ensure_ascii=False, sort_keys=True)
        return format_html('<pre class="record">{}</pre>', text)

    @admin.display(description=_("seal"))
    def seal(self, record: AuditRecord) -> str | SafeString:
        link = getattr(record, "link", None)
        return cells.code(str(link)) if link else str(_("Not sealed yet"))

    def panels(self, request: HttpRequest, record: AuditRecord) -> list[Panel]:
        earlier = selectors.trail(record.subject_type, record.subject_id)[:_EARLIER]
        columns = (
            Column(_("At")),
            Column(_("Action")),
            Column(_("Result")),
            Column(_("Actor")),
            Column(_("Through")),
        )
        rows = [
            (
                cells.record_link(request, "audit_auditrecord", one.pk, cells.moment(one.at)),
                one.action,
                one.get_result_display(),
                one.actor or cells.NOTHING,
                one.through or cells.NOTHING,
            )
            for one in earlier
        ]
        return [Panel(_("The same subject, latest first"), columns, rows)]
