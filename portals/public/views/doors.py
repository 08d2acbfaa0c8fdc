"""After signing in: everyone to their own door."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bank.cif import selectors as cif
from bank.cif.rules import CustomerKind
from bank.web.views.pages import user_of

STAFF, PERSONAL, CORPORATE = "/admin/", "/personal/", "/corporate/"


@login_required
def own_door(request: HttpRequest) -> HttpResponse:
    """Staff to the back office; who acts for companies alone to theirs; everyone else to the personal portal."""
    user = user_of(request)
    if user.is_staff:
        return redirect(STAFF)
    kinds = {customer.kind for customer in cif.customers_for(user)}
    return redirect(CORPORATE if kinds == {CustomerKind.ORGANISATION} else PERSONAL)
