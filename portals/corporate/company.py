"""The companies a user may act for at this portal: all but the small ones, which have their own."""

from typing import Any

from django.http import HttpRequest

from bank.web.companies import desk
from bank.web.companies.desk import Desk
from bank.web.views.pages import user_of
from portals.corporate.nav import nav


def mine(request: HttpRequest) -> list[Any]:
    """The companies the user may act for, by name. One query."""
    return desk.mine(request, small=False)


def named(request: HttpRequest, cif: str) -> Any:
    """The company with that number; ``NotFound`` where the user may not act for it."""
    return desk.named(request, cif, small=False)


def open_desk(request: HttpRequest, cif: str) -> Desk:
    """The company's desk in this portal; ``NotFound`` where the user may not act for it."""
    company = named(request, cif)
    return Desk(user_of(request), company, "corporate", nav(request, company.cif))
