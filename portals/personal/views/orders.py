"""Standing orders, requests, bills and mandates within the portal: those of the user's own accounts."""

from django.http import HttpRequest
from django.urls import reverse

from bank.web.orders.desk import Desk
from bank.web.views import holdings
from bank.web.views.pages import user_of
from portals.personal.nav import nav


def own_desk(request: HttpRequest, cif: str) -> Desk:
    """The accounts the user has as a person, or for another person."""
    user, root = user_of(request), reverse("personal:home")
    return Desk(user, holdings.own(user), None, "personal/base.html", root, nav(request))
