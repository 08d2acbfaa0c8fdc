"""What networks send us: read, kept under its key, answered; applied afterwards."""

import hashlib
import logging
from collections.abc import Mapping

from django.db import transaction

from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.payments import errors
from bank.payments.models import NetworkMessage
from bank.payments.network import NetworkRail, Received, Reply
from bank.payments.rules import Direction, MessagePurpose, MessageStatus
from bank.payments.services.networks import store
from bank.payments.services.networks.found import available, network_rail
from bank.runtime.windows import Window

_log = logging.getLogger(__name__)
_KEPT_BYTES = 4096
_REFUSALS_PER_MINUTE = 60


def answer(rail_code: str, content: bytes, headers: Mapping[str, str]) -> Reply:
    """Takes in what a network posted to us; returns what its rail says it wants to hear."""
    received = take_in(rail_code, content, headers)
    return network_rail(rail_code).reply(received)


def take_in(rail_code: str, content: bytes, headers: Mapping[str, str]) -> Received:
    """Reads a message of a network and keeps it with its news; a message that was there changes nothing.

    Raises ``NotFound`` for a rail that is none, ``NetworkMessageForged`` and ``NetworkMessageUnreadable``,
    both kept for staff to see (a bounded number a minute, for anybody can send them).
    """
    way = network_rail(rail_code)
    try:
        received = way.ingest(content, headers)
    except errors.NetworkMessageForged as refusal:
        _keep_refused(way, content, MessageStatus.FORGED, refusal)
        raise
    except errors.NetworkMessageUnreadable as refusal:
        _keep_refused(way, content, MessageStatus.UNREADABLE, refusal)
        raise
    except BankError:
        raise
    except Exception as error:
        _log.exception("reading a message of %s", way.code)
        unreadable = errors.NetworkMessageUnreadable(rail=way.code, problem=type(error).__name__)
        _keep_refused(way, content, MessageStatus.UNREADABLE, unreadable)
        raise unreadable from error
    with transaction.atomic():
        store.keep_received(way.code, received, content)
    return received


def collect() -> int:
    """Takes in what waits on the other sides; returns how many messages. A network that does not answer
    is asked again next time; what cannot be read is kept, and left there.
    """
    return sum(_collect_from(way) for way in available())


def _collect_from(way: NetworkRail) -> int:
    try:
        found = way.collect()
    except errors.NetworkUnreachable:
        return 0
    except Exception:
        _log.exception("collecting from %s", way.code)
        return 0
    return sum(_taken(way, content) for content in found)


def _taken(way: NetworkRail, content: bytes) -> bool:
    try:
        take_in(way.code, content, {})
        way.collected(content)
    except BankError as refusal:
        _log.warning("%s: a message was not taken in: %s", way.code, refusal.code)
        return False
    except Exception:
        _log.exception("taking in from %s", way.code)
        return False
    return True


def _keep_refused(way: NetworkRail, content: bytes, status: MessageStatus, refusal: BankError) -> None:
    if Window("network-refusals", way.code, 60).count() > _REFUSALS_PER_MINUTE:
        return
    message = NetworkMessage(
        rail=way.code,
        direction=Direction.IN,
        purpose=MessagePurpose.NEWS,
        kind=status.value,
        key=f"{status.value}:{hashlib.sha256(content).hexdigest()}",
        content=content[:_KEPT_BYTES],
        status=status,
        attempts=1,
        last_error=str(refusal)[:300],
        done_at=clock.now(),
    )
    NetworkMessage.objects.bulk_create([message], ignore_conflicts=True)
