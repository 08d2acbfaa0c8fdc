"""The staff table of documents: what was handed in, for whom. The content opens from its owner's screen."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bank.documents import selectors
from bank.documents.models import Document
from bank.web import cells
from bank.web.staff import Column, Panel, ReadOnlyTable, adds_panel


@admin.register(Document)
class DocumentTable(ReadOnlyTable):
    list_display = (
        "filename",
        "purpose",
        "owner",
        "media_type",
        "pages",
        "uploaded_at",
        "valid_until",
        "state",
    )
    list_filter = ("state", "media_type")
    search_fields = ("owner",)
    search_help_text = _("Owner, such as customer:1000001, or SHA-256 digest")
    ordering = ("-uploaded_at",)
    fields = (
        "filename", "claimed_ending", "purpose", "owner", "media_type", "size", "pages", "sha256",
        "uploaded_at", "uploaded_by", "valid_until", "state", "discarded_at", "discarded_by",
        "discard_reason",
    )  # fmt: skip
    personal = "DOCUMENT"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Document], search_term: str
    ) -> tuple[QuerySet[Document], bool]:
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        return queryset.filter(Q(owner=text) | Q(sha256=text.lower())), False

    def subject(self, record: Document) -> str:
        return str(record.pk)


@adds_panel("cif_customer", rank=40)
def _of_customer(request: HttpRequest, customer: Any) -> Panel | None:
    """What the customer handed in, on the customer's own screen."""
    if not cells.may_look(request, "documents_document"):
        return None
    rows = [
        (
            cells.record_link(request, "documents_document", one.pk, one.filename),
            one.purpose,
            cells.moment(one.uploaded_at),
            cells.day(one.valid_until),
        )
        for one in selectors.documents_of(f"customer:{customer.cif}")
    ]
    columns = (Column(_("Document")), Column(_("Purpose")), Column(_("Handed in")), Column(_("Valid until")))
    return Panel(_("Documents"), columns, rows, empty=_("No documents."))
