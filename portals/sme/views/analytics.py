"""How the company does: money in and out, what is invoiced and paid, who buys and sells most."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from bank.invoicing import selectors
from bank.runtime import formats
from bank.web import svg
from bank.web.companies.desk import Desk, at_desk
from bank.web.views import holdings
from portals.sme.views.home import flow_of, flow_plot, months_back

_MONTHS = 12


@at_desk
@require_GET
def analytics(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A year by months, each plot with its table."""
    today, held = selectors.today(), holdings.of_company(desk.company)
    months = months_back(today, _MONTHS)
    seller = selectors.seller_of(desk.company)
    currency = seller.account.currency if seller else (held[0].currency if held else "KES")
    context: dict[str, Any] = {
        "flow": flow_plot(held[0], months, flow_of(held[0], months)) if held else None,
        "invoiced": _invoiced(desk.company, months, currency),
        "buyers": selectors.top_debtors(desk.company, months[0], currency),
        "sellers": selectors.top_vendors(desk.company, months[0], currency),
        "tiles": _tiles(desk.company, today, currency),
    }
    return desk.show(request, "sme/analytics.html", **context)


def _invoiced(company: Any, months: list[date], currency: str) -> svg.Plot | None:
    found = {m: (g, p) for m, g, p in selectors.invoiced_by_month(company, months[0], currency)}
    if not found:
        return None
    zero = Decimal(0)
    rows = [found.get(month, (zero, zero)) for month in months]
    return svg.Plot(
        title=gettext("Invoiced and paid"),
        labels=[formats.short_month(month) for month in months],
        series=[
            svg.Series(gettext("Paid"), [paid for _gross, paid in rows]),
            svg.Series(gettext("Still to pay"), [gross - paid for gross, paid in rows]),
        ],
        currency=currency,
        note=gettext("By the month an invoice was issued, less what was credited."),
    )


def _tiles(company: Any, today: date, currency: str) -> list[dict[str, Any]]:
    days = selectors.days_sales_outstanding(company, today, currency)
    shown: list[dict[str, Any]] = [
        {"label": gettext("Customers owe you"), "money": one}
        for one in selectors.totals_of(selectors.open_invoices(company))
    ]
    if days is not None:
        value = gettext("%(n)s days") % {"n": formats.number(days)}
        note = gettext("What is owed, over what was invoiced in 90 days.")
        shown.append({"label": gettext("Days sales outstanding"), "value": value, "note": note})
    return shown
