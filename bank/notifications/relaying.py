"""The outbox's messages to a broker of the bank's own: see ``brokers``.

Messages go out in order, one relay at a time, and are marked when the broker has confirmed them: a relay
killed in between sends its last ones again. A broker that is away, silent or full makes messages wait and
nothing else.
"""

import logging
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from bank.kernel import clock
from bank.notifications import brokers
from bank.notifications.brokers import Broker, Letter
from bank.runtime import locks, topics
from bank.runtime.models import OutboxMessage

_log = logging.getLogger(__name__)
_LOCK: Final = "notifications.relay"
_IN_ONE_GO: Final = 200


def relay(limit: int = 1_000) -> int:
    """Sends up to ``limit`` messages; returns how many: none where there is no broker, or another relays."""
    sent = 0
    if not settings.EVENTS_URL or waiting_since() is None:
        return sent
    try:
        with brokers.opened(settings.EVENTS_URL) as broker:
            while sent < limit and (some := _send_some(broker)):
                sent += some
    except brokers.Gone as error:
        _log.warning("the broker of events is away (%s); they wait", error)
    return sent


def waiting_since() -> datetime | None:
    """When the oldest message happened that the broker of events has not been told; nothing where all are."""
    waiting = OutboxMessage.objects.filter(relayed_at__isnull=True).order_by("id")
    return waiting.values_list("created_at", flat=True).first()


@transaction.atomic
def _send_some(broker: Broker) -> int:
    """One database transaction: what was sent is marked, also where the next one could not be."""
    if not locks.try_until_commit(_LOCK):
        return 0
    waiting = OutboxMessage.objects.filter(relayed_at__isnull=True).order_by("id")[:_IN_ONE_GO]
    letters = [_letter(message) for message in waiting]
    sent = broker.send(letters)
    OutboxMessage.objects.filter(pk__in=[one.id for one in letters[:sent]]).update(relayed_at=clock.now())
    return sent


def _letter(message: OutboxMessage) -> Letter:
    headers, key = _headers(message), str(message.pk)
    body = {**headers, "data": message.payload}
    return Letter(key, message.topic, message.subject, message.correlation_id or key, headers, body)


def _headers(message: OutboxMessage) -> dict[str, Any]:
    declared = topics.known(message.topic)
    return {
        "id": str(message.pk),
        "event": message.topic,
        "version": declared.version if declared else 1,
        "subject": message.subject,
        "at": message.created_at.isoformat(),
        "correlation_id": message.correlation_id,
    }
