"""Imported statements, open items and what was matched."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping import commands, importing, rules
from bank.bookkeeping.admin import reconciling
from bank.bookkeeping.admin.fields import ChartField, reason
from bank.bookkeeping.models import ImportedStatement, OpenItem
from bank.bookkeeping.services import reconciling as reconciling_service
from bank.identity.models import User
from bank.kernel.money import Money
from bank.web import cells
from bank.web.acts import Act, StartingTable
from bank.web.cells import Words
from bank.workflows.models import Command


class ImportForm(forms.Form):
    account = ChartField(label=_("Account"))
    file = forms.FileField(label=_("Statement"), help_text=_("camt.053 or MT940, up to 20 MB."))


def _import(user: User, account: str, file: Any) -> ImportedStatement:
    """The last statement of the file."""
    content = file.read(importing.MOST_BYTES + 1)
    taken = reconciling_service.import_file(account=account, file_name=file.name, content=content, actor=user)
    return taken[-1]


class WriteOffForm(forms.Form):
    item = forms.IntegerField(label=_("Open item"), min_value=1, widget=forms.HiddenInput)
    against = ChartField(label=_("To the account"))
    narrative = forms.CharField(label=_("Narrative"), max_length=rules.NARRATIVE_LETTERS)
    reason = reason()


def _write_off(user: User, **given: Any) -> Command:
    return commands.journals.propose_write_off(maker=user, **given)


@admin.register(ImportedStatement)
class ImportedStatementTable(StartingTable):
    heading = _("Imported statements")
    list_display = (
        "account",
        "statement_id",
        "format",
        "from_date",
        "to_date",
        "closing_shown",
        "line_count",
    )
    list_filter = ("format",)
    search_fields = ("account__exact", "statement_id__exact")
    ordering = ("-id",)
    fields = (
        *(
            "account",
            "their_account",
            "statement_id",
            "format",
            "file_name",
            "digest",
            "from_date",
            "to_date",
        ),
        *("opening_shown", "closing_shown", "line_count", "imported_by", "imported_at"),
    )
    readonly_fields = ("opening_shown", "closing_shown")
    starts = {
        "import": Act(
            _("Import a statement"), ImportForm, _import, reconciling.RIGHT, _("The statement was taken in."),
            _("It must open with what the one before closed with. All of the file is taken in, or nothing."),
        ),
    }  # fmt: skip

    def links(self, request: HttpRequest, record: ImportedStatement) -> list[tuple[Words, str]]:
        address = reverse("admin:bookkeeping_reconcile", query={"account": record.account})
        return [(_("Reconcile"), address), *super().links(request, record)]

    @admin.display(description=_("opening balance"))
    def opening_shown(self, found: ImportedStatement) -> str:
        return cells.money(Money(found.opening, found.currency))

    @admin.display(description=_("closing balance"))
    def closing_shown(self, found: ImportedStatement) -> str:
        return cells.money(Money(found.closing, found.currency))


@admin.register(OpenItem)
class OpenItemTable(StartingTable):
    heading = _("Reconciliation")
    list_display = ("account", "side", "booking_date", "reference", "narrative", "amount_shown", "open_shown")
    list_filter = ("side",)
    search_fields = ("account__exact", "reference__exact")
    ordering = ("booking_date", "id")
    fields = (
        *("account", "side", "statement", "entry_id", "number", "booking_date", "value_date"),
        *("amount_shown", "open_shown", "reference", "narrative"),
    )
    readonly_fields = ("amount_shown", "open_shown")
    starts = {
        "write-off": Act(
            _("Write off"), WriteOffForm, _write_off, "bookkeeping.add_journal",
            _("It waits for somebody else's approval; nothing is booked yet."),
            _("What is open of the item goes to another account, once somebody else has approved."),
        ),
    }  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "reconcile/",
                self.admin_site.admin_view(self.reconcile_accounts),
                name="bookkeeping_reconcile_accounts",
            ),
            path(
                "reconcile/account/",
                self.admin_site.admin_view(self.reconcile),
                name="bookkeeping_reconcile",
            ),
            *super().get_urls(),
        ]

    def start_links(self, request: HttpRequest) -> list[tuple[Words, str]]:
        """A write-off starts from its item."""
        return [(_("Reconcile an account"), reverse("admin:bookkeeping_reconcile_accounts"))]

    def reconcile_accounts(self, request: HttpRequest) -> HttpResponse:
        return reconciling.accounts_page(request, self.admin_site.each_context(request))

    def reconcile(self, request: HttpRequest) -> HttpResponse:
        return reconciling.page(request, self.admin_site.each_context(request))

    @admin.display(description=_("amount"))
    def amount_shown(self, item: OpenItem) -> str:
        return cells.money(Money(item.amount, item.currency))

    @admin.display(description=_("open"))
    def open_shown(self, item: OpenItem) -> str:
        return cells.money(Money(item.open_amount, item.currency))
