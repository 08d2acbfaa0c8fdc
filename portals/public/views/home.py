"""The front page: what the bank is, what it offers and what that costs."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from bank import ledger
from bank.products import selectors as products
from portals.public import catalogue, offers
from portals.public.pages import public_page, show

#: The rates the front page leads with.
LEADING = ("FIXED", "SAVINGS", "PERSONAL_LOAN")


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Products by what they are for, the rates people come for, the prices most of them ask for."""
    day = ledger.business_date()
    cards = [offers.card(one) for one in products.offered(day)]
    prices = catalogue.everyday(catalogue.prices(products.fee_schedule(day)))
    context: dict[str, Any] = {
        "families": offers.families(cards),
        "leading": [card for code in LEADING for card in cards if card.code == code],
        "prices": prices,
        "day": day,
        "example": catalogue.example_statement(day),
    }
    return show(request, "home.html", **context)
