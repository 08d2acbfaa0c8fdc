"""The desks of shared pages within the portal: statements, deposits, direct debits, apps and keys."""

from django.http import HttpRequest
from django.urls import reverse

from bank.web.developers.desk import Desk as DevelopersDesk
from bank.web.orders.desk import Desk as OrdersDesk
from bank.web.papers.desk import Desk as PapersDesk
from bank.web.views import holdings
from bank.web.views.pages import user_of
from portals.sme import company as companies_of_user
from portals.sme.nav import nav


def papers(request: HttpRequest, cif: str) -> PapersDesk:
    """The company's accounts; ``NotFound`` where the user may not act for it."""
    company = companies_of_user.named(request, cif)
    root = reverse("sme:statements", args=[cif])
    held = holdings.of_company(company)
    return PapersDesk(user_of(request), held, company, "sme/base.html", root, nav(request, cif))


def developers(request: HttpRequest, cif: str) -> DevelopersDesk:
    """The company's programs; ``NotFound`` where the user may not act for it."""
    company = companies_of_user.named(request, cif)
    root = reverse("sme:developers", args=[cif])
    return DevelopersDesk(user_of(request), company, "sme/base.html", root, nav(request, cif))


def orders(request: HttpRequest, cif: str) -> OrdersDesk:
    """The company's payments, payees, deposits and debits; ``NotFound`` where the user may not act for it."""
    company = companies_of_user.named(request, cif)
    root = reverse("sme:home", args=[cif])
    held = holdings.of_company(company)
    return OrdersDesk(user_of(request), held, company, "sme/base.html", root, nav(request, cif))
