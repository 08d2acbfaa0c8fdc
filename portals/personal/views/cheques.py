"""Cheques of an account: books, stops, and others' cheques on their way in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from bank.accounts import selectors, services
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.products.rules import FeeEvent
from bank.web.views import holdings
from bank.web.views.holdings import Holding
from bank.web.views.pages import customer_page, posted, spoken, user_of
from portals.personal.forms.accounts import BookForm, StopForm
from portals.personal.nav import show
from portals.personal.views import together


@customer_page
@require_GET
def cheques(request: HttpRequest, number: str) -> HttpResponse:
    """Books and stops, what is being cleared, and the forms for another book and another stop."""
    return _page(request, holdings.own_one(user_of(request), number))


@customer_page
@require_POST
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Orders a book."""
    held = holdings.own_one(user_of(request), number)
    form = BookForm(posted(request))
    if not form.is_valid():
        return _page(request, held, book_form=form)
    try:
        made = services.order_book(
            user=user_of(request), number=held.number, leaves=form.cleaned_data["leaves"]
        )
    except BankError as error:
        return _page(request, held, book_form=form, refusals=[spoken(error)])
    if services.joint.waits(made):
        return together.waiting(request, made)
    messages.success(request, gettext("Your cheque book is ordered. Fetch it at your branch."))
    return redirect("personal:cheques", held.number)


@customer_page
@require_POST
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """Stops a cheque, or a run of them, at once."""
    held = holdings.own_one(user_of(request), number)
    form = StopForm(posted(request))
    if not form.is_valid():
        return _page(request, held, stop_form=form)
    try:
        services.stop_cheques(user=user_of(request), number=held.number, **form.cleaned_data)
    except BankError as error:
        return _page(request, held, stop_form=form, refusals=[spoken(error)])
    messages.success(request, gettext("Stopped. Whoever presents it is not paid."))
    return redirect("personal:cheques", held.number)


def _page(request: HttpRequest, held: Holding, **shown: Any) -> HttpResponse:
    forms: dict[str, Any] = {"book_form": BookForm(initial={"leaves": "25"}), "stop_form": StopForm()}
    forms |= {"refusals": [], **shown}
    wrong = next((one for one in (forms["book_form"], forms["stop_form"]) if one.is_bound), None)
    return show(
        request,
        "cheques.html",
        account=held,
        books=selectors.cheque_books(held.account),
        stops=selectors.cheque_stops(held.account),
        uncleared=selectors.uncleared(held.account),
        book_price=_price(held, FeeEvent.CHEQUE_BOOK),
        stop_price=_price(held, FeeEvent.CHEQUE_STOP),
        form=wrong,
        **forms,
    )


def _price(held: Holding, event: FeeEvent) -> Money:
    """With the duty on it."""
    price = selectors.price(
        held.account, event=event, amount=Money.of(1, held.currency), on=selectors.today()
    )
    return price.total
