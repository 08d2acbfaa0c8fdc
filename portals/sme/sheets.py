"""Invoices and ages as CSV."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext

from bank.web.views.sheets import sheet
from portals.sme.wording import SHOWN


def invoices(found: Iterable[Any], today: date) -> HttpResponse:
    """Invoices and credit notes: amounts with a point and without a sign between thousands."""
    heads = [
        gettext("Number"), gettext("Customer"), gettext("Issued"), gettext("Due"), gettext("Currency"),
        gettext("Net"), gettext("Value added tax"), gettext("Total"), gettext("Paid"), gettext("Credited"),
        gettext("Open"), gettext("Status"), gettext("Reference"),
    ]  # fmt: skip
    return sheet("invoices.csv", heads, (_invoice(one, today) for one in found))


def aged(rows: Iterable[dict[str, Any]], columns: Sequence[str]) -> HttpResponse:
    """The table of ages."""
    heads = [gettext("Name"), gettext("Currency"), *columns, gettext("Total")]
    lines = (
        [row["name"], row["total"].currency, *(one.amount for one in row["sums"]), row["total"].amount]
        for row in rows
    )
    return sheet("ages.csv", heads, lines)


def _invoice(one: Any, today: date) -> list[Any]:
    _code, label = SHOWN[one.shown_on(today)]
    sums = [one.money(name).amount for name in ("net", "vat", "gross", "paid", "credited")]
    name = one.debtor_name or one.debtor.name
    days = [one.issue_date or "", one.due_date or ""]
    return [one.number, name, *days, one.currency, *sums, one.open_money.amount, label, one.reference]
