"""Which company a page is about, and in which portal it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind, Segment
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.web.views.pages import customer_page, user_of


@dataclass(frozen=True, slots=True)
class Desk:
    """``door`` is the portal's namespace, ``segment`` whose companies it serves."""

    user: User
    company: Customer
    door: str
    nav: list[dict[str, object]]

    def show(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page of the portal, with its places beside it."""
        known = {"desk": self, "nav": self.nav, "company": self.company}
        return render(request, template if "/" in template else f"companies/{template}", known | context)

    def at(self, name: str, *args: Any) -> str:
        """The address of a page of this company in this portal."""
        return reverse(f"{self.door}:{name}", args=[self.company.cif, *args])

    def go(self, name: str, *args: Any) -> HttpResponse:
        return redirect(self.at(name, *args))

    @property
    def base(self) -> str:
        return f"{self.door}/base.html"

    def same(self, other: Any) -> None:
        """Raises ``NotFound`` where something of another company is asked for under this one's address."""
        if self.company.pk != other.pk:
            raise NotFound(what="approval")


OpenDesk: TypeAlias = Callable[[HttpRequest, str], Desk]
View: TypeAlias = Callable[..., HttpResponseBase]


def at_desk(view: View) -> View:
    """Gives the view its desk; the portal that mounts the page says how one is opened there."""

    @wraps(view)
    def opened(
        request: HttpRequest, *args: Any, open_desk: OpenDesk, cif: str = "", **kwargs: Any
    ) -> HttpResponseBase:
        return view(request, open_desk(request, cif), *args, **kwargs)

    return customer_page(opened)


def mine(request: HttpRequest, *, small: bool) -> list[Customer]:
    """The companies the user may act for, by name: the small ones, or all others. One query."""
    return [one for one in cif.customers_for(user_of(request)) if _is_served(one, small=small)]


def named(request: HttpRequest, number: str, *, small: bool) -> Customer:
    """The company with that number; ``NotFound`` where the user may not act for it, or at another portal."""
    company = cif.customer_for(user_of(request), number)
    if not _is_served(company, small=small):
        raise NotFound(what="company")
    return company


def _is_served(company: Customer, *, small: bool) -> bool:
    is_small: bool = company.segment == Segment.SME
    return company.kind == CustomerKind.ORGANISATION and is_small == small
