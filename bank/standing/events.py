"""Who closes an account ends its standing orders first."""

from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Account
from bank.runtime import topics
from bank.standing import selectors
from bank.standing.rules import RunStatus
from bank.standing.services.running import RAN

topics.declare(
    RAN,
    "The day of a standing order came: it was paid, put off, skipped or failed.",
    order=("standing", "reference"),
    reference=topics.TEXT,
    due=topics.DAY,
    status={"enum": [status.value for status in RunStatus]},
)


@accounts.closing_check
def no_order_pays_from_it(account: Account) -> None:
    """Raises ``AccountInUse`` while a standing order would still pay from the account."""
    if selectors.running_from(account).exists():
        raise AccountInUse(problem="Standing orders are still paid from this account. End them first.")
