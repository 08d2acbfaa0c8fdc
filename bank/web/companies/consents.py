"""Which apps reach the company's accounts, by whose word."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from bank.access import selectors, services
from bank.web.companies.desk import Desk, at_desk
from bank.web.oauth import wording
from bank.web.views.pages import user_of


@at_desk
@require_GET
def consents(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every consent that names an account of the company; of others' consents the company's part alone."""
    found = selectors.consents_on(desk.company)
    shown = [wording.consent(one, of_customer=desk.company.pk) for one in found]
    return desk.show(request, "consents.html", consents=shown)


@at_desk
@require_POST
def end(request: HttpRequest, desk: Desk, consent_id: UUID) -> HttpResponse:
    """Ends an app's access to the company's accounts."""
    ended = services.revoke_company_consent(
        user=user_of(request), customer=desk.company, consent_id=consent_id
    )
    messages.info(request, gettext("%(app)s has no access any more.") % {"app": ended.app.name})
    return desk.go("consents")
