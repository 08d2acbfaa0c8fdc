"""Bills: the catalogue, saved ones, one paid after a check; a biller's file of what came in."""

import csv
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.kernel import clock
from bank.kernel.errors import BankError, NotFound
from bank.requests import selectors, services
from bank.requests.models import Biller
from bank.runtime import formats
from bank.statements.rules import spreadsheet_text
from bank.web.orders import confirming
from bank.web.orders.confirming import Answers, Asked, Kind
from bank.web.orders.desk import Desk, at_desk
from bank.web.orders.request_forms import BillForm
from bank.web.views import pricing
from bank.web.views.pages import posted, spoken

_MANY = 30


@require_GET
@at_desk
def bills(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Saved bills, the catalogue, what was paid; for a biller what came in."""
    paid = selectors.bills_of(desk.user)[:_MANY]
    context = {
        "billers": selectors.billers(),
        "saved": [one for one in selectors.saved_bills(desk.user) if _is_here(desk, one.customer_id)],
        "paid": [one for one in paid if desk.holds(one.payment.debtor_account)],
        "mine": selectors.billers_of(desk.user, desk.company) if desk.company else [],
        "today": clock.today(),
    }
    return desk.show(request, "bills.html", **context)


@require_http_methods(["GET", "POST"])
@at_desk
def pay(request: HttpRequest, desk: Desk, code: str) -> HttpResponseBase:
    """Reference, amount and account; the reference is checked as the biller wants it."""
    biller = selectors.biller(code)
    fitting = [one for one in desk.payable if one.currency == biller.account.currency]
    form = BillForm(
        posted(request), accounts=fitting, label=biller.reference_label,
        example=biller.reference_example, initial={"reference": request.GET.get("reference", "")[:35]},
    )  # fmt: skip
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_begin(request, desk, biller, form))
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "bill.html", biller=biller, form=form, refusals=refusals)


@require_POST
@at_desk
def save(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """Keeps biller and reference of a bill paid."""
    services.save_bill(user=desk.user, payment_reference=reference)
    messages.success(request, gettext("The bill is kept for next time."))
    return redirect(f"{desk.root}bills/")


@require_POST
@at_desk
def forget(request: HttpRequest, desk: Desk, saved_id: int) -> HttpResponseBase:
    """Lets go of a saved bill."""
    services.forget_bill(user=desk.user, saved_id=saved_id)
    return redirect(f"{desk.root}bills/")


@require_GET
@at_desk
def received(request: HttpRequest, desk: Desk, code: str) -> HttpResponseBase:
    """A biller's own file: every bill paid to it on a day, settled, as CSV."""
    mine = selectors.billers_of(desk.user, desk.company) if desk.company else []
    biller = next((one for one in mine if one.code == code), None)
    if biller is None:
        raise NotFound(what="biller")
    day = _day(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{biller.code}-{day}.csv"'
    rows = csv.writer(answer)
    rows.writerow(["payment", "reference", "amount", "currency", "paid_at", "payer"])
    for one in selectors.received_on(biller, day):
        rows.writerow(_line(one))
    return answer


def _line(bill: Any) -> list[str]:
    paid = bill.payment
    at = bill.at.isoformat(timespec="seconds")
    cells = [paid.reference, bill.reference, str(paid.money.amount), paid.currency, at, paid.debtor_name]
    return [spreadsheet_text(cell) for cell in cells]


def _day(request: HttpRequest) -> date:
    """The day asked for, or the present one where the bank is."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


def _is_here(desk: Desk, customer_id: int) -> bool:
    if desk.company is not None:
        return desk.company.pk == customer_id
    return any(one.account.customer_id == customer_id for one in desk.accounts)


def _begin(request: HttpRequest, desk: Desk, biller: Biller, form: BillForm) -> str:
    given = form.cleaned_data
    answers = {"biller": biller.code, "bill": given["reference"], "debtor": given["account"].number}
    return confirming.begin(request, desk, PAY, request.get_full_path(), sum=form.sum, **answers)


def _asked(answers: Answers) -> dict[str, Any]:
    return {
        "code": answers["biller"],
        "reference": answers["bill"],
        "debtor_number": answers["debtor"],
        "amount": confirming.money_of(answers),
    }


def _ask(desk: Desk, answers: Answers) -> Asked:
    biller, kept, quoted = services.prepare_bill(user=desk.user, **_asked(answers))
    rows = [
        (gettext("To"), biller.name),
        (gettext(biller.reference_label), kept),
        (gettext("From"), formats.account_number(quoted.debtor_number)),
        (gettext("Amount"), formats.money(quoted.amount)),
        (gettext("Fee"), pricing.fee(quoted)),
        (gettext("In total"), formats.money(quoted.total)),
    ]
    send = gettext("Pay %(amount)s") % {"amount": formats.money(quoted.amount)}
    return Asked(services.start_bill(user=desk.user, **_asked(answers)), rows, send)


def _do(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    asked = _asked(answers)
    paid = services.pay_bill(
        user=desk.user, key=proof["key"], challenge_id=proof["challenge_id"], proof=proof["code"], **asked
    )
    return f"{desk.root}bills/", confirming.said(paid, gettext("The bill is paid."))


PAY = confirming.register(Kind("bill", lambda: gettext("Check the bill"), _ask, _do))
