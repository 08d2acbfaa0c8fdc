"""Which company; what it has, what moved this month, what is due, what waits."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from bank.cif import selectors as mandates
from bank.invoicing import selectors as invoicing
from bank.invoicing.rules import BillState
from bank.kernel.money import Money
from bank.ledger import movements
from bank.runtime import formats
from bank.signing import selectors as signing
from bank.web import svg
from bank.web.companies.desk import Desk, at_desk
from bank.web.companies.wording import approval_task
from bank.web.views import holdings
from bank.web.views.holdings import Holding
from bank.web.views.pages import customer_page
from portals.sme import company as companies_of_user
from portals.sme.nav import others, top_nav
from portals.sme.wording import bill_task, invoice_task

_MONTHS = 6
_FEW = 5


@customer_page
@require_GET
def companies(request: HttpRequest) -> HttpResponse:
    """The switcher; who acts for one company only goes straight to it unless they ask for the list."""
    mine = companies_of_user.mine(request)
    if len(mine) == 1 and "all" not in request.GET:
        return redirect("sme:home", mine[0].cif)
    rows = [
        {"label": one.display_name, "note": f"CIF {one.cif}", "url": reverse("sme:home", args=[one.cif])}
        for one in mine
    ]
    return render(request, "sme/companies.html", {"nav": top_nav(request), "companies": rows})


@at_desk
@require_GET
def home(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The money there is, this month's in and out, invoices and bills due, approvals that wait."""
    today, held = invoicing.today(), holdings.of_company(desk.company)
    owed = invoicing.open_invoices(desk.company)
    bills = invoicing.bills_of(desk.company).filter(state=BillState.OPEN.value)
    context: dict[str, Any] = {
        "kicker": gettext("CIF %(cif)s") % {"cif": desk.company.cif},
        "accounts": held,
        "tiles": [*_tiles(held, today), *_due_tiles(owed)],
        "flow": _flow(held[0], today) if held else None,
        "invoices": [invoice_task(one, desk, today) for one in owed[:_FEW]],
        "bills": [bill_task(one, desk, today) for one in bills[:_FEW]],
        "waiting": [approval_task(one, desk) for one in signing.waiting_for(desk.user, desk.company)[:_FEW]],
        "unmatched": invoicing.unmatched(desk.company).count(),
        "may_pay": mandates.may_pay(desk.user, desk.company),
        "may_write": invoicing.may_write(desk.user, desk.company),
        "many": len(companies_of_user.mine(request)) > 1,
    }
    return desk.show(request, "sme/home.html", **context)


@at_desk
@require_GET
def more(request: HttpRequest, desk: Desk) -> HttpResponse:
    """On a phone, the places its bar has no room for."""
    return desk.show(request, "sme/more.html", places=others(request, desk.company.cif))


def months_back(day: date, count: int) -> list[date]:
    """The first days of the last months, oldest first."""
    last = day.year * 12 + day.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - count + 1, last + 1)]


def flow_of(held: Holding, months: list[date]) -> list[movements.Turnover]:
    """What came in and went out in each month. One query."""
    moved = movements.monthly_turnover(held.number, held.currency, from_date=months[0])
    nothing = movements.Turnover(Money.zero(held.currency), Money.zero(held.currency), 0)
    return [moved.get(month, nothing) for month in months]


def flow_plot(held: Holding, months: list[date], moved: list[movements.Turnover]) -> svg.Plot:
    return svg.Plot(
        title=gettext("In and out"),
        labels=[formats.short_month(month) for month in months],
        series=[
            svg.Series(gettext("In"), [one.credits.amount for one in moved]),
            svg.Series(gettext("Out"), [one.debits.amount for one in moved]),
        ],
        currency=held.currency,
        note=held.label,
    )


def _flow(held: Holding, today: date) -> svg.Plot:
    months = months_back(today, _MONTHS)
    return flow_plot(held, months, flow_of(held, months))


def _tiles(held: list[Holding], today: date) -> list[dict[str, Any]]:
    """What is available, and this month's in and out of the first account."""
    shown = [
        {"label": gettext("Available in %(currency)s") % {"currency": sum_.currency}, "money": sum_}
        for sum_ in holdings.totals(held)
    ]
    if held:
        (month,) = flow_of(held[0], months_back(today, 1))
        shown += [
            {"label": gettext("Money in this month"), "money": month.credits},
            {"label": gettext("Money out this month"), "money": month.debits},
        ]
    return shown


def _due_tiles(owed: Any) -> list[dict[str, Any]]:
    return [{"label": gettext("Customers owe you"), "money": sum_} for sum_ in invoicing.totals_of(owed)]
