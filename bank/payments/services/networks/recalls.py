"""Orders the debtor wants back: cancelled before they leave, called back after."""

from django.db import transaction

from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.identity.models import User
from bank.payments import errors, rail, rules, selectors
from bank.payments.models import PaymentOrder
from bank.payments.network import NetworkRail
from bank.payments.rules import MessagePurpose, PaymentStatus, ReviewState
from bank.payments.services import watching
from bank.payments.services.networks import books
from bank.payments.services.networks.releasing import instruction_of
from bank.payments.services.networks.steps import locked, step
from bank.payments.services.networks.store import keep_outgoing


@transaction.atomic
def cancel(*, user: User, reference: str) -> PaymentOrder:
    """Takes back an order that waits to be released: amount and charges go back to the debtor. One the bank
    is still looking at is given up; nothing was booked.

    Raises ``NotFound``, the mandate's refusals, ``PaymentHasLeft``.
    """
    order = _own(user, reference)
    if selectors.is_held(order):
        watching.conclude(order, ReviewState.WITHDRAWN, user)
        step(order, PaymentStatus.CANCELLED, by=user)
        audit.record("PAYMENT_CANCELLED", actor=user, subject_type="payment", subject_id=order.reference)
        return order
    if order.status != PaymentStatus.ACCEPTED or order.release_at is None:
        raise errors.PaymentHasLeft(status=order.status.lower())
    books.give_back(order, "cancelled")
    step(order, PaymentStatus.CANCELLED, by=user, release_at=None)
    audit.record("PAYMENT_CANCELLED", actor=user, subject_type="payment", subject_id=order.reference)
    return order


@transaction.atomic
def recall(*, user: User, reference: str, reason: str = "") -> PaymentOrder:
    """Asks the other bank for the money of a sent payment. Nothing is booked: the other side may refuse.

    Raises ``NotFound``, the mandate's refusals, ``NotRecallable``, ``WrongStatus``.
    """
    order, reason = _own(user, reference), rules.clean_text("Remittance", reason)
    way = rail.every().get(order.rail)
    if not isinstance(way, NetworkRail) or not way.capabilities.is_recallable:
        raise errors.NotRecallable(rail=order.rail)
    rules.check_step(order.status, PaymentStatus.RECALLED)
    message = way.recall(instruction_of(order), order.network_reference, reason)
    keep_outgoing(way.code, [message], MessagePurpose.RECALL)
    step(order, PaymentStatus.RECALLED, by=user, reason="RECALL", sentence=reason)
    audit.record("PAYMENT_RECALLED", actor=user, subject_type="payment", subject_id=order.reference)
    return order


def _own(user: User, reference: str) -> PaymentOrder:
    seen = selectors.payment_for(user, reference)
    order = locked(seen.reference)
    assert order is not None
    cif.require_pay(user, order.debtor_account.customer, order.money)
    return order
