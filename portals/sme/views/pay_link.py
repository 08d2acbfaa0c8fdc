"""The page a pay link opens: the invoice, and how to pay it. Whoever has the link sees this one invoice."""

from functools import partial
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.identity.attempts import Scope
from bank.identity.selectors import is_fully_signed_in
from bank.invoicing import reserving, selectors
from bank.invoicing import services as invoicing
from bank.invoicing.rules import Kind, Shown, State
from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.payments import selectors as payments
from bank.payments import services
from bank.payments.rules import PaymentStatus
from bank.web.views import confirmation, drafts, holdings
from bank.web.views.drafts import Draft
from bank.web.views.pages import customer_page, paced, posted, spoken, user_of
from portals.sme import papers, wording
from portals.sme.forms.paying import FromAccountForm

JOURNEY = "pay-invoice"


@never_cache
@require_GET
def invoice(request: HttpRequest, token: str) -> HttpResponse:
    """What is owed to whom, the account and reference to pay to, a code to scan."""
    found = _of(token)
    context = {
        **_context(found),
        "code": _drawn(papers.pay_link(found)),
        "bic": settings.BANK_BIC,
        "signed_in": is_fully_signed_in(request),
    }
    response = render(request, "sme/pay.html", context)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _drawn(address: str) -> str:
    """The code on white with its quiet zone, whatever the theme: a telephone reads no black on black."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4, light="white")


@never_cache
@require_GET
def pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The document itself."""
    return papers.invoice_pdf(_of(token))


@never_cache
@customer_page
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, token: str) -> HttpResponse:
    """From which account of the reader's, and how much; nothing is paid yet."""
    found = _payable(token)
    accounts = [
        one
        for one in holdings.visible(user_of(request))
        if one.may_send and one.currency == found.currency and one.number != found.account_number
    ]
    initial = {"amount": str(found.open_money.amount)}
    form = FromAccountForm(posted(request), accounts=accounts, initial=initial)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        asked = {"token": token, "debtor": given["account"].number, "amount": str(given["money"].amount)}
        draft = drafts.begin(request, JOURNEY, **asked)
        try:
            _ask_code(request, found, draft)
            return redirect("sme:pay-confirm", token, draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    context = {**_context(found), "form": form, "refusals": refusals, "accounts": accounts}
    return render(request, "sme/pay_from.html", context)


@never_cache
@customer_page
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def confirm(request: HttpRequest, token: str, draft_id: str) -> HttpResponse:
    """Everything once more, and the code that pays. A second press shows the same result."""
    found = _of(token)
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or draft.answers["token"] != token or "challenge" not in draft.answers:
        return redirect("sme:pay-from", token)
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid() and _pay(request, found, draft, form, refusals):
        return redirect("sme:pay", token)
    quoted = services.quote(**_asked(request, found, draft))
    money = _amount(found, draft)
    context = {
        **_context(found),
        "form": form,
        "refusals": refusals,
        "draft": draft,
        "challenge": draft.answers["challenge"],
        "money": money,
        "extra": quoted.fee + quoted.excise,
        "debtor": holdings.any_one(user_of(request), draft.answers["debtor"]),
    }
    return render(request, "sme/pay_confirm.html", context)


@customer_page
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, token: str, draft_id: str) -> HttpResponse:
    """Another code for the same; the one before it is void."""
    found = _payable(token)
    draft = drafts.find(request, JOURNEY, draft_id)
    if draft is None or draft.answers["token"] != token:
        return redirect("sme:pay-from", token)
    confirmation.ask_again(request, lambda: _ask_code(request, found, draft))
    return redirect("sme:pay-confirm", token, draft.id)


def _of(token: str) -> Any:
    try:
        return selectors.by_token(token)
    except NotFound as error:
        raise Http404(error.message) from error


def _payable(token: str) -> Any:
    found = _of(token)
    if found.kind != Kind.INVOICE or found.state != State.ISSUED:
        raise Http404
    return found


def _context(found: Any) -> dict[str, Any]:
    today = selectors.today()
    shown = found.shown_on(today)
    return {
        "invoice": found,
        "title": papers.title_of(found),
        "lines": list(found.lines.all()),
        "state": wording.state_of(found, today),
        "under_way": under_way if (under_way := reserving.under_way(found)).is_positive else None,
        "is_looked_at": any(one.is_looked_at for one in reserving.of(found) if one.is_kept),
        "is_open": found.kind == Kind.INVOICE and shown in (Shown.ISSUED, Shown.PARTLY_PAID, Shown.OVERDUE),
    }


def _amount(found: Any, draft: Draft) -> Money:
    return Money.of(draft.answers["amount"], found.currency)


def _asked(request: HttpRequest, found: Any, draft: Draft) -> dict[str, Any]:
    return {
        "user": user_of(request),
        "debtor_number": draft.answers["debtor"],
        "creditor_number": found.account_number,
        "creditor_name": found.seller_name,
        "amount": _amount(found, draft),
    }


def _ask_code(request: HttpRequest, found: Any, draft: Draft) -> None:
    asked = _paid_from(request, found, draft)
    confirmation.note(request, draft, invoicing.start_paying(**asked))


def _paid_from(request: HttpRequest, found: Any, draft: Draft) -> dict[str, Any]:
    return {
        "user": user_of(request),
        "invoice": found,
        "debtor_number": draft.answers["debtor"],
        "amount": _amount(found, draft),
    }


def _pay(
    request: HttpRequest, found: Any, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]
) -> bool:
    act = partial(invoicing.pay_invoice, **_paid_from(request, found, draft), key=draft.id)
    made = confirmation.confirmed(request, form, refusals, act)
    if made is None:
        return False
    words = gettext("Payment %(reference)s is made. %(seller)s sees it in a moment.")
    if made.status == PaymentStatus.AWAITING_APPROVAL:
        words = gettext("Payment %(reference)s waits for others to sign. Then %(seller)s is paid.")
        if payments.is_held(made):
            words = gettext("The bank looks at payment %(reference)s first. Let go, %(seller)s is paid.")
    messages.success(request, words % {"reference": made.reference, "seller": found.seller_name})
    return True
