"""Products of the catalogue: all of them, one, several side by side, and the prices of any day."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy

from bank import ledger
from bank.kernel.errors import NotFound
from bank.products import selectors as products
from bank.products.rules import TaxKind
from bank.web.views.fields import DayField
from portals.public import calculators, catalogue, costs, offers
from portals.public.pages import public_page, show

SIDE_BY_SIDE = 4
NOTHING = Decimal(0)


class DayForm(forms.Form):
    on = DayField(label=gettext_lazy("Prices on"), required=False)


@public_page
def listing(request: HttpRequest) -> HttpResponse:
    """Everything on sale today, by what it is for."""
    cards = [offers.card(one) for one in products.offered(ledger.business_date())]
    return show(request, "products.html", families=offers.families(cards))


@public_page
def product(request: HttpRequest, code: str) -> HttpResponse:
    """One product: its rates, who may have it, what it costs, and what held before."""
    day = ledger.business_date()
    history = products.history(code.upper())
    known = next((one for one in history if _in_force(one, day)), None)
    if known is None:
        raise NotFound(what="product")
    taxes = products.tax_rates_pct(day)
    context: dict[str, Any] = {
        "known": known,
        "card": offers.card(known),
        "versions": offers.versions(history, day),
        "day": day,
        "withholding": taxes.get(TaxKind.WITHHOLDING, NOTHING) / 100,
        "calculator": calculators.page_for(known),
    }
    if offers.own_terms(known):
        context["terms"] = catalogue.terms(offers.own_terms(known)[0])
        context["year"] = costs.year_of_use(products.fee_schedule(day), taxes.get(TaxKind.EXCISE, NOTHING))
    if known.rates:
        tax_pct = taxes.get(TaxKind.WITHHOLDING, NOTHING)
        context["growth"] = calculators.example_deposit(known, day, tax_pct)
    if known.prices:
        context["plan"] = calculators.example_loan(known.prices[0], day)
    return show(request, "product.html", **context)


@public_page
def compare(request: HttpRequest) -> HttpResponse:
    """Up to four products side by side; which ones is in the address."""
    cards = [offers.card(one) for one in products.offered(ledger.business_date())]
    asked = [code.upper() for code in request.GET.getlist("product")]
    chosen = [card for card in cards if card.code in asked][:SIDE_BY_SIDE]
    labels = list(dict.fromkeys(label for card in chosen for label in card.facts))
    context: dict[str, Any] = {
        "families": offers.families(cards),
        "chosen": chosen,
        "codes": {card.code for card in chosen},
        "rows": [(label, [card.facts.get(label, "–") for card in chosen]) for label in labels],
        "too_many": len({card.code for card in cards} & set(asked)) > SIDE_BY_SIDE,
        "most": SIDE_BY_SIDE,
    }
    return show(request, "compare.html", **context)


@public_page
def fees(request: HttpRequest) -> HttpResponse:
    """Every rate and every fee in force on a day, in every currency; today unless another is asked for."""
    today = ledger.business_date()
    form = DayForm(request.GET if "on" in request.GET else None, initial={"on": today})
    asked = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    day = asked or today
    taxes = products.tax_rates_pct(day)
    known = products.offered(day)
    context: dict[str, Any] = {
        "form": form,
        "day": day,
        "today": today,
        "accounts": catalogue.offers(one for one in known if one.terms),
        "deposits": [one for one in known if one.rates],
        "loans": [(offers.card(one), one.prices[0]) for one in known if one.prices],
        "prices": catalogue.prices(products.fee_schedule(day)),
        "changes": [_change(one, today) for one in products.change_dates()],
        "excise": taxes.get(TaxKind.EXCISE, NOTHING) / 100,
        "withholding": taxes.get(TaxKind.WITHHOLDING, NOTHING) / 100,
    }
    return show(request, "fees.html", **context)


def _in_force(known: products.Offer, day: date) -> bool:
    version = known.version
    ended = version.effective_until is not None and version.effective_until < day
    return version.effective_from <= day and not ended


def _change(day: date, today: date) -> dict[str, object]:
    return {"day": day, "note": gettext("announced") if day > today else ""}
