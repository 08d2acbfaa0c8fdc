"""Reads of what stands under an account: pots and other currencies."""

from dataclasses import dataclass

from django.db.models import QuerySet

from bank import ledger
from bank.accounts import rules
from bank.accounts.models import Account, Pot
from bank.accounts.selectors.contracts import Position, _all, _digits, _positions, account_for
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.kernel.money import Money


def pots() -> QuerySet[Pot]:
    """The pots there are, with their accounts."""
    return Pot.objects.select_related("account__customer", "account__product", "account__parent")


def pots_of(account: Account) -> QuerySet[Pot]:
    """The open pots under an account, oldest first."""
    under = pots().filter(account__parent=account)
    return under.exclude(account__status=rules.AccountStatus.CLOSED.value).order_by("pk")


@dataclass(frozen=True, slots=True)
class PotPosition:
    """A pot, what is in it, and how far that is."""

    pot: Pot
    saved: Money
    progress: rules.Progress


def pot_positions(account: Account) -> list[PotPosition]:
    """The open pots of an account with what is in them. Two queries."""
    found = list(pots_of(account))
    balances = ledger.balances(one.account.number for one in found)
    return [pot_position(one, balances[one.account.number].booked) for one in found]


def pot_position(pot: Pot, saved: Money) -> PotPosition:
    today = ledger.business_date()
    return PotPosition(pot, saved, rules.progress(saved, pot.goal_sum, pot.target_date, today))


def pot_for(user: User, number: str) -> Pot:
    """The open pot with that number; ``NotFound`` where it is not the user's to see."""
    account = account_for(user, number)
    known = pots().filter(account=account).first()
    if known is None or account.status == rules.AccountStatus.CLOSED:
        raise NotFound(what="pot")
    return known


def pot_under(user: User, number: str, pot: str) -> Pot:
    """The pot with that number, if it is one of that account's; else ``NotFound``."""
    known = pot_for(user, pot)
    if known.head.number != _digits(number):
        raise NotFound(what="pot")
    return known


def currencies_of(account: Account) -> QuerySet[Account]:
    """The open parts of an account in other currencies, by currency."""
    parts = _all().filter(parent=account, role=rules.AccountRole.CURRENCY.value)
    return parts.exclude(status=rules.AccountStatus.CLOSED.value).order_by("currency")


def currencies_offered(account: Account) -> list[str]:
    """The currencies the account's version has terms in for its customer, its own aside."""
    rows = account.product_version.terms.filter(segment__in=("", account.customer.segment))
    return sorted(set(rows.values_list("currency", flat=True)) - {account.currency})


def positions(accounts: QuerySet[Account]) -> list[Position]:
    """Some accounts with what is on them. Two queries."""
    return _positions(accounts)
