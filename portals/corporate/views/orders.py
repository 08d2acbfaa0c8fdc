"""Standing orders, requests, bills and mandates within the portal: those of the company's accounts."""

from django.http import HttpRequest
from django.urls import reverse

from bank.web.orders.desk import Desk
from bank.web.views import holdings
from bank.web.views.pages import user_of
from portals.corporate import company as companies_of_user
from portals.corporate.nav import nav


def company_desk(request: HttpRequest, cif: str) -> Desk:
    """The company's accounts; ``NotFound`` where the user may not act for it."""
    company = companies_of_user.named(request, cif)
    root = reverse("corporate:home", args=[cif])
    held = holdings.of_company(company)
    return Desk(user_of(request), held, company, "corporate/base.html", root, nav(request, cif))
