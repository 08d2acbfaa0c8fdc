"""What stands behind a figure: an account's postings in a period, each leading to its entry."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bank import ledger
from bank.backoffice import reports
from bank.kernel.money import Money
from bank.web import cells
from bank.web.staff import Column, Panel, note_look

LINES = 100


@dataclass(frozen=True, slots=True)
class Frame:
    """The balance before and after the period, by booking date."""

    opening: Money
    closing: Money


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The postings of ``?account=`` in the report's period, newest first."""
    if not cells.may_look(request, "ledger_account"):
        raise PermissionDenied
    code = request.GET.get("account", "")
    found = ledger.facts([code]).get(code)
    if found is None:
        raise Http404
    if found.is_guarded:
        note_look(request, "LEDGER_ACCOUNT", code)
    asked = reports.read(request)
    whole = not request.GET.get("from")
    first = date(1900, 1, 1) if whole else asked.period.from_date
    shown = {
        "title": f"{found.code} {found.name}",
        "account": found,
        "asked": asked,
        "whole": whole,
        "frame": _frame(code, first, asked.period.to_date),
        "panel": _panel(request, code, first, asked.period.to_date),
        "sums_customers": found.is_control,
    }
    return TemplateResponse(request, "backoffice/postings.html", context | shown)


def _frame(code: str, first: date, last: date) -> Frame:
    """As people read them: debits above zero."""
    before = ledger.balance(code, on=first - timedelta(days=1)).booked
    return Frame(-before, -ledger.balance(code, on=last).booked)


def _panel(request: HttpRequest, code: str, first: date, last: date) -> Panel:
    before = request.GET.get("before", "")
    upto = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    lines = ledger.statement_lines(code, from_date=first, to_date=last, before=upto, limit=LINES)
    more = ""
    if len(lines) == LINES:
        kept = {name: request.GET[name] for name in ("account", "from", "to") if name in request.GET}
        more = f"{reverse('admin:report_postings')}?{urlencode(kept | {'before': lines[-1].version})}"
    columns = (
        Column(_("Entry")),
        Column(_("Booked")),
        Column(_("Value")),
        Column(_("Narrative")),
        Column(_("Against")),
        Column(_("Debit"), figures=True),
        Column(_("Credit"), figures=True),
    )
    rows = [_row(request, line) for line in lines]
    empty = _("Nothing was booked on it in this period.")
    return Panel(_("Postings"), columns, rows, empty=empty, more=more, more_label=_("Older postings"))


def _row(request: HttpRequest, line: ledger.StatementLine) -> tuple[object, ...]:
    return (
        cells.record_link(request, "ledger_entry", line.entry_id, line.entry_id),
        cells.day(line.booking_date),
        cells.day(line.value_date),
        line.narrative or line.code,
        cells.joined(line.counter_accounts[:2]),
        cells.debit(line.amount),
        cells.credit(line.amount),
    )
