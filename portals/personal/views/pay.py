"""Pay someone: payee, amount, check and code, receipt. Each step is a page, the answers a draft."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from bank.identity.attempts import Scope
from bank.kernel.errors import BankError, NotFound
from bank.payments import directory
from bank.payments import selectors as payments
from bank.runtime import formats
from bank.web.orders.desk import own_person, person_known
from bank.web.orders.ways import ways
from bank.web.views import confirmation, drafts, holdings
from bank.web.views.drafts import Draft
from bank.web.views.pages import customer_page, paced, posted, spoken, user_of
from portals.personal import paying
from portals.personal.forms.pay import (
    AmountForm,
    BankPayeeForm,
    OutsideAmountForm,
    PayeeForm,
    PhonePayeeForm,
    SearchForm,
)
from portals.personal.nav import show

_MANY = 8
_FORMS: dict[str, type[PayeeForm] | type[BankPayeeForm] | type[PhonePayeeForm]] = {
    "here": PayeeForm,
    "bank": BankPayeeForm,
    "phone": PhonePayeeForm,
}


@customer_page
@require_http_methods(["GET", "POST"])
def payee(request: HttpRequest) -> HttpResponse:
    """Step one: a saved payee, a template, or someone new. Begins a draft, so every journey has its own
    address."""
    if request.method == "POST" and request.POST.get("template"):
        return redirect("personal:pay-amount", _again(request).id)
    is_new = request.method == "POST" and request.POST.get("payee") == "new"
    form = _FORMS[_at(request)](request.POST if is_new else None)
    if request.method == "POST":
        chosen = _new_payee(form) if is_new else _saved_payee(request)
        if chosen is not None:
            draft = drafts.begin(request, paying.JOURNEY, payee=chosen, debtor=request.GET.get("from", ""))
            return redirect("personal:pay-amount", draft.id)
    return _show_payees(request, form)


@customer_page
@require_http_methods(["GET", "POST"])
def amount(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Step two: how much and from where. The answer is quoted, and a code for exactly that is sent."""
    draft = drafts.find(request, paying.JOURNEY, draft_id)
    if draft is None:
        return _start_again(request)
    if paying.sent(draft):
        return redirect("personal:payment", paying.sent(draft))
    kind = OutsideAmountForm if draft.answers["payee"].get("agent") else AmountForm
    form = kind(posted(request), accounts=paying.payable(request), initial=_given(draft))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            draft.answers |= form.answers()
            paying.ask_code(request, draft)
            return redirect("personal:pay-check", draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    context = {
        "form": form,
        "refusals": refusals,
        "payee": draft.answers["payee"],
        "currency": form.currency,
        "steps": _steps(),
    }
    return show(request, "pay_amount.html", **context)


@customer_page
@require_http_methods(["GET", "POST"])
@paced(Scope.WRONG_CODE, only_failures=True)
def check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Step three: everything once more, and the code that sends it. A second press gets the same receipt."""
    draft = drafts.find(request, paying.JOURNEY, draft_id)
    if draft is None:
        return _start_again(request)
    if paying.sent(draft):
        return redirect("personal:payment", paying.sent(draft))
    if "challenge" not in draft.answers:
        return redirect("personal:pay-amount", draft.id)
    form = confirmation.ConfirmForm(posted(request), draft=draft)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        reference = paying.send(request, draft, form, refusals)
        if reference:
            return redirect("personal:payment", reference)
    return _show_check(request, draft, form, refusals)


@customer_page
@require_POST
@paced(Scope.NEW_CODE)
def new_code(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Another code for the same payment; the one before it is void."""
    draft = drafts.find(request, paying.JOURNEY, draft_id)
    if draft is None:
        return _start_again(request)
    if "challenge" not in draft.answers:
        return redirect("personal:pay-amount", draft.id)
    confirmation.ask_again(request, lambda: paying.ask_code(request, draft))
    return redirect("personal:pay-check", draft.id)


def _at(request: HttpRequest) -> str:
    """Where the payee is: here, at another bank, or on a phone."""
    at = request.GET.get("at", "")
    return at if at in _FORMS else "here"


def _places(request: HttpRequest) -> list[dict[str, Any]]:
    labels = {"here": settings.BANK_NAME, "bank": gettext("Another bank"), "phone": gettext("Mobile money")}
    debtor = request.GET.get("from", "")
    return [
        {
            "label": label,
            "url": f"?{urlencode({'at': at, 'from': debtor} if debtor else {'at': at})}",
            "current": at == _at(request),
        }
        for at, label in labels.items()
    ]


def _new_payee(form: PayeeForm | BankPayeeForm | PhonePayeeForm) -> dict[str, Any] | None:
    return form.payee() if form.is_valid() else None


def _saved_payee(request: HttpRequest) -> dict[str, Any]:
    wanted = request.POST.get("payee", "")
    for saved in payments.beneficiaries(user_of(request)):
        if str(saved.pk) == wanted:
            return _kept(saved)
    raise NotFound(what="payee")


def _again(request: HttpRequest) -> drafts.Draft:
    """A draft of what a template keeps; its amount and all else can be changed. Raises ``NotFound``."""
    user = user_of(request)
    for kept in payments.templates_of(user, own_person(user)):
        if str(kept.pk) == request.POST["template"]:
            payee = {"name": kept.creditor_name, "number": kept.creditor_number}
            if kept.creditor_agent and not payments.is_own_agent(kept.creditor_agent):
                bank = directory.institution(kept.creditor_agent, kept.creditor_country).name
                payee |= {"agent": kept.creditor_agent, "country": kept.creditor_country, "bank": bank}
            return drafts.begin(
                request, paying.JOURNEY, payee=payee, debtor=kept.debtor_account.number,
                amount=formats.amount(kept.money), message=kept.remittance,
            )  # fmt: skip
    raise NotFound(what="template")


def _kept(saved: Any) -> dict[str, Any]:
    """A saved payee as a draft keeps one."""
    payee = {"name": saved.name, "number": saved.number}
    if payments.is_own_agent(saved.agent):
        return payee
    bank = directory.institution(saved.agent, saved.country).name
    return payee | {"agent": saved.agent, "country": saved.country, "bank": bank}


def _show_payees(request: HttpRequest, form: PayeeForm | BankPayeeForm | PhonePayeeForm) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:80]
    user = user_of(request)
    saved, person = payments.beneficiaries(user), person_known(user)
    templates = payments.templates_of(user, person) if person else []
    context = {
        "form": form,
        "payees": paying.matching(saved, query),
        "has_payees": bool(saved or templates),
        "has_saved": bool(saved),
        "templates": templates,
        "many": len(saved) >= _MANY,
        "search": SearchForm(request.GET or None),
        "here": request.path,
        "reset": request.path if query else "",
        "steps": _steps(),
        "places": _places(request),
        "banks": directory.names() if _at(request) == "bank" else [],
    }
    return show(request, "pay_payee.html", **context)


def _show_check(
    request: HttpRequest, draft: Draft, form: confirmation.ConfirmForm, refusals: list[str]
) -> HttpResponse:
    sum_ = paying.money(draft)
    context = {
        "form": form,
        "refusals": refusals,
        "draft": draft,
        "answers": draft.answers,
        "debtor": holdings.own_one(user_of(request), draft.answers["debtor"]),
        "warnings": paying.warnings(draft),
        "today": payments.today(),
        "send": gettext("Send %(amount)s") % {"amount": formats.money(sum_)},
        "steps": _steps(),
        "way": paying.way(draft),
        "ways": ways(draft.answers["quote"].get("ways", [])),
        **paying.priced(draft),
    }
    return show(request, "pay_check.html", **context)


def _start_again(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request, gettext("That payment was not finished here and is no longer kept. Start again.")
    )
    return redirect("personal:pay")


def _given(draft: Draft) -> dict[str, Any]:
    names = ("debtor", "amount", "message", "speed")
    return {name: draft.answers[name] for name in names if draft.answers.get(name)}


def _steps() -> list[str]:
    return [gettext("Payee"), gettext("Amount"), gettext("Check and send")]
