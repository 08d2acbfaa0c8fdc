"""The trial balance at the end of a day: every line of the chart, debits equal to credits per currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from bank import ledger
from bank.kernel import currencies
from bank.kernel.money import Money
from bank.web import cells


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines in one currency and their sums."""

    currency: str
    name: str
    lines: Sequence[ledger.TrialLine]
    debits: Money
    credits: Money

    @property
    def is_balanced(self) -> bool:
        return self.debits == self.credits


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The trial balance of ``?date=`` by ``?by=`` booking or value date; without a date, all there is."""
    if not cells.may_look(request, "ledger_account"):
        raise PermissionDenied
    asked, by = request.GET.get("date", "").strip(), _axis(request.GET.get("by", ""))
    on = _day(asked)
    shown = {
        "title": _("Trial balance"),
        "on": on,
        "by": by,
        "is_unreadable": bool(asked) and on is None,
        "business_date": ledger.business_date(),
        "sheets": sheets(on, by),
    }
    return TemplateResponse(request, "backoffice/trial_balance.html", context | shown)


def sheets(on: date | None = None, by: Literal["BOOKING", "VALUE"] = "BOOKING") -> list[Sheet]:
    """One sheet for each currency in which anything was ever booked."""
    lines = ledger.trial_balance(on=on, by=by)
    return [_sheet(currency, list(group)) for currency, group in groupby(lines, key=lambda one: one.currency)]


def _sheet(currency: str, lines: list[ledger.TrialLine]) -> Sheet:
    nothing = Money.zero(currency)
    return Sheet(
        currency=currency,
        name=currencies.name(currency),
        lines=lines,
        debits=sum((line.debit for line in lines), nothing),
        credits=sum((line.credit for line in lines), nothing),
    )


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _axis(text: str) -> Literal["BOOKING", "VALUE"]:
    return "VALUE" if text == "VALUE" else "BOOKING"
