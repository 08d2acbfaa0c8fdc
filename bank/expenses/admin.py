"""The staff table of expenses: what people of companies claimed, and what became of it."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.expenses.models import Expense
from bank.web import cells
from bank.web.staff import ReadOnlyTable


@admin.register(Expense)
class ExpenseTable(ReadOnlyTable):
    heading = _("Expenses")
    list_display = ("reference", "claimed_at", "customer", "claimed_by", "merchant", "total", "state_shown")
    list_filter = ("state", "category", "currency")
    list_select_related = ("customer", "claimed_by")
    search_fields = ("reference__exact", "customer__cif__exact", "file_reference__exact")
    search_help_text = _("Reference or CIF")
    ordering = ("-id",)
    fields = (
        *("reference", "state_shown", "customer", "claimed_by", "claimed_at", "merchant", "purpose"),
        *("category", "spent_date", "total", "tax", "account_number", "account_name", "name_check"),
        *("decided_by", "decided_at", "reason", "file_reference"),
    )
    readonly_fields = ("state_shown", "total", "tax")
    personal = "EXPENSE"

    @admin.display(description=_("amount"), ordering="amount")
    def total(self, expense: Expense) -> str:
        return cells.money(expense.money)

    @admin.display(description=_("value added tax"), ordering="vat")
    def tax(self, expense: Expense) -> str:
        return cells.money(expense.vat_money)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, expense: Expense) -> SafeString:
        return cells.state(expense.state, expense.get_state_display())
