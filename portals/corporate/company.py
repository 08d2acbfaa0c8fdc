"""The companies a user may act for, as the portal's pages need them."""

from typing import Any

from django.http import HttpRequest

from bank.cif import selectors
from bank.cif.rules import CustomerKind
from bank.kernel.errors import NotFound
from bank.web.views.pages import user_of


def mine(request: HttpRequest) -> list[Any]:
    """The companies the user may act for, by name. One query."""
    found = selectors.customers_for(user_of(request))
    return [one for one in found if one.kind == CustomerKind.ORGANISATION]


def named(request: HttpRequest, cif: str) -> Any:
    """The company with that number; ``NotFound`` where the user may not act for it."""
    company = selectors.customer_for(user_of(request), cif)
    if company.kind != CustomerKind.ORGANISATION:
        raise NotFound(what="company")
    return company


def same(known: Any, other: Any) -> None:
    """Raises ``NotFound`` where something of another company is asked for under this one's address."""
    if known.pk != other.pk:
        raise NotFound(what="approval")
