"""The currencies of an account: what there is, and another one at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from bank.accounts import selectors, services
from bank.kernel.errors import BankError
from bank.web.views import holdings
from bank.web.views.pages import customer_page, posted, spoken, user_of
from portals.personal.forms.accounts import CurrencyForm
from portals.personal.nav import show
from portals.personal.views import together


@customer_page
@require_http_methods(["GET", "POST"])
def currencies(request: HttpRequest, number: str) -> HttpResponse:
    """The parts of the account, and the currencies it can still get."""
    held = holdings.own_one(user_of(request), number)
    parts = holdings.parts_of(held)
    taken = {held.currency, *(one.currency for one in parts)}
    left = [code for code in selectors.currencies_offered(held.account) if code not in taken]
    form = CurrencyForm(posted(request), currencies=left)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["currency"]
        try:
            made = services.open_currency(user=user_of(request), number=held.number, currency=wanted)
            if services.joint.waits(made):
                return together.waiting(request, made)
            messages.success(request, gettext("%s is open under this account.") % wanted)
            return redirect("personal:currencies", held.number)
        except BankError as error:
            refusals = [spoken(error)]
    return show(
        request, "currencies.html", account=held, parts=parts, left=left, form=form, refusals=refusals
    )
