"""Adding money to an account from M-Pesa: which phone, how much, and how far it is."""

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from bank.kernel.errors import BankError, NotFound
from bank.kernel.money import Money
from bank.payments.services import top_ups
from bank.payments.services.top_ups import State, TopUp
from bank.web.views import holdings
from bank.web.views.pages import customer_page, posted, spoken, user_of
from portals.personal.forms.top_ups import TopUpForm
from portals.personal.nav import show

_KEPT: Final = 5
_SESSION: Final = "top_ups"


@customer_page
@require_http_methods(["GET", "POST"])
def top_up(request: HttpRequest, number: str) -> HttpResponse:
    """The form; posting it makes the phone ring."""
    held = holdings.own_one(user_of(request), number)
    if not top_ups.is_offered(held.currency):
        raise NotFound(what="account that M-Pesa can fill")
    form = TopUpForm(posted(request) if request.method == "POST" else None, account=held)
    refusals: list[str] = []
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            asked = top_ups.ask_phone(
                user=user_of(request), number=held.number, phone=given["phone"], amount=given["money"]
            )
        except BankError as error:
            refusals = [spoken(error)]
        else:
            _keep(request, asked)
            return redirect("personal:top-up-progress", held.number, asked.reference)
    return show(request, "top_up.html", account=held, form=form, refusals=refusals)


@customer_page
@require_GET
def progress(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """How far it is. Opening it again asks again; only the browser that asked sees it."""
    held = holdings.own_one(user_of(request), number)
    asked = _kept(request, held.number, reference)
    found = top_ups.progress(user=user_of(request), top_up=asked)
    return show(
        request,
        "top_up_progress.html",
        account=held,
        top_up=asked,
        progress=found,
        is_open=found.state in {State.WAITING, State.PAID},
        why=_why(found.reason),
    )


def _why(reason: str) -> str:
    told = {
        "1": gettext("There is not enough money on the phone."),
        "1032": gettext("It was cancelled on the phone."),
        "1037": gettext("The phone could not be reached, or nobody answered in time."),
        "2001": gettext("The PIN was wrong."),
    }
    return told.get(reason, gettext("M-Pesa did not carry it out."))


def _keep(request: HttpRequest, asked: TopUp) -> None:
    kept: dict[str, Any] = request.session.get(_SESSION, {})
    kept[asked.reference] = {
        "number": asked.number,
        "amount": str(asked.amount.amount),
        "ending": asked.ending,
        "checkout": asked.checkout,
        "asked_at": asked.asked_at.isoformat(),
    }
    request.session[_SESSION] = dict(list(kept.items())[-_KEPT:])


def _kept(request: HttpRequest, number: str, reference: str) -> TopUp:
    found = request.session.get(_SESSION, {}).get(reference)
    if found is None or found["number"] != number:
        raise NotFound(what="request to a phone")
    return TopUp(
        reference=reference,
        number=number,
        amount=Money.of(found["amount"], top_ups.CURRENCY),
        ending=found["ending"],
        checkout=found["checkout"],
        asked_at=datetime.fromisoformat(found["asked_at"]),
    )
