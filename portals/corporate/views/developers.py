"""The developers' pages within the portal: apps and keys of the company."""

from django.http import HttpRequest
from django.urls import reverse

from bank.web.developers.desk import Desk
from bank.web.views.pages import user_of
from portals.corporate import company as companies_of_user
from portals.corporate.nav import nav


def company_desk(request: HttpRequest, cif: str) -> Desk:
    """The company's desk; ``NotFound`` where the user may not act for it."""
    company = companies_of_user.named(request, cif)
    root = reverse("corporate:developers", args=[cif])
    return Desk(user_of(request), company, "corporate/base.html", root, nav(request, cif))
