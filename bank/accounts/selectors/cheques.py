"""Reads of cheques."""

from datetime import date

from django.db.models import QuerySet

from bank.accounts import rules
from bank.accounts.models import Account, ChequeBook, ChequeDeposit, ChequeStop


def cheques_to_clear(on: date) -> QuerySet[ChequeDeposit]:
    """The deposited cheques whose day has come."""
    waiting = ChequeDeposit.objects.filter(state=rules.DepositState.CLEARING.value, clears_date__lte=on)
    return waiting.select_related("account")


def uncleared(account: Account) -> list[ChequeDeposit]:
    """The cheques on their way into an account, the next to clear first."""
    waiting = account.cheque_deposits.filter(state=rules.DepositState.CLEARING.value)
    return list(waiting.select_related("account").order_by("clears_date", "pk"))


def cheque_books(account: Account) -> list[ChequeBook]:
    """The books of an account, the latest first."""
    return list(account.cheque_books.order_by("-pk"))


def cheque_stops(account: Account) -> list[ChequeStop]:
    """The stops of an account, the latest first."""
    return list(account.cheque_stops.order_by("-pk"))
