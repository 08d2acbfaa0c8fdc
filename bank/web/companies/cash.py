"""The company's cash: what there is, what is known to come and go, and what may be expected of 13 weeks."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from bank.bookkeeping.selectors import rates
from bank.kernel.money import Money
from bank.liquidity import selectors
from bank.liquidity.rules import By, Commitment, Foreseen, Rung, Source
from bank.liquidity.selectors import Forecast, Position
from bank.runtime import formats
from bank.web import svg
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.forms.cash import CashFilter
from bank.web.views import holdings
from bank.web.views.sheets import sheet

SOURCES = {
    Source.INVOICE: _("Invoice"),
    Source.BILL: _("Bill"),
    Source.EXPENSE: _("Expenses"),
    Source.PAYROLL: _("Wages"),
    Source.PAYROLL_TAX: _("Taxes and contributions on wages"),
    Source.STANDING: _("Standing order"),
    Source.PAYMENT: _("Payment waiting for signatures"),
    Source.FILE: _("Payment file waiting for signatures"),
    Source.DEPOSIT: _("Deposit"),
}
_FEW_REASONS = 3


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page's filters select."""

    form: CashFilter
    now: Position
    companies: list[Any]
    currency: str
    by: By
    today: date


@at_desk
@require_GET
def cash(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Balances, the ladder and every commitment behind it."""
    asked = _asked(request, desk)
    rungs, known = selectors.ladder(asked.companies, asked.now, asked.today, asked.by)
    several = len(asked.companies) > 1
    context: dict[str, Any] = {
        "search": asked.form,
        "here": request.path,
        "reset": request.path if request.GET else "",
        "tiles": _tiles(asked.now, known),
        "rates_day": asked.now.rates.day,
        "left_out": ", ".join(asked.now.left_out),
        "held": [_held(desk, one, several) for one in asked.now.held],
        "plot": _ladder_plot(asked, rungs) if asked.now.held else None,
        "rungs": [_rung(one, asked.currency) for one in rungs],
        "known": [_known(one) for one in known],
        "export": f"{desk.at('cash-csv')}?{request.GET.urlencode()}",
    }
    return desk.show(request, "cash.html", **context)


@at_desk
@require_GET
def export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The commitments behind the ladder, as CSV."""
    asked = _asked(request, desk)
    _rungs, known = selectors.ladder(asked.companies, asked.now, asked.today, asked.by)
    heads = [gettext("Day"), gettext("What"), gettext("From or to"), gettext("Currency"), gettext("Amount"),
             gettext("Late")]  # fmt: skip
    rows = (
        [one.day, SOURCES[one.source], one.title, one.money.currency, one.money.amount,
         gettext("yes") if one.is_late else ""]
        for one in known
    )  # fmt: skip
    return sheet("cash.csv", heads, rows)


@at_desk
@require_GET
def forecast(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Thirteen weeks with their range, and the reasons for each week."""
    asked = _asked(request, desk)
    found = selectors.forecast(asked.companies, asked.now, asked.currency, asked.today)
    context: dict[str, Any] = {
        "search": asked.form,
        "here": request.path,
        "reset": request.path if request.GET else "",
        "found": found,
        "plot": _forecast_plot(found),
        "weeks": [_foreseen(found, one) for one in found.weeks],
        "export": f"{desk.at('forecast-csv')}?{request.GET.urlencode()}",
    }
    return desk.show(request, "forecast.html", **context)


@at_desk
@require_GET
def forecast_export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The weeks as CSV."""
    asked = _asked(request, desk)
    found = selectors.forecast(asked.companies, asked.now, asked.currency, asked.today)
    heads = [
        gettext("From"), gettext("To"), gettext("Currency"), gettext("Known in"), gettext("Usual in"),
        gettext("Known out"), gettext("Usual out"), gettext("Balance"), gettext("Low"), gettext("High"),
    ]  # fmt: skip
    return sheet("forecast.csv", heads, (_sheet_row(one, found.currency) for one in found.weeks))


def _asked(request: HttpRequest, desk: Desk) -> _Asked:
    held = holdings.of_company(desk.company)
    currencies = sorted({one.currency for one in held} or {rates.base_currency()})
    base = rates.base_currency()
    form = CashFilter(
        request.GET or None, currencies=sorted({*currencies, base}, key=lambda one: one != base)
    )
    currency, by, all_of_them = form.chosen
    today = selectors.today()
    companies = selectors.companies_of(desk.user, desk.company, all_of_them=all_of_them)
    return _Asked(form, selectors.position(companies, currency, today), companies, currency, by, today)


def _tiles(now: Position, known: list[Commitment]) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = [{"label": gettext("Free in all accounts"), "money": now.total}]
    if len(now.by_currency) > 1:
        shown += [
            {"label": gettext("Of which in %(currency)s") % {"currency": one.currency}, "money": one}
            for one in now.by_currency
        ]
    late = [one.money for one in known if one.is_late and one.money.is_positive]
    sums: dict[str, Money] = {}
    for one in late:
        sums[one.currency] = sums.get(one.currency, Money.zero(one.currency)) + one
    note = gettext("Counted as if it came today.")
    return [
        *shown,
        *({"label": gettext("Owed to you and late"), "money": s, "note": note} for s in sums.values()),
    ]


def _held(desk: Desk, one: Any, several: bool) -> dict[str, Any]:
    account = one.account
    is_own = account.customer_id == desk.company.pk
    label = account.label
    return {
        "label": f"{account.customer.display_name} · {label}" if several else label,
        "number": account.number,
        "url": desk.at("account", account.number) if is_own else "",
        "booked": one.booked,
        "free": one.free,
    }


def _ladder_plot(asked: _Asked, rungs: list[Rung]) -> svg.Plot:
    return svg.Plot(
        title=gettext("What is known to come and go"),
        labels=[_span(one.first, one.last) for one in rungs],
        series=[
            svg.Series(gettext("In"), [one.money_in for one in rungs]),
            svg.Series(gettext("Out"), [one.money_out for one in rungs]),
        ],
        currency=asked.currency,
        note=gettext("What is late stands at the beginning."),
    )


def _rung(one: Rung, currency: str) -> dict[str, Any]:
    return {
        "when": _span(one.first, one.last),
        "in": Money(one.money_in, currency),
        "out": Money(one.money_out, currency),
        "balance": Money(one.balance, currency),
    }


def _known(one: Commitment) -> dict[str, Any]:
    return {"day": one.day, "what": SOURCES[one.source], "title": one.title, "money": one.money,
            "is_late": one.is_late}  # fmt: skip


def _span(first: date, last: date) -> str:
    return (
        formats.short_day(first)
        if first == last
        else f"{formats.short_day(first)} – {formats.short_day(last)}"
    )


def _forecast_plot(found: Forecast) -> svg.Plot:
    edges = [(one.low, one.high) for one in found.weeks if one.low is not None and one.high is not None]
    band = svg.Band(gettext("Low"), gettext("High"), edges) if edges else None
    return svg.Plot(
        title=gettext("Balance at the end of each week"),
        labels=[formats.short_day(one.last) for one in found.weeks],
        series=[svg.Series(gettext("Expected"), [one.balance for one in found.weeks])],
        kind=svg.Kind.LINE,
        currency=found.currency,
        band=band,
        label_heading=gettext("Week to"),
    )


def _foreseen(found: Forecast, one: Foreseen) -> dict[str, Any]:
    currency = found.currency
    return {
        "when": _span(one.first, one.last),
        "in": Money(one.money_in, currency),
        "out": Money(one.money_out, currency),
        "balance": Money(one.balance, currency),
        "low": None if one.low is None else Money(one.low, currency),
        "high": None if one.high is None else Money(one.high, currency),
        "reasons": _reasons(found, one),
    }


def _reasons(found: Forecast, one: Foreseen) -> list[str]:
    """The largest commitments of the week, and what is usual where that counts more."""
    known = found.known_in(one)
    said = [
        f"{SOURCES[c.source]} {c.title}: {formats.money(c.money, signed=True)}" for c in known[:_FEW_REASONS]
    ]
    if len(known) > _FEW_REASONS:
        said.append(
            gettext("And %(n)s more that are known") % {"n": formats.number(len(known) - _FEW_REASONS)}
        )
    if one.usual_in > one.known_in:
        more = formats.money(Money(one.usual_in - one.known_in, found.currency), signed=True)
        said.append(
            gettext("Filled up to what usually comes in this week of the month: %(sum)s") % {"sum": more}
        )
    if one.usual_out < one.known_out:
        more = formats.money(Money(one.usual_out - one.known_out, found.currency), signed=True)
        said.append(
            gettext("Filled up to what usually goes out in this week of the month: %(sum)s") % {"sum": more}
        )
    return said or [gettext("Nothing is known.")]


def _sheet_row(one: Foreseen, currency: str) -> list[Any]:
    sums = (one.known_in, one.usual_in, one.known_out, one.usual_out, one.balance, one.low, one.high)
    shown = ["" if amount is None else amount for amount in sums]
    return [one.first, one.last, currency, *shown]
