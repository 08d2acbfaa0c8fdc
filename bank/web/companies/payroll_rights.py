"""Who of the company sees its payroll: its owners always, and whom they let look."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from bank.cif.rules import MandateRole
from bank.identity.views import freshly_confirmed
from bank.kernel.errors import NotFound
from bank.onboarding import selectors
from bank.onboarding.services import invitations
from bank.payments import selectors as payments
from bank.payments import services
from bank.web.companies.desk import Desk, at_desk


@at_desk
@freshly_confirmed
@require_http_methods(["GET", "POST"])
def rights(request: HttpRequest, desk: Desk) -> HttpResponse:
    """For owners, after a fresh second factor: wages are given away here."""
    invitations.require_administrator(desk.user, desk.company)
    people = selectors.mandates_of(desk.company)
    if request.method == "POST":
        return _change(request, desk, people)
    let = payments.payroll_readers(desk.company)
    rows = [
        {
            "id": one.user_id,
            "name": one.user.full_name,
            "email": one.user.email,
            "is_owner": one.role == MandateRole.OWNER,
            "sees": one.user_id in let,
        }
        for one in people
    ]
    return desk.show(request, "payroll_rights.html", rows=rows)


def _change(request: HttpRequest, desk: Desk, people: list[Any]) -> HttpResponse:
    chosen = next((one for one in people if str(one.user_id) == request.POST.get("user")), None)
    if chosen is None:
        raise NotFound(what="person")
    asked: dict[str, Any] = {"user": desk.user, "customer": desk.company, "to": chosen.user}
    if request.POST.get("act") == "let":
        services.grant_payroll(**asked)
        words = gettext("%(name)s sees the payroll from now on.")
    else:
        services.revoke_payroll(**asked)
        words = gettext("%(name)s sees the payroll no longer.")
    messages.success(request, words % {"name": chosen.user.full_name})
    return desk.go("payroll-rights")
