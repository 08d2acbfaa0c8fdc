"""What is done for the networks again and again: beat calls it every few seconds, and a test by hand."""

import logging
from datetime import timedelta

from django.db import transaction

from bank.kernel import clock
from bank.payments import errors
from bank.payments.models import NetworkMessage, PaymentOrder
from bank.payments.network import NetworkRail
from bank.payments.rules import Direction, MessagePurpose, MessageStatus, PaymentStatus
from bank.payments.services.networks import applying, releasing, sending, store, taking
from bank.payments.services.networks.found import available

_log = logging.getLogger(__name__)
_PATIENCE_S = 60
_ASKED_AT_ONCE = 100


def tend() -> None:
    """Releases what is due, sends what waits, takes in what is there, applies what it says."""
    releasing.release_due()
    sending.send_due()
    taking.collect()
    applying.apply_waiting()


def ask_after_the_silent() -> int:
    """Asks the networks about orders sent long ago and not heard of; returns how many."""
    return sum(_ask(way) for way in available())


def _ask(way: NetworkRail) -> int:
    patience = timedelta(seconds=_PATIENCE_S + 3 * way.capabilities.typical_s)
    under_way = PaymentOrder.objects.filter(
        rail=way.code, status__in=[PaymentStatus.RELEASED, PaymentStatus.SENT]
    )
    silent = under_way.filter(initiated_at__lt=clock.now() - patience).order_by("?")
    asked = 0
    for order in silent[:_ASKED_AT_ONCE]:
        message = _carrier(way, order)
        if message is None:
            continue
        try:
            told = way.query(order.reference, order.network_reference)
        except (errors.NetworkUnreachable, errors.NetworkUnclear):
            break
        with transaction.atomic():
            store.keep_events(message, told)
        asked += 1
    return asked


def _carrier(way: NetworkRail, order: PaymentOrder) -> NetworkMessage | None:
    """The message that took the order out, once the network has it."""
    return NetworkMessage.objects.filter(
        rail=way.code,
        direction=Direction.OUT,
        purpose=MessagePurpose.PAYMENT,
        status=MessageStatus.SENT,
        references__contains=[order.reference],
    ).first()
