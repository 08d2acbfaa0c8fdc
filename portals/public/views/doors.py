"""After signing in: everyone to their own door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bank.cif import selectors as cif
from bank.cif.rules import CustomerKind
from bank.onboarding import selectors as onboarding
from bank.web.views.pages import customer_page, user_of

STAFF, PERSONAL, CORPORATE = "/admin/", "/personal/", "/corporate/"


@customer_page
def own_door(request: HttpRequest) -> HttpResponse:
    """Staff to the back office, applicants to what they began, companies and persons to their portals."""
    user = user_of(request)
    if user.is_staff:
        return redirect(STAFF)
    kinds = {customer.kind for customer in cif.customers_for(user)}
    if not kinds and onboarding.applications_of(user).exists():
        return redirect("public:join")
    return redirect(CORPORATE if kinds == {CustomerKind.ORGANISATION} else PERSONAL)
