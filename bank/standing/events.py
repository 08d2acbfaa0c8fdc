"""Who closes an account ends its standing orders first; what another bank sends back pauses its order."""

from typing import Any
from uuid import UUID

from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Account
from bank.payments import selectors as payments
from bank.payments.rules import PaymentStatus
from bank.payments.services import networks
from bank.runtime import outbox, topics
from bank.standing import selectors
from bank.standing.rules import RunStatus
from bank.standing.services import running
from bank.standing.services.running import RAN

topics.declare(
    RAN,
    "The day of a standing order came: it was paid, put off, skipped or failed.",
    order=("standing", "reference"),
    reference=topics.TEXT,
    due=topics.DAY,
    status={"enum": [status.value for status in RunStatus]},
)


@outbox.subscriber(networks.CHANGED_TOPIC)
def payment_came_back(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Only what another bank did: nothing else of a payment moves a standing order."""
    if payload["status"] in {PaymentStatus.REJECTED, PaymentStatus.RETURNED}:
        reason, sentence = payments.last_word(payload["reference"])
        running.came_back(payload["reference"], reason, sentence)


@accounts.closing_check
def no_order_pays_from_it(account: Account) -> None:
    """Raises ``AccountInUse`` while a standing order would still pay from the account."""
    if selectors.running_from(account).exists():
        raise AccountInUse(problem="Standing orders are still paid from this account. End them first.")
