"""Staff tables of standing orders, with what became of every date."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bank.standing import selectors
from bank.standing.models import Run, StandingOrder
from bank.web import cells
from bank.web.staff import Column, Panel, ReadOnlyTable


@admin.register(StandingOrder)
class StandingOrderTable(ReadOnlyTable):
    personal = "STANDING_ORDER"
    heading = _("Standing orders")
    list_display = ("reference", "creditor_name", "amount_shown", "frequency", "next_run", "status")
    list_filter = ("status", "frequency", "currency")
    list_select_related = ("debtor_account",)
    search_fields = ("reference", "debtor_account__number", "creditor_number")
    ordering = ("-id",)
    fields = (
        "reference", "status", "end_reason", "debtor_account", "creditor_name", "creditor_number", "amount",
        "keep", "currency", "remittance", "frequency", "first_date", "month_rule", "until_date", "times",
        "holiday_rule", "retry_days", "next_due", "next_run", "made_by", "made_at",
    )  # fmt: skip
    readonly_fields = ("amount_shown",)

    @admin.display(description=_("amount"))
    def amount_shown(self, order: StandingOrder) -> str:
        return cells.money(order.money or order.kept)

    def panels(self, request: HttpRequest, record: StandingOrder) -> list[Panel]:
        rows = [_row(request, run) for run in selectors.runs_of(record)]
        return [Panel(_("What became of it"), _COLUMNS, rows, empty=_("Nothing was due yet"))]


_COLUMNS = [Column(_("Due")), Column(_("Status")), Column(_("Tries")), Column(_("Why")), Column(_("Payment"))]


def _row(request: HttpRequest, run: Run) -> list[object]:
    paid = run.payment
    link = cells.record_link(request, "payments_paymentorder", paid.pk, paid) if paid else ""
    label = run.get_status_display()
    return [cells.day(run.due_date), cells.state(run.status, label), str(run.tries), run.sentence, link]
