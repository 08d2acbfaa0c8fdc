"""After signing in: everyone to their own door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bank.cif import selectors as cif
from bank.cif.rules import door_of
from bank.notifications import selectors as notices
from bank.onboarding import selectors as onboarding
from bank.web.views.pages import customer_page, user_of

STAFF, PERSONAL, COMPANIES = "/admin/", "/personal/", "/corporate/"


@customer_page
def own_door(request: HttpRequest) -> HttpResponse:
    """Staff to the back office, applicants to what they began, companies and persons to their portals.

    The bell's count is made on the way, so that the first page has it ready.
    """
    user = user_of(request)
    if user.is_staff:
        return redirect(STAFF)
    notices.unread_count(user)
    doors = {door_of(customer.kind, customer.segment) for customer in cif.customers_for(user)}
    if not doors and onboarding.applications_of(user).exists():
        return redirect("public:join")
    if len(doors) == 1:
        return redirect(doors.pop())
    return redirect(COMPANIES if doors and PERSONAL not in doors else PERSONAL)
