"""Who may do what for the company: as a page, and as CSV for its auditors."""

import csv
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from bank.runtime import formats
from bank.signing import entitlements
from bank.statements.rules import spreadsheet_text
from bank.web.companies.desk import Desk, at_desk


@at_desk
@require_GET
def report(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = [_shown(one) for one in entitlements.of_company(desk.company)]
    return desk.show(request, "entitlements.html", rows=rows)


@at_desk
@require_GET
def export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The same as CSV; UTF-8 with a mark for spreadsheets, no cell a formula."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="entitlements-{desk.company.cif}.csv"'
    writer = csv.writer(answer)
    writer.writerow([
        gettext("Name"), gettext("E-mail address"), gettext("Role"), gettext("Signature class"),
        gettext("Limit"), gettext("Valid until"), gettext("Signs for"), gettext("Account"),
        gettext("Payments"), gettext("Currency"), gettext("Alone up to"), gettext("Above that"),
    ])  # fmt: skip
    for one in entitlements.of_company(desk.company):
        writer.writerow([spreadsheet_text(text) for text in _cells(one)])
    return answer


def _cells(one: entitlements.Entitlement) -> list[str]:
    until = one.valid_until.isoformat() if one.valid_until else ""
    limit = str(one.limit) if one.limit else ""
    alone = gettext("Any sum") if one.alone is None else f"{one.alone.amount:f}"
    who = [one.name, one.email, one.role, one.letter, limit, until, one.signs_for]
    return [*who, one.account, one.payment_type, one.currency, alone, one.together]


def _shown(one: entitlements.Entitlement) -> dict[str, Any]:
    words = [one.role]
    if one.letter:
        words.append(gettext("Class %(letter)s") % {"letter": one.letter})
    if one.limit:
        words.append(gettext("up to %(limit)s") % {"limit": formats.money(one.limit)})
    if one.signs_for:
        words.append(gettext("signs for %(who)s") % {"who": one.signs_for})
    return {"one": one, "words": " · ".join(words), "alone": _alone(one)}


def _alone(one: entitlements.Entitlement) -> str:
    if not one.can_pay:
        return gettext("Nothing")
    return gettext("Any sum") if one.alone is None else formats.money(one.alone)
