"""Whose statements a page is about, and in which door it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext

from bank.cif.models import Customer
from bank.deposits import selectors as deposits
from bank.deposits.models import Deposit
from bank.identity.models import User
from bank.kernel.money import Money
from bank.statements.models import Statement, Subscription
from bank.web.views.holdings import Holding
from bank.web.views.pages import customer_page


@dataclass(frozen=True, slots=True)
class HeldDeposit:
    """A running deposit to choose from, and what is in it."""

    deposit: Deposit
    number: str
    label: str
    available: Money


@dataclass(frozen=True, slots=True)
class Desk:
    """``accounts`` are those to choose from; ``company`` is whose they are, in the company's door."""

    user: User
    accounts: list[Holding]
    company: Customer | None
    base: str
    root: str
    nav: list[dict[str, object]]

    def show(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page of the door, with its places beside it and the three kinds of papers above."""
        known = {"desk": self, "nav": self.nav, "company": self.company, "tabs": self._tabs(request.path)}
        return render(request, f"papers/{template}", known | context)

    def holds(self, one: Statement | Subscription) -> bool:
        """Whether it belongs in this door: a person's, or this company's."""
        return self._is_here(one.account.customer)

    def deposits(self) -> list[HeldDeposit]:
        """The running deposits of this door. Two queries."""
        found = deposits.deposits_for(self.user)
        mine = [one for one in found if not one.deposit.is_over and self._is_here(one.deposit.customer)]
        return [
            HeldDeposit(one.deposit, one.deposit.number, gettext(one.deposit.product.name), one.balance)
            for one in mine
        ]

    def _is_here(self, customer: Customer) -> bool:
        return customer == self.company if self.company else bool(customer.kind == "PERSON")

    def _tabs(self, path: str) -> list[dict[str, Any]]:
        places = (
            (self.root, gettext("Statements")),
            (f"{self.root}subscriptions/", gettext("Regular statements")),
            (f"{self.root}certificates/", gettext("Certificates")),
        )
        return [{"url": url, "label": label, "current": path == url} for url, label in places]


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
