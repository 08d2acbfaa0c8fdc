"""django-hordak as its documentation has it: ``Account.transfer_to``, without a check of funds."""

from collections.abc import Callable
from decimal import Decimal


def fill(count: int) -> None:
    from hordak.models import Account, AccountType

    for n in range(count):
        Account.objects.create(
            name=f"Account {n}", code=str(n), type=AccountType.liability, currencies=["EUR"]
        )


def transfer() -> Callable[[int, int, Decimal], None]:
    """A transfer between accounts that were loaded beforehand."""
    from hordak.models import Account
    from moneyed import Money

    accounts = list(Account.objects.order_by("pk"))

    def move(debit: int, credit: int, amount: Decimal) -> None:
        accounts[debit].transfer_to(accounts[credit], Money(amount, "EUR"))

    return move
