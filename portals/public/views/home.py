"""What the bank is, what it offers and what that costs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bank import ledger
from bank.products import selectors as products
from portals.public import catalogue
from portals.public.nav import nav


def home(request: HttpRequest) -> HttpResponse:
    """The front page: accounts with their rates, the prices most people ask for, the doors."""
    day = ledger.business_date()
    offers = catalogue.offers(products.catalogue(day))
    prices = catalogue.everyday(catalogue.prices(products.fee_schedule(day)))
    return render(
        request, "public/home.html", {"nav": nav(request), "offers": offers, "prices": prices, "day": day}
    )


def fees(request: HttpRequest) -> HttpResponse:
    """Every rate and every fee in force today, in every currency."""
    day = ledger.business_date()
    context = {
        "nav": nav(request),
        "offers": catalogue.offers(products.catalogue(day)),
        "prices": catalogue.prices(products.fee_schedule(day)),
        "day": day,
    }
    return render(request, "public/fees.html", context)
