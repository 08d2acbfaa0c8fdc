"""Receive by QR code, and pay by one: pasted text is read, shown in words, and goes on to the check."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from bank.kernel.errors import BankError
from bank.messages.errors import QrUnreadable
from bank.payments import services as payments
from bank.payments.services import Elsewhere
from bank.requests import codes
from bank.requests.codes import Found
from bank.runtime import formats
from bank.web.orders import confirming, drawing, naming
from bank.web.orders.confirming import Answers, Asked, Kind
from bank.web.orders.desk import Desk, at_desk
from bank.web.orders.request_forms import CodeForm, MoneyForm, ReceiveForm
from bank.web.views import pricing
from bank.web.views.pages import posted, spoken


@require_GET
@at_desk
def receive(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """A code of one's own; what it asks for stands in the address."""
    form = ReceiveForm(request.GET if "account" in request.GET else None, accounts=desk.accounts)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        text = codes.receive(given["account"].account, amount=given["money"], text=given["text"])
        context |= {"drawn": drawing.drawn(text), "text": text, "sum": given["money"], "to": given["account"]}
    return desk.show(request, "receive.html", **context)


@require_http_methods(["GET", "POST"])
@at_desk
def scan(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The pasted code in words, then from which account; a request's code leads to the request."""
    asked = CodeForm(request.GET if "code" in request.GET else None)
    found, refusals = _read(asked)
    if found is not None and found.request:
        return redirect(f"{desk.root}requests/{found.request}/")
    form = MoneyForm(posted(request), accounts=desk.payable, initial=_amount(found))
    if found is not None and request.method == "POST" and form.is_valid():
        try:
            return redirect(_begin(request, desk, found, form))
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "scan.html", asked=asked, found=found, form=form, refusals=refusals)


def _read(form: CodeForm) -> tuple[Found | None, list[str]]:
    if not form.is_bound or not form.is_valid():
        return None, []
    try:
        return codes.read(form.cleaned_data["code"].replace("\r\n", "\n")), []
    except QrUnreadable as refusal:
        return None, [spoken(refusal)]


def _amount(found: Found | None) -> dict[str, str]:
    return {"amount": formats.amount(found.amount)} if found and found.amount else {}


def _begin(request: HttpRequest, desk: Desk, found: Found, form: MoneyForm) -> str:
    """What the code fixes stays fixed: payee, and the amount where it names one."""
    debtor = form.cleaned_data["account"].number
    money = [str(found.amount.amount), found.amount.currency] if found.amount else form.sum
    payee = {"name": found.name, "number": found.number, "agent": found.agent, "text": found.text}
    return confirming.begin(
        request, desk, PAY, request.get_full_path(), debtor=debtor, sum=money, payee=payee
    )


def _parties(answers: Answers) -> dict[str, Any]:
    payee = answers["payee"]
    return {
        "debtor_number": answers["debtor"],
        "creditor_number": payee["number"],
        "creditor_name": payee["name"],
        "amount": confirming.money_of(answers),
        "to": Elsewhere(agent=payee["agent"]) if payee["agent"] else None,
    }


def _ask(desk: Desk, answers: Answers) -> Asked:
    quoted = payments.quote(user=desk.user, **_parties(answers))
    rows = [
        (gettext("To"), quoted.creditor_name),
        (gettext("Account"), quoted.creditor_number),
        (gettext("From"), formats.account_number(quoted.debtor_number)),
        (gettext("Amount"), formats.money(quoted.amount)),
        (gettext("Fee"), pricing.fee(quoted)),
        (gettext("In total"), formats.money(quoted.total)),
    ]
    if answers["payee"]["text"]:
        rows.append((gettext("Message"), answers["payee"]["text"]))
    send = gettext("Send %(amount)s") % {"amount": formats.money(quoted.amount)}
    challenge = payments.start_payment(user=desk.user, **_parties(answers))
    return Asked(challenge, rows, send, naming.warnings(quoted.name_check, quoted.matched_name_hint))


def _do(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    paid = payments.pay(user=desk.user, remittance=answers["payee"]["text"], **_parties(answers), **proof)
    if desk.company is not None:
        return desk.root, gettext("The payment has the reference %(it)s.") % {"it": paid.reference}
    return f"{desk.root}payments/{paid.reference}/", ""


PAY = confirming.register(Kind("code", lambda: gettext("Check before you pay"), _ask, _do))
