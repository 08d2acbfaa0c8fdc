"""Messages to networks: each sent until the network has it, and no order paid twice on the way.

A message is claimed in one database transaction, sent outside of any, and its fate written in
another. A claim whose sender died is unclear like an answer that never came: the network is
asked what it has before anything is sent again.
"""

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction

from bank.kernel import clock
from bank.payments import errors
from bank.payments.models import NetworkMessage
from bank.payments.network import Acknowledged, Event, NetworkRail, Outgoing, RecallAnswered, Rejected
from bank.payments.rules import Direction, MessagePurpose, MessageStatus
from bank.payments.services.networks import arrivals, prenotes, store
from bank.payments.services.networks.found import network_rail
from bank.payments.services.networks.outcomes import NOT_RECEIVED

_log = logging.getLogger(__name__)
_CLAIMED_FOR: Final = timedelta(minutes=3)
_LONGEST_WAIT_S: Final = 900
_ASKED_AFTER: Final = frozenset({MessagePurpose.PAYMENT, MessagePurpose.PRENOTE})


def send_due(limit: int = 200) -> int:
    """Sends up to ``limit`` messages that are due, oldest first; returns how many were tried."""
    tried = 0
    while tried < limit and (message := _claim()) is not None:
        _carry(network_rail(message.rail), message)
        tried += 1
    return tried


def waiting(rail_code: str) -> int:
    """How many messages were tried and are not with the network."""
    tried = NetworkMessage.objects.filter(rail=rail_code, direction=Direction.OUT, attempts__gt=0)
    return tried.filter(next_try_at__isnull=False).exclude(status=MessageStatus.SENDING).count()


@transaction.atomic
def _claim() -> NetworkMessage | None:
    due = NetworkMessage.objects.filter(direction=Direction.OUT, next_try_at__lte=clock.now())
    message = due.select_for_update(skip_locked=True).order_by("next_try_at", "pk").first()
    if message is None:
        return None
    if message.status == MessageStatus.SENDING:
        message.status = MessageStatus.UNCLEAR
    elif message.status == MessageStatus.WAITING:
        message.status = MessageStatus.SENDING
        message.attempts += 1
    message.next_try_at = clock.now() + _CLAIMED_FOR
    message.save(update_fields=["status", "attempts", "next_try_at"])
    return message


def _carry(way: NetworkRail, message: NetworkMessage) -> None:
    try:
        if message.status == MessageStatus.UNCLEAR and message.purpose in _ASKED_AFTER:
            _ask(way, message)
        else:
            _sent(message, way.send(_outgoing(message)))
    except errors.NetworkUnreachable as error:
        is_unclear = message.status == MessageStatus.UNCLEAR
        _later(message, MessageStatus.UNCLEAR if is_unclear else MessageStatus.WAITING, str(error))
    except errors.NetworkSaysNo as refusal:
        _refused(message, refusal)
    except errors.NetworkUnclear as error:
        _later(message, MessageStatus.UNCLEAR, str(error))
    except Exception as error:
        _log.exception("message %s to %s", message.pk, message.rail)
        _later(message, MessageStatus.UNCLEAR, type(error).__name__)


def _ask(way: NetworkRail, message: NetworkMessage) -> None:
    """A message is taken whole or not at all, so its first order tells for all."""
    events = way.query(message.references[0], "")
    if any(isinstance(one, Rejected) and one.reason == NOT_RECEIVED for one in events):
        _later(message, MessageStatus.WAITING, NOT_RECEIVED, wait_s=0)
    else:
        _sent(message, events)


def _outgoing(message: NetworkMessage) -> Outgoing:
    content = bytes(message.content).decode()
    return Outgoing(message.key, message.kind, content, tuple(message.references))


@transaction.atomic
def _sent(message: NetworkMessage, answered: list[Event]) -> None:
    _finish(message, MessageStatus.SENT, "")
    gives_back = message.purpose == MessagePurpose.GIVE_BACK
    about_orders = [one for one in answered if not (gives_back and isinstance(one, Acknowledged))]
    store.keep_events(message, about_orders)
    if gives_back:
        arrivals.mark_returned(network_rail(message.rail), message.references[0])


@transaction.atomic
def _refused(message: NetworkMessage, refusal: errors.NetworkSaysNo) -> None:
    """Every order in it is rejected; a recall is answered no; money we could not give back
    stays; payees could not be tried."""
    _finish(message, MessageStatus.REFUSED, str(refusal))
    reason, said = str(refusal.params.get("reason", "")), str(refusal.params.get("explanation", ""))
    answers: list[Event] = []
    if message.purpose == MessagePurpose.PAYMENT:
        answers = [Rejected(one, reason or "NARR", said) for one in message.references]
    elif message.purpose == MessagePurpose.RECALL:
        answers = [RecallAnswered(one, is_accepted=False, reason=reason) for one in message.references]
    elif message.purpose == MessagePurpose.PRENOTE:
        prenotes.fail(message.references, reason, said)
    store.keep_events(message, answers)


def _finish(message: NetworkMessage, status: MessageStatus, said: str) -> None:
    message.status, message.last_error = status, said[:300]
    message.next_try_at, message.done_at = None, clock.now()
    message.save(update_fields=["status", "last_error", "next_try_at", "done_at"])


def _later(message: NetworkMessage, status: MessageStatus, said: str, wait_s: int | None = None) -> None:
    seconds = min(2**message.attempts, _LONGEST_WAIT_S) if wait_s is None else wait_s
    message.status, message.last_error = status, said[:300]
    message.next_try_at = clock.now() + timedelta(seconds=seconds)
    message.save(update_fields=["status", "last_error", "next_try_at"])
