"""Money that came in: what it was for, what it may be for, and who owes since when."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from bank.invoicing import selectors, services
from bank.invoicing.rules import BUCKETS
from bank.kernel.errors import BankError, NotFound
from bank.web.companies.desk import Desk, at_desk
from bank.web.views import paging
from bank.web.views.pages import spoken
from portals.sme import sheets, wording

_PAGE = 20
_GUESSES = 4


@at_desk
@require_GET
def money_in(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is for no invoice yet, with suggestions and why; below it what was matched."""
    owed = list(selectors.open_invoices(desk.company))
    page = paging.by_id(request, selectors.receipts_of(desk.company).filter(matched__gt=0), size=_PAGE)
    context = {
        "waiting": [_waiting(one, owed) for one in selectors.unmatched(desk.company)[:_PAGE]],
        "matched": [{"receipt": one, "parts": _parts(one)} for one in page.rows],
        "owed": owed,
        "newer": page.newer,
        "older": page.older,
        "may_write": selectors.may_write(desk.user, desk.company),
    }
    return desk.show(request, "sme/money_in.html", **context)


@at_desk
@require_POST
def match(request: HttpRequest, desk: Desk, receipt_id: int) -> HttpResponse:
    """Says which invoice it was for, or that it was for none."""
    receipt = selectors.receipt_for(desk.company, receipt_id)
    try:
        if "aside" in request.POST:
            services.set_aside(user=desk.user, receipt=receipt)
            messages.info(request, gettext("It is set aside: it is for no invoice."))
        else:
            invoice = selectors.invoice_for(desk.company, request.POST.get("invoice", ""))
            services.match(user=desk.user, receipt=receipt, invoice=invoice)
            words = gettext("The payment is matched to %(number)s.") % {"number": invoice.number}
            messages.success(request, words)
    except NotFound:
        messages.error(request, gettext("Choose the invoice the payment is for."))
    except BankError as error:
        messages.error(request, spoken(error))
    return desk.go("money-in")


@at_desk
@require_POST
def undo(request: HttpRequest, desk: Desk, receipt_id: int, allocation_id: int) -> HttpResponse:
    """Takes a match back."""
    receipt = selectors.receipt_for(desk.company, receipt_id)
    allocation = receipt.allocations.filter(pk=allocation_id).first()
    if allocation is None:
        raise Http404
    services.undo(user=desk.user, allocation=allocation)
    messages.info(request, gettext("The match is taken back; the invoice is open again."))
    return desk.go("money-in")


@at_desk
@require_GET
def ages(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who owes since when, and whom the company owes, as tables or as CSV."""
    today = selectors.today()
    columns = age_columns()
    owed = selectors.aged_receivables(desk.company, today)
    owing = selectors.aged_payables(desk.company, today)
    if request.GET.get("format") == "csv":
        return sheets.aged(owing if request.GET.get("of") == "bills" else owed, columns)
    return desk.show(request, "sme/ages.html", columns=columns, owed=owed, owing=owing, day=today)


def age_columns() -> list[str]:
    """The heads of the table of ages."""
    edges = [0, *BUCKETS]
    between = [
        gettext("%(first)d to %(last)d days") % {"first": low + 1, "last": high}
        for low, high in zip(edges, BUCKETS, strict=False)
    ]
    return [gettext("Not due"), *between, gettext("Over %(last)d days") % {"last": BUCKETS[-1]}]


def _waiting(receipt: Any, owed: list[Any]) -> dict[str, Any]:
    guesses = selectors.guesses(receipt, owed)[:_GUESSES]
    return {
        "receipt": receipt,
        "guesses": [{"invoice": one, "why": wording.reasons(guess.reasons)} for one, guess in guesses],
    }


def _parts(receipt: Any) -> list[dict[str, Any]]:
    live = [one for one in receipt.allocations.all() if one.undone_at is None]
    return [
        {"of": one, "why": wording.reasons(one.reasons), "by_bank": one.made_by_id is None} for one in live
    ]
