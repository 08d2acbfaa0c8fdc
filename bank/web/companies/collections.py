"""Collection numbers: those there are, a new one, what came in to each, and giving one up."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.accounts import selectors, services
from bank.accounts.models import CollectionNumber
from bank.cif import selectors as mandates
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.payments.collected import Collected, collected
from bank.runtime import formats
from bank.statements.rules import spreadsheet_text
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.collections import CollectionForm
from bank.web.views import holdings
from bank.web.views.pages import posted, spoken


@at_desk
@require_http_methods(["GET", "POST"])
def collections(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The open numbers with what came in to each, and a form for another."""
    held = [one for one in holdings.of_company(desk.company) if not one.is_pot]
    form = CollectionForm(posted(request), accounts=held)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.open_collection_number(
                user=desk.user, number=given["account"].number, reference=given["reference"]
            )
            messages.success(request, gettext("The number is %(it)s.") % {"it": _spaced(made)})
            return desk.go("collection", made.number)
        except BankError as error:
            refusals = [spoken(error)]
    rows = [_row(desk, one) for account in held for one in selectors.collection_numbers(account.account)]
    may_pay = mandates.may_pay(desk.user, desk.company)
    return desk.show(request, "collections.html", rows=rows, form=form, refusals=refusals, may_pay=may_pay)


@at_desk
@require_GET
def collection(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """What came in to one number, newest first; each line leads to the account's lines beside it."""
    known = _of(desk, number)
    found = collected(known)
    context = {
        "known": known,
        "found": found,
        "total": _total(known, found),
        "lines_url": f"{desk.at('account', known.account.number)}?q={known.reference}",
        "may_pay": mandates.may_pay(desk.user, desk.company),
    }
    return desk.show(request, "collection.html", **context)


@at_desk
@require_GET
def export(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The same as CSV, for a program that matches it."""
    known = _of(desk, number)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="collection-{known.number}.csv"'
    rows = csv.writer(answer)
    rows.writerow(["at", "number", "stands_for", "payer", "amount", "currency", "message", "payment"])
    for one in collected(known):
        cells = [one.at.isoformat(timespec="seconds"), known.number, known.reference, one.payer]
        cells += [str(one.amount.amount), one.amount.currency, one.message, one.reference]
        rows.writerow([spreadsheet_text(cell) for cell in cells])
    return answer


@at_desk
@require_POST
def close(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Gives a number up: what is paid to it from now on is refused."""
    known = _of(desk, number)
    try:
        services.close_collection_number(user=desk.user, number=known.number)
        messages.success(request, gettext("The number takes nothing any more."))
    except BankError as error:
        messages.error(request, spoken(error))
    return desk.go("collections")


def _of(desk: Desk, number: str) -> CollectionNumber:
    known = selectors.collection_number_for(desk.user, number)
    desk.same(known.account.customer)
    return known


def _row(desk: Desk, one: CollectionNumber) -> dict[str, Any]:
    found = collected(one)
    return {
        "number": one.number,
        "reference": one.reference,
        "account": one.account,
        "opened": one.opened_date,
        "count": len(found),
        "total": _total(one, found),
        "url": desk.at("collection", one.number),
    }


def _total(one: CollectionNumber, found: list[Collected]) -> Any:
    return sum((each.amount for each in found), Money.zero(one.account.currency))


def _spaced(one: CollectionNumber) -> str:
    return formats.account_number(one.number)
