"""An account of the company: the same page, sums and file as everywhere."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from bank.web import throttles
from bank.web.companies.desk import Desk, OpenDesk, at_desk
from bank.web.views import activity, holdings
from bank.web.views.pages import counted, customer_page, user_of


@at_desk
@require_GET
def account(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Balances, holds and lines by day, each with the balance after it."""
    held = holdings.one_of_company(user_of(request), desk.company, number)
    address = desk.at("account-export", held.number)
    found = activity.read(request, held, export=address, detail=f"{desk.door}:line")
    balances = holdings.balances(held)
    return desk.show(request, "account.html", account=held, activity=found, balances=balances)


@at_desk
@require_GET
@counted(throttles.Documents)
def export(request: HttpRequest, desk: Desk, number: str) -> HttpResponseBase:
    """The lines the page's filters select, as CSV."""
    return activity.export(request, holdings.one_of_company(user_of(request), desk.company, number))


@customer_page
@require_GET
def line(request: HttpRequest, place: str, open_desk: OpenDesk) -> HttpResponse:
    """One line in full, as the book has it."""
    held, found = activity.line_of(user_of(request), place)
    desk = open_desk(request, held.account.customer.cif)
    return desk.show(request, "line.html", account=held, line=found)
