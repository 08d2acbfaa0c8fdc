"""Which apps reach the company's accounts, by whose word."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from bank.access import selectors, services
from bank.web.oauth import wording
from bank.web.views.pages import customer_page, user_of
from portals.corporate import company as companies_of_user
from portals.corporate.nav import show


@customer_page
@require_GET
def consents(request: HttpRequest, cif: str) -> HttpResponse:
    """Every consent that names an account of the company; of others' consents the company's part alone."""
    company = companies_of_user.named(request, cif)
    found = selectors.consents_on(company)
    shown = [wording.consent(one, of_customer=company.pk) for one in found]
    return show(request, "consents.html", company, consents=shown)


@customer_page
@require_POST
def end(request: HttpRequest, cif: str, consent_id: UUID) -> HttpResponse:
    """Ends an app's access to the company's accounts."""
    company = companies_of_user.named(request, cif)
    ended = services.revoke_company_consent(user=user_of(request), customer=company, consent_id=consent_id)
    messages.info(request, gettext("%(app)s has no access any more.") % {"app": ended.app.name})
    return redirect("corporate:consents", cif)
