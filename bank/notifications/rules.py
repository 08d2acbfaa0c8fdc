"""What webhooks may be told of, how long the bank tries, and how far apart."""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class EndpointState(StrEnum):
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    ENDED = "ENDED"


class Event(StrEnum):
    """What a company's server can hear of."""

    PAYMENT_SETTLED = "payment.settled"
    PAYMENT_CHANGED = "payment.changed"
    MONEY_RECEIVED = "money.received"
    FILE_PAID = "file.paid"
    STATEMENT_READY = "statement.ready"
    DEPOSIT_MATURED = "deposit.matured"
    APPROVAL_WAITS = "approval.waits"
    APPROVAL_DECIDED = "approval.decided"


MOST_ENDPOINTS: Final = 10
PATIENCE: Final = timedelta(days=3)
"""How long one delivery is tried; an endpoint that took nothing in all that time is disabled."""
ROTATION: Final = timedelta(hours=24)
"""How long the old secret signs along with the new one."""
LEASE: Final = timedelta(seconds=90)
"""Longer than a call may take: a worker killed in the middle has it made again after this."""
MOST_REPLAYED: Final = 1_000
RESPONSE_LETTERS: Final = 300
_FIRST_WAIT_S: Final = 15
_LONGEST_WAIT_S: Final = 6 * 3600


def wait_after(attempts: int) -> timedelta:
    """Twice as long each time, six hours at most."""
    return timedelta(seconds=min(_FIRST_WAIT_S * 2 ** min(attempts - 1, 20), _LONGEST_WAIT_S))


def is_taken(status: int) -> bool:
    return 200 <= status < 300
