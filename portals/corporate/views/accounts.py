"""An account of the company: the same page, sums and file as everywhere."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from bank.web.views import activity, holdings
from bank.web.views.pages import customer_page, user_of
from portals.corporate import company
from portals.corporate.nav import show


@customer_page
@require_GET
def account(request: HttpRequest, cif: str, number: str) -> HttpResponse:
    """Balances, holds and lines by day, each with the balance after it."""
    known = company.named(request, cif)
    held = holdings.one_of_company(user_of(request), known, number)
    address = reverse("corporate:account-export", args=[known.cif, held.number])
    found = activity.read(request, held, export=address, detail="corporate:line")
    return show(
        request, "account.html", known, account=held, activity=found, balances=holdings.balances(held)
    )


@customer_page
@require_GET
def export(request: HttpRequest, cif: str, number: str) -> HttpResponseBase:
    """The lines the page's filters select, as CSV."""
    known = company.named(request, cif)
    return activity.export(request, holdings.one_of_company(user_of(request), known, number))


@customer_page
@require_GET
def line(request: HttpRequest, place: str) -> HttpResponse:
    """One line in full, as the book has it."""
    held, found = activity.line_of(user_of(request), place)
    known = company.named(request, held.account.customer.cif)
    return show(request, "line.html", known, account=held, line=found)
