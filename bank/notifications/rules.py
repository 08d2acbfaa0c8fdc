"""What webhooks and people may be told of, by which channels, how long the bank tries, and how far apart."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class EndpointState(StrEnum):
    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    ENDED = "ENDED"


class DeliveryState(StrEnum):
    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


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


class NoticeKind(StrEnum):
    """What a customer hears of, in the order of the page where they choose."""

    MONEY_IN = "MONEY_IN"
    MONEY_GIVEN_BACK = "MONEY_GIVEN_BACK"
    PAYMENT_SETTLED = "PAYMENT_SETTLED"
    PAYMENT_REJECTED = "PAYMENT_REJECTED"
    PAYMENT_RETURNED = "PAYMENT_RETURNED"
    STANDING_FAILED = "STANDING_FAILED"
    FILE_PAID = "FILE_PAID"
    APPROVAL_WAITS = "APPROVAL_WAITS"
    EXPENSE_WAITS = "EXPENSE_WAITS"
    EXPENSE_DECIDED = "EXPENSE_DECIDED"
    STATEMENT_READY = "STATEMENT_READY"
    DEPOSIT_MATURING = "DEPOSIT_MATURING"
    DEPOSIT_MATURED = "DEPOSIT_MATURED"
    PAYEE_ADDED = "PAYEE_ADDED"
    NEW_DEVICE = "NEW_DEVICE"


class Channel(StrEnum):
    PORTAL = "PORTAL"
    EMAIL = "EMAIL"
    SMS = "SMS"


MAILED_ANYWAY: Final = frozenset(
    {
        NoticeKind.APPROVAL_WAITS,
        NoticeKind.STATEMENT_READY,
        NoticeKind.DEPOSIT_MATURED,
        NoticeKind.NEW_DEVICE,
    }
)
"""These have a letter of their own from the app they come from: a second mail would say less."""
ALWAYS_SHOWN: Final = frozenset({NoticeKind.PAYEE_ADDED, NoticeKind.NEW_DEVICE})
"""Whoever got into a sign-in must not be able to keep them from its owner."""
_MAILED: Final = frozenset(
    {
        NoticeKind.MONEY_GIVEN_BACK,
        NoticeKind.PAYMENT_REJECTED,
        NoticeKind.PAYMENT_RETURNED,
        NoticeKind.STANDING_FAILED,
        NoticeKind.EXPENSE_WAITS,
        NoticeKind.DEPOSIT_MATURING,
        NoticeKind.PAYEE_ADDED,
    }
)


def fixed_channels(kind: NoticeKind) -> frozenset[Channel]:
    """By which it comes whatever was chosen; a mail among them is its own app's."""
    shown = {Channel.PORTAL} if kind in ALWAYS_SHOWN else set()
    return frozenset(shown | ({Channel.EMAIL} if kind in MAILED_ANYWAY else set()))


def usual_channels(kind: NoticeKind) -> frozenset[Channel]:
    """For who has chosen nothing: all in the portal, by mail what asks for something to be done, no SMS."""
    return frozenset({Channel.PORTAL, Channel.EMAIL} if kind in _MAILED else {Channel.PORTAL})


def channels(kind: NoticeKind, chosen: Mapping[str, Sequence[str]]) -> frozenset[Channel]:
    """By which channels the bank brings it to who made these choices, an app's own mail left aside."""
    known = chosen.get(kind.value)
    wanted = usual_channels(kind) if known is None else {Channel(one) for one in known}
    if kind in ALWAYS_SHOWN:
        wanted = wanted | {Channel.PORTAL}
    return frozenset(wanted - ({Channel.EMAIL} if kind in MAILED_ANYWAY else set()))


URGENT: Final = ALWAYS_SHOWN | {
    NoticeKind.MONEY_GIVEN_BACK,
    NoticeKind.PAYMENT_REJECTED,
    NoticeKind.PAYMENT_RETURNED,
}
"""These never wait for the mail of the day."""
DIGEST_HOUR: Final = 7
MOST_IN_DIGEST: Final = 100
MOST_SENDINGS: Final = 6
"""Tries of one mail or text message; the notice stays in the portal whatever becomes of them."""
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


def digest_due(now: datetime) -> datetime:
    """Seven in the morning, the next one in the time zone of ``now``."""
    today = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return today if now < today else today + timedelta(days=1)


def wait_after(attempts: int) -> timedelta:
    """Twice as long each time, six hours at most."""
    return timedelta(seconds=min(_FIRST_WAIT_S * 2 ** min(attempts - 1, 20), _LONGEST_WAIT_S))


def is_taken(status: int) -> bool:
    return 200 <= status < 300
