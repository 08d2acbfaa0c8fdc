"""Financial statements for people: trial balance, balance sheet, income statement, cash flow.

At any date, by booking or value date, each currency in its own money or all in one at the day's
rate, beside an earlier day or period. What is asked for stands in the address.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bank import ledger
from bank.backoffice import report_files
from bank.bookkeeping import reports
from bank.bookkeeping.errors import RateMissing
from bank.bookkeeping.reports.figures import Axis, Period
from bank.kernel.errors import BankError
from bank.ledger.chart import CURRENCIES
from bank.runtime import formats
from bank.web import cells
from bank.web.cells import Words
from bank.web.staff import note_look


@dataclass(frozen=True, slots=True)
class Kind:
    """A report: where it is, what it is called, whether it is of a period, how it is made."""

    path: str
    title: Words
    of_period: bool
    make: Callable[..., list[reports.Report]]


REPORTS = {
    "trial_balance": Kind(
        "ledger/trial-balance/", gettext_lazy("Trial balance"), False, reports.trial_balance
    ),
    "balance_sheet": Kind(
        "reports/balance-sheet/", gettext_lazy("Balance sheet"), False, reports.balance_sheet
    ),
    "income_statement": Kind(
        "reports/income-statement/", gettext_lazy("Income statement"), True, reports.income_statement
    ),
    "cash_flow": Kind("reports/cash-flow/", gettext_lazy("Cash flow"), True, reports.cash_flow),
}


_FILES = (("XLSX", "xlsx"), ("PDF", "pdf"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; ``faults`` is what of it could not be read."""

    period: Period
    currency: str
    by: Axis
    compares: bool
    faults: tuple[str, ...]

    @property
    def days(self) -> list[date]:
        """The day, and the end of the month before for comparison."""
        first = self.period.to_date
        earlier = first.replace(day=1) - timedelta(days=1)
        return [first, earlier] if self.compares else [first]

    @property
    def periods(self) -> list[Period]:
        return [self.period, self.period.before] if self.compares else [self.period]


def page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """A report, as the address asks for it."""
    if not cells.may_look(request, "ledger_account"):
        raise PermissionDenied
    kind, asked = REPORTS[name], read(request)
    made, faults = _made(kind, asked)
    if request.GET.get("format") in ("xlsx", "pdf"):
        try:
            return _file(request, name, asked, made)
        except BankError as refusal:
            faults.append(refusal.message)
    shown = {
        "title": kind.title,
        "name": name,
        "kind": kind,
        "asked": asked,
        "reports": made,
        "faults": [*asked.faults, *faults],
        "currencies": CURRENCIES,
        "business_date": ledger.business_date(),
        "tabs": _tabs(request, name),
        "files": [(label, _address(request, name, format=ending)) for label, ending in _FILES],
    }
    return TemplateResponse(request, "backoffice/report.html", context | shown)


def read(request: HttpRequest) -> Asked:
    """Dates that are none, and periods that end before they begin, are said to be so and replaced."""
    given, today = request.GET, ledger.business_date()
    faults: list[str] = []
    on = _day(given.get("date", ""), faults)
    to = _day(given.get("to", ""), faults) or on or today
    begins = _day(given.get("from", ""), faults) or to.replace(month=1, day=1)
    if begins > to:
        faults.append(_("The period ended before it began; below it begins with the year."))
        begins = to.replace(month=1, day=1)
    currency = given.get("currency", "")
    return Asked(
        Period(begins, to),
        currency if currency in CURRENCIES else "",
        "VALUE" if given.get("by") == "VALUE" else "BOOKING",
        given.get("compare") == "1",
        tuple(faults),
    )


def _day(text: str, faults: list[str]) -> date | None:
    if not text.strip():
        return None
    try:
        found = parse_date(text.strip())
    except ValueError:
        found = None
    if found is None or found.year < 1900:
        faults.append(_("This is no date. Write it as 2026-11-19; below is everything booked so far."))
        return None
    return found


def _made(kind: Kind, asked: Asked) -> tuple[list[reports.Report], list[str]]:
    """The reports; where a rate is missing, each currency in its own money and why."""
    times: dict[str, Any] = {"periods": asked.periods} if kind.of_period else {"days": asked.days}
    try:
        found = kind.make(**times, currency=asked.currency, by=asked.by)
        faults = []
    except RateMissing as missing:
        found = kind.make(**times, by=asked.by)
        faults = [missing.message]
    return [one for one in found if any(section.rows for section in one.sections)], faults


def _tabs(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    return [
        {"url": _address(request, other), "label": one.title, "current": other == name}
        for other, one in REPORTS.items()
    ]


def _address(request: HttpRequest, name: str, **more: str) -> str:
    """A report with what the present address asks for."""
    asked = request.GET.copy()
    for key, value in more.items():
        asked[key] = value
    return f"{reverse(f'admin:{name}')}{'?' if asked else ''}{asked.urlencode()}"


def _file(request: HttpRequest, name: str, asked: Asked, made: list[reports.Report]) -> HttpResponse:
    """What is on the screen, as a file; who took it stays on the trail."""
    kind, ending = REPORTS[name], request.GET["format"]
    lead = asked.period.label if kind.of_period else formats.day(asked.period.to_date)
    if ending == "xlsx":
        content, media = report_files.xlsx(made, lead), report_files.XLSX
    else:
        content = report_files.pdf(made, str(kind.title), lead, asked.period.to_date)
        media = "application/pdf"
    note_look(request, "REPORT", name, period=lead, currency=asked.currency, format=ending)
    answer = HttpResponse(content, content_type=media)
    file_name = f"{name.replace('_', '-')}-{asked.period.to_date.isoformat()}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
