"""Who closes an account ends its standing orders first."""

from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Account
from bank.standing import selectors


@accounts.closing_check
def no_order_pays_from_it(account: Account) -> None:
    """Raises ``AccountInUse`` while a standing order would still pay from the account."""
    if selectors.running_from(account).exists():
        raise AccountInUse(problem="Standing orders are still paid from this account. End them first.")
