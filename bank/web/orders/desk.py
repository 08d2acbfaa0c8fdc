"""Whose orders a page is about, and in which door it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from bank.accounts.models import Account
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.web.views.holdings import Holding
from bank.web.views.pages import customer_page


@dataclass(frozen=True, slots=True)
class Desk:
    """``accounts`` are those to choose from; ``company`` is whose they are, in the company's door.

    ``root`` is the address all of its pages stand under.
    """

    user: User
    accounts: list[Holding]
    company: Customer | None
    base: str
    root: str
    nav: list[dict[str, object]]

    @property
    def payable(self) -> list[Holding]:
        """The accounts money can leave from."""
        return [one for one in self.accounts if one.may_send]

    @property
    def owner(self) -> Customer:
        """Whose payees, templates and groups stand here: the company's, or the person's own; of who has none,
        those of the person they act for. Raises ``NotFound``."""
        return self.company or own_person(self.user)

    def show(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page of the door, with its places beside it; one of another app is named with its folder."""
        known = {"desk": self, "nav": self.nav, "company": self.company, "here": request.path}
        return render(request, template if "/" in template else f"orders/{template}", known | context)

    def holds(self, account: Account) -> bool:
        """Whether an account belongs in this door: a person's, or this company's."""
        customer = account.customer
        if self.company is not None:
            return bool(customer.pk == self.company.pk)
        return bool(customer.kind == CustomerKind.PERSON)

    def require(self, account: Account, what: str) -> None:
        """Raises ``NotFound`` for what stands in another door."""
        if not self.holds(account):
            raise NotFound(what=what)


def own_person(user: User) -> Customer:
    """The user as a customer, or the person they act for. Raises ``NotFound``."""
    known = person_known(user)
    if known is None:
        raise NotFound(what="customer")
    return known


def person_known(user: User) -> Customer | None:
    """As ``own_person``; None for who is none and acts for none."""
    if (own := cif.person_of(user)) is not None:
        return own
    persons = (one for one in cif.customers_for(user) if one.kind == CustomerKind.PERSON)
    return next(persons, None)


OpenDesk: TypeAlias = Callable[[HttpRequest, str], Desk]
View: TypeAlias = Callable[..., HttpResponseBase]


def at_desk(view: View) -> View:
    """Gives the view its desk; the door that mounts the page says how one is opened there."""

    @wraps(view)
    def opened(
        request: HttpRequest, *args: Any, open_desk: OpenDesk, cif: str = "", **kwargs: Any
    ) -> HttpResponseBase:
        return view(request, open_desk(request, cif), *args, **kwargs)

    return customer_page(opened)
