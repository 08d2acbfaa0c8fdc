"""An account: what happened on it, what one line means, what to give to someone who wants to pay."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from bank.accounts import selectors as accounts
from bank.interest import selectors as interest
from bank.kernel.errors import NotFound
from bank.payments import selectors as payments
from bank.payments.services import top_ups
from bank.web import throttles
from bank.web.views import activity, holdings
from bank.web.views.pages import counted, customer_page, user_of
from portals.personal.nav import show


@customer_page
@require_GET
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Balances, holds and lines by day, each with the balance after it."""
    held = holdings.own_one(user_of(request), number, noted=True)
    if held.number != number:
        return redirect("personal:account", held.number)
    export_address = reverse("personal:account-export", args=[held.number])
    context = {
        "account": held,
        "activity": activity.read(request, held, export=export_address, detail="personal:line"),
        "balances": holdings.balances(held),
        "interest": None if request.GET else _interest(request, held),
        "notes": accounts.notes_of(held.account),
        "is_filled_by_phone": top_ups.is_offered(held.currency),
    }
    return show(request, "account.html", **context)


def _interest(request: HttpRequest, held: holdings.Holding) -> Any:
    """What has accrued; said with the account as a whole, not with older or filtered lines."""
    return interest.standing_for(user_of(request), held.number, held.booked)


@customer_page
@require_GET
@counted(throttles.Documents)
def export(request: HttpRequest, number: str) -> HttpResponseBase:
    """The lines the page's filters select, as CSV."""
    return activity.export(request, holdings.own_one(user_of(request), number))


@customer_page
@require_GET
def line(request: HttpRequest, place: str) -> HttpResponse:
    """One line in full, as the book has it."""
    held, found = activity.line_of(user_of(request), place)
    return show(request, "line.html", account=held, line=found, payment=_payment_behind(request, found))


@customer_page
@require_GET
def details(request: HttpRequest, number: str) -> HttpResponse:
    """Number, holder and bank, to copy and pass on; and the balances as figures."""
    held = holdings.own_one(user_of(request), number)
    figures = [
        {"label": gettext("Booked"), "money": held.booked},
        {"label": gettext("On hold"), "money": -held.held},
        {"label": gettext("Available"), "money": held.available, "total": True},
    ]
    context = {"figures": figures, "holders": accounts.joint_holders(held.account), "bic": settings.BANK_BIC}
    return show(request, "account_details.html", account=held, **context)


def _payment_behind(request: HttpRequest, found: Any) -> Any:
    """The payment the line belongs to, where it is one the reader sent."""
    try:
        return payments.payment_for(user_of(request), found.reference)
    except NotFound:
        return None
