"""The staff table of statements: which were asked for, made and failed. The papers stay with their owners."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.runtime import formats
from bank.statements import selectors
from bank.statements.models import IssuedDocument, Statement, StatementRun, Subscription
from bank.statements.rules import Delivery, Status
from bank.web import cells
from bank.web.staff import ReadOnlyTable


@admin.register(Statement)
class StatementTable(ReadOnlyTable):
    list_display = ("reference", "about", "from_date", "to_date", "kind", "format", "state", "requested_at")
    list_filter = ("status", "kind", "format", "delivery")
    list_select_related = ("account", "deposit")
    search_fields = ("reference",)
    search_help_text = _("Reference, account, deposit or CIF")
    ordering = ("-requested_at",)
    fields = (
        "reference", "about", "from_date", "to_date", "kind", "format", "number", "language",
        "state", "failure",
        "requested_by", "requested_at", "finished_at", "size", "digest",
        "subscription", "delivery", "delivered_at", "delivery_failure",
    )  # fmt: skip
    readonly_fields = ("about", "state")
    personal = "STATEMENT"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Statement], search_term: str
    ) -> tuple[QuerySet[Statement], bool]:
        text = "".join(search_term.replace("\x00", "").split())
        if not text:
            return queryset, False
        found = Q(reference=text.upper()) | Q(account__number=text, deposit=None)
        found |= Q(deposit__number=text) | Q(account__customer__cif=text)
        return queryset.filter(found), False

    @admin.display(description=_("account or deposit"))
    def about(self, statement: Statement) -> str:
        return statement.kept.number

    @admin.display(description=_("status"), ordering="status")
    def state(self, statement: Statement) -> SafeString:
        return cells.state(statement.status)


@admin.register(Subscription)
class SubscriptionTable(ReadOnlyTable):
    """Who has statements made by themselves."""

    list_display = ("about", "format", "frequency", "channel", "state_shown", "issued", "next_from")
    list_filter = ("state", "frequency", "channel", "format")
    list_select_related = ("account", "deposit")
    search_fields = ("account__number", "deposit__number")
    search_help_text = _("Number of an account or deposit")
    fields = (
        "about", "format", "frequency", "channel", "target", "language", "state_shown", "end_reason",
        "created_by", "created_at", "issued", "next_from",
    )  # fmt: skip
    readonly_fields = ("about", "state_shown")
    personal = "STATEMENT"

    @admin.display(description=_("account or deposit"))
    def about(self, subscription: Subscription) -> str:
        return subscription.kept.number

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, subscription: Subscription) -> SafeString:
        return cells.state(subscription.state, label=subscription.get_state_display())


@admin.register(StatementRun)
class StatementRunTable(ReadOnlyTable):
    """How far the statements of a close of business are; the page is looked at again to see them grow."""

    list_display = ("business_date", "started_at", "asked", "made", "failed", "delivered", "progress")
    fields = ("business_date", "started_at", "asked", "made", "failed", "delivered", "progress")
    readonly_fields = ("asked", "made", "failed", "delivered", "progress")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatementRun]:
        made, failed = Q(statements__status=Status.READY.value), Q(statements__status=Status.FAILED.value)
        delivered = Q(statements__delivery=Delivery.DELIVERED.value)
        return (
            super()
            .get_queryset(request)
            .annotate(
                n_asked=Count("statements"),
                n_made=Count("statements", filter=made),
                n_failed=Count("statements", filter=failed),
                n_delivered=Count("statements", filter=delivered),
            )
        )

    @admin.display(description=_("asked for"))
    def asked(self, run: Any) -> str:
        return formats.number(run.n_asked)

    @admin.display(description=_("made"))
    def made(self, run: Any) -> str:
        return formats.number(run.n_made)

    @admin.display(description=_("failed"))
    def failed(self, run: Any) -> str:
        return formats.number(run.n_failed)

    @admin.display(description=_("delivered"))
    def delivered(self, run: Any) -> str:
        return formats.number(run.n_delivered)

    @admin.display(description=_("progress"))
    def progress(self, run: Any) -> str:
        done = run.n_made + run.n_failed
        return formats.percent(Decimal(done) / Decimal(run.n_asked or 1), 0)


@admin.register(IssuedDocument)
class IssuedDocumentTable(ReadOnlyTable):
    """The chain of issued documents: what each is sealed with. ``manage.py statements_verify`` proves it."""

    list_display = ("position", "code", "kind", "issued_at", "size", "digest")
    list_filter = ("kind",)
    search_fields = ("code",)
    search_help_text = _("Code on the document")
    ordering = ("-position",)
    fields = ("position", "code", "kind", "issued_at", "size", "digest", "link")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[IssuedDocument], search_term: str
    ) -> tuple[QuerySet[IssuedDocument], bool]:
        found = selectors.issued_document(search_term.replace("\x00", ""))
        return (
            queryset.filter(pk=found.pk) if found else queryset.none() if search_term else queryset
        ), False
