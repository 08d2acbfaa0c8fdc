"""Which company, and what it has."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from bank.cif import selectors as mandates
from bank.payments import selectors as payments
from bank.web.companies.wording import file_task
from bank.web.views import holdings
from bank.web.views.pages import customer_page, user_of
from portals.corporate import company as companies_of_user
from portals.corporate.nav import others, show, top_nav

_LATEST_FILES = 5


@customer_page
@require_GET
def companies(request: HttpRequest) -> HttpResponse:
    """The switcher; who acts for one company only goes straight to it unless they ask for the list."""
    mine = companies_of_user.mine(request)
    if len(mine) == 1 and "all" not in request.GET:
        return redirect("corporate:home", mine[0].cif)
    rows = [
        {
            "label": one.display_name,
            "note": f"CIF {one.cif}",
            "url": reverse("corporate:home", args=[one.cif]),
        }
        for one in mine
    ]
    return render(request, "corporate/companies.html", {"nav": top_nav(request), "companies": rows})


@customer_page
@require_GET
def company(request: HttpRequest, cif: str) -> HttpResponse:
    """The cash position by currency, the accounts and the latest payment files."""
    user = user_of(request)
    known = companies_of_user.named(request, cif)
    held = holdings.of_company(known)
    files = payments.files_for(user).filter(customer=known)[:_LATEST_FILES]
    context: dict[str, Any] = {
        "kicker": gettext("CIF %(cif)s") % {"cif": known.cif},
        "accounts": held,
        "totals": [_tile(sum_) for sum_ in holdings.totals(held)],
        "may_pay": mandates.may_pay(user, known),
        "many": len(companies_of_user.mine(request)) > 1,
        "latest": [file_task(one, companies_of_user.open_desk(request, cif)) for one in files],
    }
    return show(request, "home.html", known, **context)


@customer_page
@require_GET
def more(request: HttpRequest, cif: str) -> HttpResponse:
    """On a phone, the places its bar has no room for."""
    known = companies_of_user.named(request, cif)
    return show(request, "more.html", known, places=others(request, cif))


def _tile(sum_: Any) -> dict[str, Any]:
    return {"label": gettext("Available in %(currency)s") % {"currency": sum_.currency}, "money": sum_}
