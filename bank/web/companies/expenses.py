"""Expenses: claimed with a photo of the receipt, decided by another, paid back several at a time."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.cif import selectors as mandates
from bank.documents import serving
from bank.expenses import selectors, services
from bank.expenses.models import Expense
from bank.expenses.rules import Category, State
from bank.kernel.errors import BankError
from bank.runtime import formats
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.expenses import ExpenseFilter, ExpenseForm, PayBackForm, RejectForm
from bank.web.views import holdings, paging
from bank.web.views.pages import posted, spoken
from bank.web.views.sheets import sheet, workbook

_ON_A_PAGE: Final = 50
_STATUS: Final = {
    State.WAITING: "WAITING",
    State.APPROVED: "ACCEPTED",
    State.REJECTED: "REJECTED",
    State.WITHDRAWN: "CANCELLED",
    State.SENT: "RELEASING",
    State.PAID: "PAID",
}


@at_desk
@require_GET
def expenses(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits for the reader first, then all they may see, the newest first."""
    form = _filter(request, desk)
    page = paging.by_id(request, selectors.expenses_for(desk.user, desk.company, form.asked), size=_ON_A_PAGE)
    query = paging.address(request, "").removeprefix(request.path)
    context: dict[str, Any] = {
        "search": form,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "here": request.path,
        "waiting": [_task(one, desk) for one in selectors.to_decide(desk.user, desk.company)[:_ON_A_PAGE]],
        "lines": [_task(one, desk) for one in page.rows],
        "newer": page.newer,
        "older": page.older,
        "may_claim": selectors.may_claim(desk.user, desk.company),
        "may_pay": mandates.may_pay(desk.user, desk.company),
        "csv_url": f"{desk.at('expenses-csv')}{query}",
        "xlsx_url": f"{desk.at('expenses-xlsx')}{query}",
    }
    return desk.show(request, "expenses.html", **context)


@at_desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Claims one."""
    selectors.require_claim(desk.user, desk.company)
    number, holder = selectors.last_account(desk.user, desk.company)
    form = ExpenseForm(
        posted(request), request.FILES or None, accounts=holdings.of_company(desk.company),
        initial={"number": number, "holder": holder or desk.user.full_name},
    )  # fmt: skip
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = _claim(desk, form.cleaned_data)
            messages.success(request, gettext("The expense is claimed. Somebody else decides on it."))
            return desk.go("expense", made.reference)
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "expense_new.html", form=form, refusals=refusals)


@at_desk
@require_GET
def expense(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    found = selectors.expense_for(desk.user, desk.company, reference)
    return _shown(request, desk, found, RejectForm(), [])


@at_desk
@require_GET
def receipt(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """The receipt as it is kept; who looked is on the audit trail."""
    found = selectors.expense_for(desk.user, desk.company, reference)
    return serving.respond(document=selectors.receipt_of(found), viewer=desk.user)


@at_desk
@require_POST
def decide(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """Approves, or rejects with the reason given."""
    found = selectors.expense_for(desk.user, desk.company, reference)
    form = RejectForm(request.POST)
    try:
        if request.POST.get("act") == "approve":
            services.approve(user=desk.user, expense=found)
            messages.success(request, gettext("Approved. It can be paid back now."))
            return desk.go("expenses")
        if form.is_valid():
            services.reject(user=desk.user, expense=found, reason=form.cleaned_data["reason"])
            messages.info(request, gettext("Rejected. Whoever claimed it reads why."))
            return desk.go("expenses")
    except BankError as error:
        return _shown(request, desk, found, RejectForm(), [spoken(error)])
    return _shown(request, desk, found, form, [])


@at_desk
@require_POST
def withdraw(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    found = selectors.expense_for(desk.user, desk.company, reference)
    services.withdraw(user=desk.user, expense=found)
    messages.info(request, gettext("The claim is withdrawn."))
    return desk.go("expenses")


@at_desk
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Approved ones, to tick and pay back by one payment file."""
    accounts = [one for one in holdings.of_company(desk.company) if one.may_send]
    form = PayBackForm(posted(request), accounts=accounts)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            file = services.pay_back(
                user=desk.user, customer=desk.company, references=request.POST.getlist("expense"),
                account_number=form.cleaned_data["account"].number,
            )  # fmt: skip
            return desk.go("file", file.reference)
        except BankError as error:
            refusals = [spoken(error)]
    context = {
        "form": form,
        "refusals": refusals,
        "rows": [_task(one, desk) for one in selectors.to_pay(desk.user, desk.company)[:200]],
        "may_pay": mandates.may_pay(desk.user, desk.company),
    }
    return desk.show(request, "expenses_pay.html", **context)


@at_desk
@require_GET
def as_csv(request: HttpRequest, desk: Desk) -> HttpResponse:
    return sheet("expenses.csv", _heads(), _exported(request, desk))


@at_desk
@require_GET
def as_xlsx(request: HttpRequest, desk: Desk) -> HttpResponse:
    return workbook("expenses.xlsx", _heads(), _exported(request, desk))


def _claim(desk: Desk, given: dict[str, Any]) -> Expense:
    return services.claim(
        user=desk.user,
        customer=desk.company,
        merchant=given["merchant"],
        category=Category(given["category"]),
        spent=given["spent"],
        amount=given["money"],
        vat=given["vat_money"],
        account_number=given["number"],
        account_name=given["holder"],
        purpose=given["purpose"],
        upload=given["receipt"].file,
        filename=given["receipt"].name,
    )


def _shown(
    request: HttpRequest, desk: Desk, found: Expense, form: RejectForm, refusals: list[str]
) -> HttpResponse:
    is_waiting = found.state == State.WAITING
    context = {
        "expense": found,
        "form": form,
        "refusals": refusals,
        "status": _STATUS[State(found.state)],
        "may_decide": is_waiting and selectors.may_decide(desk.user, found),
        "may_withdraw": is_waiting and found.claimed_by_id == desk.user.pk,
    }
    return desk.show(request, "expense.html", **context)


def _filter(request: HttpRequest, desk: Desk) -> ExpenseFilter:
    everybody = selectors.sees_all(desk.user, desk.company)
    return ExpenseFilter(request.GET, people=selectors.people_of(desk.company) if everybody else [])


def _task(one: Expense, desk: Desk) -> dict[str, Any]:
    words = [formats.money(one.money), one.claimed_by.full_name, formats.day(one.spent_date)]
    return {
        "id": one.reference,
        "label": one.merchant,
        "note": " · ".join(words),
        "url": desk.at("expense", one.reference),
        "status": _STATUS[State(one.state)],
        "status_label": one.get_state_display(),
    }


def _heads() -> list[str]:
    return [
        gettext("Reference"), gettext("Day"), gettext("By"), gettext("Paid to"), gettext("For what"),
        gettext("Category"), gettext("Currency"), gettext("Net"), gettext("Value added tax"),
        gettext("Total"), gettext("Status"), gettext("Decided by"), gettext("Payment file"),
    ]  # fmt: skip


def _exported(request: HttpRequest, desk: Desk) -> list[list[Any]]:
    found = selectors.exported(desk.user, desk.company, _filter(request, desk).asked)
    return [_row(one) for one in found]


def _row(one: Expense) -> list[Any]:
    net = one.money - one.vat_money
    decider = one.decided_by.full_name if one.decided_by else ""
    return [
        one.reference, one.spent_date, one.claimed_by.full_name, one.merchant, one.purpose,
        one.get_category_display(), one.currency, net.amount, one.vat_money.amount, one.money.amount,
        one.get_state_display(), decider, one.file_reference,
    ]  # fmt: skip
