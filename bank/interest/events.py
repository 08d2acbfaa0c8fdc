"""What follows from facts: whoever closes an account settles its interest first."""

from bank.accounts import services as accounts
from bank.accounts.models import Account
from bank.identity.models import User
from bank.interest.errors import InterestOwed
from bank.interest.services import settle


@accounts.settles
def settle_at_closing(account: Account, actor: User | None) -> None:
    """Pays or charges the interest up to the day before. Raises ``InterestOwed`` where a cost is left."""
    settled = settle(account=account, key=f"closing:{account.number}", actor=actor)
    if settled.owed.is_positive:
        raise InterestOwed(number=account.number, amount=settled.owed)
