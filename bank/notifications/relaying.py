"""The outbox's messages to a broker of the bank's own: RabbitMQ, or whatever else kombu speaks.

Messages go out in order, one relay at a time, and are marked when the broker has confirmed them: a relay
killed in between sends its last ones again. A broker that is away makes messages wait and nothing else.
"""

import logging
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from kombu import Connection, Exchange, Producer
from kombu.exceptions import OperationalError

from bank.kernel import clock
from bank.runtime import locks, topics
from bank.runtime.models import OutboxMessage

_log = logging.getLogger(__name__)
_LOCK: Final = "notifications.relay"
_PATIENCE_S: Final = 3
_IN_ONE_GO: Final = 200


def relay(limit: int = 1_000) -> int:
    """Sends up to ``limit`` messages; returns how many: none where there is no broker, or another relays."""
    sent = 0
    if not settings.EVENTS_URL:
        return sent
    try:
        with _connected() as connection:
            producer = Producer(connection, exchange=_exchange(), auto_declare=True)
            while sent < limit and (some := _send_some(producer)):
                sent += some
    except _gone() as error:
        _log.warning("the broker of events is away (%s); they wait", type(error).__name__)
    return sent


def _connected() -> Connection:
    options = {"confirm_publish": True} if settings.EVENTS_URL.startswith("amqp") else {}
    connection = Connection(settings.EVENTS_URL, connect_timeout=_PATIENCE_S, transport_options=options)
    connection.ensure_connection(max_retries=1, timeout=_PATIENCE_S)
    return connection


def _gone() -> tuple[type[Exception], ...]:
    """What a broker that is away, or goes away in the middle, raises."""
    with Connection(settings.EVENTS_URL) as connection:
        return (OperationalError, OSError, *connection.connection_errors, *connection.channel_errors)


def _exchange() -> Exchange:
    return Exchange(settings.EVENTS_EXCHANGE, type="topic", durable=True)


def _send_some(producer: Producer) -> int:
    """One database transaction: what was sent is marked, also where the next one could not be."""
    with transaction.atomic():
        if not locks.try_until_commit(_LOCK):
            return 0
        waiting = OutboxMessage.objects.filter(relayed_at__isnull=True).order_by("id")[:_IN_ONE_GO]
        sent: list[OutboxMessage] = []
        try:
            for message in waiting:
                _publish(producer, message)
                sent.append(message)
        except _gone():
            if not sent:
                raise
        OutboxMessage.objects.filter(pk__in=[one.pk for one in sent]).update(relayed_at=clock.now())
    return len(sent)


def _publish(producer: Producer, message: OutboxMessage) -> None:
    producer.publish(
        {**_headers(message), "data": message.payload},
        routing_key=message.topic,
        headers=_headers(message),
        message_id=str(message.pk),
        correlation_id=message.correlation_id or str(message.pk),
        serializer="json",
        delivery_mode=2,
        retry=False,
    )


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
