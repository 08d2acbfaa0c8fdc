"""Invoices, bills and payments in words, as rows of lists."""

from datetime import date
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from bank.invoicing.rules import BillState, Shown
from bank.runtime import formats
from bank.web.companies.desk import Desk

#: What an invoice is called; the tone of the word is that of the status beside it.
SHOWN = {
    Shown.DRAFT: ("DRAFT", gettext_lazy("Draft")),
    Shown.ISSUED: ("SENT", gettext_lazy("Sent")),
    Shown.PARTLY_PAID: ("PENDING", gettext_lazy("Partly paid")),
    Shown.OVERDUE: ("FAILED", gettext_lazy("Overdue")),
    Shown.PAID: ("PAID", gettext_lazy("Paid")),
    Shown.CANCELLED: ("CANCELLED", gettext_lazy("Cancelled")),
    Shown.WRITTEN_OFF: ("CLOSED", gettext_lazy("Written off")),
}
BILL_SHOWN = {
    BillState.OPEN: ("PENDING", gettext_lazy("To pay")),
    BillState.WAITING: ("SCHEDULED", gettext_lazy("Being paid")),
    BillState.PAID: ("PAID", gettext_lazy("Paid")),
    BillState.VOID: ("CANCELLED", gettext_lazy("Void")),
}
REASONS = {
    "REFERENCE": gettext_lazy("the reference is in the payment"),
    "NUMBER": gettext_lazy("the invoice's number is in the payment"),
    "AMOUNT": gettext_lazy("the amount is what is open"),
    "NAME": gettext_lazy("the payer's name fits"),
    "PAID_BEFORE": gettext_lazy("this account paid them before"),
    "BY_HAND": gettext_lazy("matched by hand"),
}


def state_of(invoice: Any, today: date) -> dict[str, str]:
    """The status of an invoice for the component that shows it."""
    code, label = SHOWN[invoice.shown_on(today)]
    return {"status": code, "status_label": str(label)}


def invoice_task(invoice: Any, desk: Desk, today: date) -> dict[str, Any]:
    """An invoice as a row: whose, how much is open, since or until when."""
    open_money = invoice.open_money if invoice.issue_date else invoice.total
    words = [invoice.debtor_name or invoice.debtor.name, formats.money(open_money)]
    if invoice.due_date and open_money.is_positive:
        words.append(due(invoice.due_date, today))
    return {
        "label": invoice.number or gettext("Draft"),
        "note": " · ".join(words),
        "url": desk.at("invoice", invoice.pk),
        **state_of(invoice, today),
    }


def bill_task(bill: Any, desk: Desk, today: date) -> dict[str, Any]:
    """A bill as a row."""
    code, label = BILL_SHOWN[BillState(bill.state)]
    words = [bill.number, formats.money(bill.money)]
    if bill.state == BillState.OPEN:
        words.append(due(bill.due_date, today))
    return {
        "id": str(bill.pk),
        "label": bill.vendor.name,
        "note": " · ".join(words),
        "url": desk.at("bill", bill.pk),
        "status": code,
        "status_label": str(label),
    }


def due(day: date, today: date) -> str:
    """``due 3 December 2026``, or how long it is late."""
    late = (today - day).days
    if late > 0:
        return ngettext("%(n)s day late", "%(n)s days late", late) % {"n": formats.number(late)}
    return gettext("due %(day)s") % {"day": formats.day(day)}


def reasons(codes: list[str] | tuple[str, ...]) -> str:
    """Why money is, or may be, for an invoice."""
    return ", ".join(str(REASONS[code]) for code in codes if code in REASONS)
