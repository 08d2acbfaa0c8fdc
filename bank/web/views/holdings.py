"""Accounts with what is on them, as the portals' pages and forms show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from bank.accounts import selectors
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole, AccountStatus
from bank.accounts.selectors import Position
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.products.rules import ProductKind
from bank.runtime import formats


@dataclass(frozen=True, slots=True)
class Holding:
    """An account a page may show. ``label`` is what its owner calls it, ``holder`` whose it is."""

    account: Account
    number: str
    label: str
    product: str
    holder: str
    currency: str
    status: str
    opened_date: date
    booked: Money
    held: Money
    available: Money

    @property
    def is_personal(self) -> bool:
        return bool(self.account.customer.kind == CustomerKind.PERSON)

    @property
    def may_send(self) -> bool:
        moves = self.status in {AccountStatus.ACTIVE, AccountStatus.FROZEN_CREDIT}
        return moves and not self.is_pot

    @property
    def needs_both(self) -> bool:
        """Whether its holders must agree to what leaves it."""
        return selectors.needs_both(self.account)

    @property
    def is_main(self) -> bool:
        return bool(self.account.role == AccountRole.MAIN)

    @property
    def has_cheques(self) -> bool:
        return self.is_main and bool(self.account.product.kind == ProductKind.CURRENT)

    @property
    def is_pot(self) -> bool:
        return bool(self.account.role == AccountRole.POT)


def visible(user: User) -> list[Holding]:
    """The open accounts of everybody the user may act for. Two queries."""
    return [_holding(found) for found in selectors.accounts_for(user)]


def own(user: User) -> list[Holding]:
    """The open accounts the user has as a person, or for another person. Two queries."""
    return [one for one in visible(user) if one.is_personal]


def own_one(user: User, number: str, *, noted: bool = False) -> Holding:
    """One of them, closed ones too; ``NotFound`` for any other. ``noted`` as in ``account_for``."""
    account = selectors.account_for(user, number, noted=noted)
    if account.customer.kind != CustomerKind.PERSON:
        raise NotFound(what="account")
    return _holding(selectors.position(account))


def of_company(company: Customer) -> list[Holding]:
    """The open accounts of a company the caller was allowed to see. Two queries."""
    return [_holding(found) for found in selectors.accounts_of(company)]


def one_of_company(user: User, company: Customer, number: str) -> Holding:
    """One of the company's accounts, closed ones too; ``NotFound`` for any other."""
    account = selectors.account_for(user, number)
    if account.customer_id != company.pk:
        raise NotFound(what="account")
    return _holding(selectors.position(account))


def parts_of(held: Holding) -> list[Holding]:
    """The other currencies under an account the caller was allowed to see."""
    return [_holding(found) for found in selectors.positions(selectors.currencies_of(held.account))]


def balances(held: Holding) -> str:
    """``KES 6,204.19 booked · KES 42.80 on hold``."""
    words = gettext("%(sum)s booked") % {"sum": formats.money(held.booked)}
    if held.held.is_zero:
        return words
    return f"{words} · " + gettext("%(sum)s on hold") % {"sum": formats.money(held.held)}


def any_one(user: User, number: str) -> Holding:
    """Any account the user may see, closed ones too, whoever's it is; ``NotFound`` for any other."""
    return _holding(selectors.position(selectors.account_for(user, number)))


def totals(held: Iterable[Holding]) -> list[Money]:
    """What is available per currency, in the order the currencies come."""
    sums: dict[str, Money] = {}
    for one in held:
        sums[one.currency] = sums.get(one.currency, Money.zero(one.currency)) + one.available
    return list(sums.values())


def _holding(found: Position) -> Holding:
    account = found.account
    return Holding(
        account=account,
        number=account.number,
        label=account.label,
        product=account.product.name,
        holder=account.customer.display_name,
        currency=account.currency,
        status=account.status,
        opened_date=account.opened_date,
        booked=found.booked,
        held=found.held,
        available=found.available,
    )
