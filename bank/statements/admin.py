"""The staff table of statements: which were asked for, made and failed. The papers stay with their owners."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.statements.models import Statement
from bank.web import cells
from bank.web.staff import ReadOnlyTable


@admin.register(Statement)
class StatementTable(ReadOnlyTable):
    list_display = ("reference", "account", "from_date", "to_date", "format", "state", "requested_at")
    list_filter = ("status", "format")
    list_select_related = ("account",)
    search_fields = ("reference",)
    search_help_text = _("Reference, account or CIF")
    ordering = ("-requested_at",)
    fields = (
        "reference", "account", "from_date", "to_date", "format", "language", "state", "failure",
        "requested_by", "requested_at", "finished_at", "size", "digest",
    )  # fmt: skip
    readonly_fields = ("state",)
    personal = "STATEMENT"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Statement], search_term: str
    ) -> tuple[QuerySet[Statement], bool]:
        text = "".join(search_term.replace("\x00", "").split())
        if not text:
            return queryset, False
        found = Q(reference=text.upper()) | Q(account__number=text) | Q(account__customer__cif=text)
        return queryset.filter(found), False

    @admin.display(description=_("status"), ordering="status")
    def state(self, statement: Statement) -> SafeString:
        return cells.state(statement.status)
