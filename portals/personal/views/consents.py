"""Which apps the customer let in, and ending that."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from bank.access import selectors, services
from bank.web.oauth import wording
from bank.web.views.pages import customer_page, user_of
from portals.personal.nav import show


@customer_page
@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    """Every consent in force: which app, which accounts, what it may, until when."""
    found = selectors.consents_of(user_of(request))
    return show(request, "consents.html", consents=[wording.consent(one) for one in found])


@customer_page
@require_POST
def end(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """Ends a consent at once; no code is asked for."""
    ended = services.revoke_consent(user=user_of(request), consent_id=consent_id)
    messages.info(request, gettext("%(app)s has no access any more.") % {"app": ended.app.name})
    return redirect("personal:consents")
