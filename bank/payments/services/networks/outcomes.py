"""What a network's news does to an order: each once, in whatever order it comes.

Every function is called with the order under its row lock, and says what it did. News that
contradicts what happened raises ``Misfit`` and waits for a person.
"""

from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone

from bank.kernel import clock
from bank.payments.models import NetworkMessage, PaymentOrder
from bank.payments.network import (
    Acknowledged,
    NetworkRail,
    Noted,
    RecallAnswered,
    Rejected,
    Returned,
    Settled,
)
from bank.payments.rules import (
    Direction,
    EventOutcome,
    MessagePurpose,
    MessageStatus,
    PaymentStatus,
)
from bank.payments.services.networks import books
from bank.payments.services.networks.steps import note, step

NOT_RECEIVED: Final = "NOT_RECEIVED"
_UNDER_WAY: Final = frozenset({PaymentStatus.RELEASED, PaymentStatus.SENT, PaymentStatus.RECALLED})
_NEVER_LEFT: Final = frozenset(
    {
        PaymentStatus.DRAFT,
        PaymentStatus.AWAITING_APPROVAL,
        PaymentStatus.ACCEPTED,
        PaymentStatus.CANCELLED,
        PaymentStatus.EXPIRED,
    }
)
_IN_SUSPENSE: Final = " The account cannot take it, so it is in suspense."


class Misfit(Exception):
    """The news contradicts what happened to the order."""


def acknowledged(way: NetworkRail, order: PaymentOrder, told: Acknowledged) -> EventOutcome:
    """RELEASED becomes SENT; whoever is further keeps only the reference."""
    _must_have_left(order)
    named = _named(order, told.network_reference)
    if order.status != PaymentStatus.RELEASED:
        _remember(order, named)
        return EventOutcome.IGNORED
    step(order, PaymentStatus.SENT, sent_at=clock.now(), **named)
    return EventOutcome.APPLIED


def settled(way: NetworkRail, order: PaymentOrder, told: Settled) -> EventOutcome:
    """IN_TRANSIT to the nostro. An order that is being called back stays RECALLED."""
    named = _named(order, told.network_reference)
    if order.settled_at is not None:
        _remember(order, named)
        return EventOutcome.IGNORED
    if order.status not in _UNDER_WAY:
        raise Misfit(f"The payment is {order.status.lower()} and cannot settle.")
    books.settle(way, order)
    at = told.at if told.at and timezone.is_aware(told.at) else clock.now()
    if order.status == PaymentStatus.RECALLED:
        _remember(order, {**named, "settled_at": at})
        note(order, sentence="The network settled it before it could be called back.")
    else:
        step(order, PaymentStatus.SETTLED, settled_at=at, **named)
    return EventOutcome.APPLIED


def rejected(way: NetworkRail, order: PaymentOrder, told: Rejected) -> EventOutcome:
    """Amount and charges go back. Where the network never had the message, it is sent again instead."""
    if order.status == PaymentStatus.REJECTED:
        return EventOutcome.IGNORED
    if order.status not in _UNDER_WAY or order.settled_at is not None:
        raise Misfit(f"The payment is {order.status.lower()} and cannot be rejected.")
    if told.reason == NOT_RECEIVED:
        return _send_again(way, order)
    is_with_debtor = books.give_back(order, told.reason)
    step(
        order,
        PaymentStatus.REJECTED,
        reason=told.reason,
        sentence=told.sentence + ("" if is_with_debtor else _IN_SUSPENSE),
        **_named(order, told.network_reference),
    )
    return EventOutcome.APPLIED


def returned(way: NetworkRail, order: PaymentOrder, told: Returned) -> EventOutcome:
    """The nostro to the debtor. A return that overtakes its settlement proves that too."""
    if order.returned is not None:
        return EventOutcome.IGNORED
    if (
        told.amount.currency != order.currency
        or not order.money >= told.amount
        or not told.amount.is_positive
    ):
        raise Misfit(f"{told.amount} cannot come back of {order.money}.")
    if order.settled_at is None:
        settled(way, order, Settled(order.reference))
    is_with_debtor = books.bring_back(way, order, told.amount, told.reason)
    step(
        order,
        PaymentStatus.RETURNED,
        reason=told.reason,
        sentence=told.sentence + ("" if is_with_debtor else _IN_SUSPENSE),
        returned=told.amount.amount,
    )
    return EventOutcome.APPLIED


def recall_answered(way: NetworkRail, order: PaymentOrder, told: RecallAnswered) -> EventOutcome:
    """Agreed: a return follows. Refused: the order is again what it was."""
    if order.status != PaymentStatus.RECALLED:
        return EventOutcome.IGNORED
    if told.is_accepted:
        note(order, reason=told.reason, sentence="The other bank agreed to send the money back.")
        return EventOutcome.APPLIED
    before = PaymentStatus.SETTLED if order.settled_at else PaymentStatus.SENT
    step(order, before, reason=told.reason, sentence="The other bank does not send the money back.")
    return EventOutcome.APPLIED


def noted(way: NetworkRail, order: PaymentOrder, told: Noted) -> EventOutcome:
    note(order, reason=told.reason, sentence=told.sentence)
    return EventOutcome.APPLIED


HANDLERS: Final[dict[type, Callable[[NetworkRail, PaymentOrder, Any], EventOutcome]]] = {
    Acknowledged: acknowledged,
    Settled: settled,
    Rejected: rejected,
    Returned: returned,
    RecallAnswered: recall_answered,
    Noted: noted,
}


def _must_have_left(order: PaymentOrder) -> None:
    if order.status in _NEVER_LEFT:
        raise Misfit(f"The payment is {order.status.lower()}: it never left the bank.")


def _named(order: PaymentOrder, network_reference: str) -> dict[str, Any]:
    """The network's name for the order, the first it gave."""
    if order.network_reference or not network_reference:
        return {}
    return {"network_reference": network_reference[:64]}


def _remember(order: PaymentOrder, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(order, name, value)
    if changes:
        order.save(update_fields=list(changes))


def _send_again(way: NetworkRail, order: PaymentOrder) -> EventOutcome:
    """Under the same key, so that a network that had it after all drops it."""
    messages = NetworkMessage.objects.filter(
        rail=way.code,
        direction=Direction.OUT,
        purpose=MessagePurpose.PAYMENT,
        references__contains=[order.reference],
    )
    messages.update(status=MessageStatus.WAITING, next_try_at=clock.now())
    note(order, reason=NOT_RECEIVED, sentence="The network never had it; it is sent again.")
    return EventOutcome.APPLIED
