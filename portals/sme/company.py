"""The small companies a user may act for, and their desk in this portal."""

from typing import Any

from django.http import HttpRequest

from bank.web.companies import desk
from bank.web.companies.desk import Desk
from bank.web.views.pages import user_of
from portals.sme.nav import nav


def mine(request: HttpRequest) -> list[Any]:
    """The companies the user may act for, by name. One query."""
    return desk.mine(request, small=True)


def named(request: HttpRequest, cif: str) -> Any:
    """The company with that number; ``NotFound`` where the user may not act for it."""
    return desk.named(request, cif, small=True)


def open_desk(request: HttpRequest, cif: str) -> Desk:
    """The company's desk in this portal; ``NotFound`` where the user may not act for it."""
    company = named(request, cif)
    return Desk(user_of(request), company, "sme", nav(request, company.cif))
