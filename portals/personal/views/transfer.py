"""Between own accounts: one form, then the same check and code as for every payment."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bank.kernel.errors import BankError
from bank.web.views import drafts
from bank.web.views.pages import customer_page, posted, spoken
from portals.personal import paying
from portals.personal.forms.pay import TransferForm
from portals.personal.nav import show


@customer_page
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest) -> HttpResponse:
    """From one own account to another. Free; the books and the code are those of any payment."""
    mine = paying.payable(request)
    if len(mine) < 2:
        return show(request, "transfer.html")
    form = TransferForm(posted(request), accounts=mine, initial={"debtor": request.GET.get("from", "")})
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            draft = drafts.begin(request, paying.JOURNEY, payee=form.payee(), **form.answers())
            paying.ask_code(request, draft)
            return redirect("personal:pay-check", draft.id)
        except BankError as error:
            refusals = [spoken(error)]
    return show(request, "transfer.html", form=form, refusals=refusals)
