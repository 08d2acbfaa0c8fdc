"""Payroll: who is paid, a month worked out, looked at beside the last, sent to be paid, slips and journal."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif import selectors as mandates
from bank.kernel.errors import BankError
from bank.payroll import selectors, services
from bank.payroll.rules import CURRENCY, RunState
from bank.runtime import formats
from bank.web.companies.desk import Desk, at_desk
from bank.web.payslips import payslip_pdf
from bank.web.views import holdings
from bank.web.views.pages import posted, spoken
from portals.sme import papers, sheets
from portals.sme.forms.payroll import EmployeeForm, ItemForm, LeaveForm, PayFromForm, SalaryForm

_RUNS = 24
SHOWN = {
    RunState.DRAFT: ("DRAFT", ""),
    RunState.SENT: ("SCHEDULED", gettext_noop("Sent to be paid")),
    RunState.PAID: ("PAID", ""),
    RunState.CANCELLED: ("CANCELLED", ""),
}


@at_desk
@require_GET
def payroll(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The runs, newest first, with their totals; and the people, for who may see what they earn."""
    month, sees = selectors.this_month(), selectors.may_see_wages(desk.user, desk.company)
    context = {
        "runs": [_run_task(one, desk) for one in selectors.runs_of(desk.company)[:_RUNS]],
        "employees": selectors.employees_of(desk.company) if sees else [],
        "count": selectors.employees_of(desk.company).count(),
        "sees": sees,
        "month": month,
        "rates": selectors.rate_rows(month),
    }
    return desk.show(request, "sme/payroll.html", **context)


@at_desk
@require_http_methods(["GET", "POST"])
def new_employee(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Takes somebody on the payroll."""
    selectors.require_wages(desk.user, desk.company)
    form = EmployeeForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_employee(user=desk.user, customer=desk.company, **form.cleaned_data)
            messages.success(request, gettext("%(name)s is on the payroll.") % {"name": made.name})
            return desk.go("employee", made.pk)
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "sme/employee_new.html", form=form, refusals=refusals)


@at_desk
@require_http_methods(["GET", "POST"])
def employee(request: HttpRequest, desk: Desk, employee_id: int) -> HttpResponse:
    """One person: salary, items, slips; and the form for another item."""
    selectors.require_wages(desk.user, desk.company)
    found, month = selectors.employee_for(desk.company, employee_id), selectors.this_month()
    form = ItemForm(posted(request))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.add_item(user=desk.user, employee=found, **form.asked(month))
            messages.success(request, gettext("The item is kept."))
            return desk.go("employee", found.pk)
        except BankError as error:
            refusals = [spoken(error)]
    context = {
        "employee": found,
        "items": list(found.items.all()),
        "slips": found.lines.exclude(run__state=RunState.CANCELLED.value).select_related("run")[:_RUNS],
        "form": form,
        "salary_form": SalaryForm(initial={"salary": formats.amount(found.salary_money)}),
        "leave_form": LeaveForm(),
        "refusals": refusals,
    }
    return desk.show(request, "sme/employee.html", **context)


@at_desk
@require_POST
def change(request: HttpRequest, desk: Desk, employee_id: int) -> HttpResponse:
    """Another salary, the last day, or an item that ends."""
    selectors.require_wages(desk.user, desk.company)
    found = selectors.employee_for(desk.company, employee_id)
    salary, last = SalaryForm(request.POST), LeaveForm(request.POST)
    try:
        if "item" in request.POST:
            item = request.POST["item"]
            services.end_item(user=desk.user, employee=found, item_id=int(item) if item.isdigit() else 0)
        elif "last" in request.POST and last.is_valid():
            services.leave(user=desk.user, employee=found, last=last.cleaned_data["last"])
        elif "salary" in request.POST and salary.is_valid():
            services.change_salary(user=desk.user, employee=found, salary=salary.cleaned_data["salary"])
        else:
            messages.error(request, gettext("Enter an amount, or a day."))
            return desk.go("employee", found.pk)
        messages.success(request, gettext("It is changed from the next run on."))
    except BankError as error:
        messages.error(request, spoken(error))
    return desk.go("employee", found.pk)


@at_desk
@require_POST
def prepare(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Works the month out, or works its draft out anew."""
    try:
        made = services.prepare(user=desk.user, customer=desk.company, month=selectors.this_month())
        return desk.go("run", made.pk)
    except BankError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, spoken(error))
    return desk.go("payroll")


@at_desk
@require_GET
def run(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """The month in sums; line by line beside the last one for who may see wages."""
    return _show_run(request, desk, selectors.run_for(desk.company, run_id))


@at_desk
@require_POST
def send(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """Makes its payment file; what pays it is the code and the signatures that follow."""
    found = selectors.run_for(desk.company, run_id)
    form = PayFromForm(request.POST, accounts=_accounts(desk))
    if form.is_valid():
        try:
            number = form.cleaned_data["account"].number
            file = services.send_to_pay(user=desk.user, run=found, account_number=number)
            return desk.go("file", file.reference)
        except BankError as error:
            if error.status in (403, 404):
                raise
            form.add_error(None, spoken(error))
    return _show_run(request, desk, found, form=form)


@at_desk
@require_POST
def cancel(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """Gives the run up; the month may be run again."""
    found = selectors.run_for(desk.company, run_id)
    services.cancel(user=desk.user, run=found)
    messages.info(request, gettext("The run is given up."))
    return desk.go("payroll")


@at_desk
@require_GET
def payslip(request: HttpRequest, desk: Desk, line_id: UUID) -> HttpResponse:
    """One person's month as a PDF with the bank's seal."""
    selectors.require_wages(desk.user, desk.company)
    line = selectors.line_for(desk.company, line_id)
    name = f"payslip-{line.run.month:%Y-%m}-{line.staff_number}.pdf"
    return papers.attached(payslip_pdf(line), name, reason=gettext("Payslip"))


@at_desk
@require_GET
def journal(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """What the bookkeeper enters, as CSV: sums alone, so whoever acts for the company may have it."""
    found = selectors.run_for(desk.company, run_id)
    rows = [
        [gettext(name), debit.amount, credit.amount] for name, debit, credit in selectors.journal_of(found)
    ]
    heads = [gettext("Account"), gettext("Debit"), gettext("Credit")]
    return sheets.sheet(f"payroll-{found}.csv", heads, rows)


def _accounts(desk: Desk) -> list[Any]:
    return [one for one in holdings.of_company(desk.company) if one.may_send and one.currency == CURRENCY]


def _show_run(request: HttpRequest, desk: Desk, found: Any, form: PayFromForm | None = None) -> HttpResponse:
    sees = selectors.may_see_wages(desk.user, desk.company)
    code, label = SHOWN[RunState(found.state)]
    context = {
        "run": found,
        "state": {"status": code, "status_label": gettext(label) if label else ""},
        "is_draft": found.state == RunState.DRAFT,
        "is_sent": found.state == RunState.SENT,
        "rows": selectors.compared(found) if sees else [],
        "sums": selectors.figures_of(found),
        "net": found.money("net"),
        "cost": found.money("cost"),
        "journal": [(gettext(name), debit, credit) for name, debit, credit in selectors.journal_of(found)],
        "rates": selectors.rate_rows(found.month),
        "sees": sees,
        "may_pay": mandates.may_pay(desk.user, desk.company),
        "form": form or PayFromForm(accounts=_accounts(desk)),
    }
    return desk.show(request, "sme/run.html", **context)


def _run_task(found: Any, desk: Desk) -> dict[str, Any]:
    code, label = SHOWN[RunState(found.state)]
    people = gettext("%(n)s people") % {"n": formats.number(found.people)}
    return {
        "label": formats.month(found.month),
        "note": " · ".join((people, formats.money(found.money("net")))),
        "url": desk.at("run", found.pk),
        "status": code,
        "status_label": gettext(label) if label else "",
    }
