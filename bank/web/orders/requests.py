"""Requests to pay: asked, received, answered; the link and the code anybody can pay by."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.kernel import ids
from bank.kernel.errors import BankError
from bank.requests import codes, selectors, services
from bank.requests.models import PaymentRequest
from bank.requests.selectors import Standing
from bank.runtime import formats
from bank.web.orders import confirming, drawing
from bank.web.orders.confirming import Answers, Asked, Kind
from bank.web.orders.desk import Desk, at_desk
from bank.web.orders.request_forms import AskForm, DeclineForm, MoneyForm
from bank.web.views.pages import posted, spoken

_get_or_post = require_http_methods(["GET", "POST"])
_MANY: Final = 50
_TONES: Final = {
    "PENDING": "PENDING",
    "PARTLY_PAID": "PENDING",
    "PAID": "PAID",
    "DECLINED": "REJECTED",
    "CANCELLED": "CANCELLED",
    "EXPIRED": "EXPIRED",
}


@require_GET
@at_desk
def requests(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """What is asked of the reader, then what the reader asked for."""
    received = [one for one in selectors.requests_received(desk.user)[:_MANY] if _asked_here(desk, one)]
    made = [one for one in selectors.requests_made(desk.user)[:_MANY] if desk.holds(one.creditor_account)]
    context = {
        "received": [_row(one) for one in received],
        "made": [_row(one) for one in made],
        "blocked": selectors.blocked_by(desk.user),
    }
    return desk.show(request, "requests.html", **context)


@_get_or_post
@at_desk
def ask(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """The form for a request; asking needs no code."""
    form = AskForm(posted(request), accounts=desk.payable, initial={"key": ids.uuid7().hex})
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = _make(desk, form, request.POST.get("key", ""))
            return redirect(f"{desk.root}requests/{made.reference}/")
        except BankError as error:
            refusals = [spoken(error)]
    key = request.POST.get("key") or ids.uuid7().hex
    return desk.show(request, "request_new.html", form=form, refusals=refusals, key=key)


@_get_or_post
@at_desk
def one_request(request: HttpRequest, desk: Desk, reference: str) -> HttpResponseBase:
    """A request: for who asked the link and the code, for who pays the form that goes on to the check."""
    asked = selectors.request_for(desk.user, reference)
    form = _PayForm(posted(request), accounts=_fitting(desk, asked), initial=_left(asked))
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            back = f"{desk.root}requests/{asked.reference}/"
            answers = {"of": asked.reference, "debtor": form.cleaned_data["account"].number, "sum": form.sum}
            return redirect(confirming.begin(request, desk, PAY, back, **answers))
        except BankError as error:
            refusals = [spoken(error)]
    return desk.show(request, "request.html", form=form, refusals=refusals, **_shown(request, desk, asked))


@require_POST
@at_desk
def act(request: HttpRequest, desk: Desk, reference: str, act: str) -> HttpResponseBase:
    """Declines, blocks, reminds or takes back."""
    known = selectors.request_for(desk.user, reference)
    doing = {"user": desk.user, "reference": known.reference}
    try:
        messages.success(request, _act(request, act, doing))
    except BankError as error:
        messages.error(request, spoken(error))
    return redirect(f"{desk.root}requests/{known.reference}/")


@require_POST
@at_desk
def unblock(request: HttpRequest, desk: Desk, blocked_id: int) -> HttpResponseBase:
    """Takes requests from them again."""
    services.unblock(user=desk.user, blocked_id=blocked_id)
    return redirect(f"{desk.root}requests/")


class _PayForm(MoneyForm):
    """From where and how much a request is paid."""


def _act(request: HttpRequest, act: str, doing: dict[str, Any]) -> str:
    if act == "decline":
        form = DeclineForm(request.POST)
        reason = form["reason"].value() or ""
        services.decline(**doing, reason=reason, words=(form["words"].value() or "")[:140])
        return gettext("You declined it. They see your reason.")
    if act == "block":
        services.block(**doing)
        return gettext("They can send you no more requests.")
    if act == "remind":
        services.remind(**doing)
        return gettext("We reminded them.")
    if act == "cancel":
        services.cancel(**doing)
        return gettext("The request is taken back.")
    raise Http404


def _make(desk: Desk, form: AskForm, key: str) -> PaymentRequest:
    given = form.cleaned_data
    return services.make_request(
        user=desk.user,
        creditor_number=given["account"].number,
        amount=given["money"],
        remittance=given["remittance"],
        key=key[:64] or ids.uuid7().hex,
        debtor_number=given["number"],
        debtor_name=given["name"],
        expires_at=form.expires_at(),
        allows_partial=given["partial"],
    )


def _asked_here(desk: Desk, one: PaymentRequest) -> bool:
    return one.debtor_account is not None and desk.holds(one.debtor_account)


def _row(one: PaymentRequest) -> dict[str, Any]:
    standing = selectors.standing(one)
    return {
        "asked": one,
        "standing": standing,
        "tone": _TONES[standing.status],
        "label": _label(one, standing),
        "sum": formats.money(one.money) if one.money else gettext("As you like"),
    }


def _label(one: PaymentRequest, standing: Standing) -> str:
    shown = PaymentRequest(decided=standing.status)
    return str(shown.get_decided_display())


def _fitting(desk: Desk, asked: PaymentRequest) -> list[Any]:
    return [one for one in desk.payable if one.currency == asked.currency]


def _left(asked: PaymentRequest) -> dict[str, str]:
    left = selectors.standing(asked).left
    return {"amount": formats.amount(left)} if left is not None else {}


def _shown(request: HttpRequest, desk: Desk, asked: PaymentRequest) -> dict[str, Any]:
    made_here = desk.holds(asked.creditor_account) and selectors.is_made_by(desk.user, asked)
    row = _row(asked)
    link = request.build_absolute_uri(f"/personal/requests/{asked.reference}/")
    code = codes.receive(asked.creditor_account, amount=asked.money, request=asked.reference)
    return {
        **row,
        "is_mine": made_here,
        "may_pay": row["standing"].is_open and not made_here,
        "may_decline": row["standing"].is_open and _asked_here(desk, asked) and not made_here,
        "decline": DeclineForm(),
        "link": link,
        "drawn": drawing.drawn(code) if made_here and row["standing"].is_open else "",
        "payments": asked.payments.select_related("payment") if made_here else [],
    }


def _ask_pay(desk: Desk, answers: Answers) -> Asked:
    asked = selectors.request_for(desk.user, answers["of"])
    money = confirming.money_of(answers)
    challenge = services.start_accepting(
        user=desk.user, reference=asked.reference, debtor_number=answers["debtor"], amount=money
    )
    rows = [
        (gettext("To"), asked.creditor_account.customer.display_name),
        (gettext("Account"), formats.account_number(asked.creditor_account.number)),
        (gettext("From"), formats.account_number(answers["debtor"])),
        (gettext("Amount"), formats.money(money)),
        *confirming.priced(
            desk, answers["debtor"], asked.creditor_account.number,
            asked.creditor_account.customer.display_name, money,
        ),
        (gettext("What for"), asked.remittance),
    ]  # fmt: skip
    return Asked(challenge, rows, gettext("Send %(amount)s") % {"amount": formats.money(money)})


def _do_pay(desk: Desk, answers: Answers, proof: dict[str, Any]) -> tuple[str, str]:
    paid = services.accept(
        user=desk.user,
        reference=answers["of"],
        debtor_number=answers["debtor"],
        amount=confirming.money_of(answers),
        **proof,
    )
    done = confirming.said(paid, gettext("The request is paid."))
    return f"{desk.root}requests/{answers['of']}/", done


PAY = confirming.register(Kind("request", lambda: gettext("Check before you pay"), _ask_pay, _do_pay))
