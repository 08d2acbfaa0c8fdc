"""How a broker of the bank's own is handed events: RabbitMQ and whatever else kombu speaks, or Kafka.

Each sends letters in their order and says how many of the first ones the broker has confirmed. One that is
away, silent or full confirms fewer, or none: what was not confirmed is handed to it again.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu import Connection, Exchange, Producer
from kombu.exceptions import OperationalError

from bank.runtime import services

_PATIENCE_S: Final = 3
_KAFKA: Final = "kafka"
_ONE_PARTITION: Final = 0
"""Everything is in one, for events of one account are about many payments, and keep their order too."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An event as it is sent: its name, what it is about, and body and headers as ``docs/events.md`` says."""

    id: str
    event: str
    subject: str
    correlation_id: str
    headers: dict[str, Any]
    body: dict[str, Any]


class Gone(Exception):
    """The broker could not be reached, or would not have the first letter."""


class Broker(Protocol):
    def send(self, letters: Sequence[Letter]) -> int:
        """How many of the first letters it has for sure. Raises ``Gone`` where that is none."""


@contextmanager
def opened(url: str) -> Iterator[Broker]:
    """The broker of this address. Raises ``Gone``."""
    if urlsplit(url).scheme == _KAFKA:
        yield _Kafka(url)
        return
    try:
        with _connected(url) as connection:
            yield _Amqp(connection)
    except _errors(url) as error:
        raise Gone(type(error).__name__) from error


def _connected(url: str) -> Connection:
    options = services.rabbitmq_options() if services.is_rabbitmq(url) else {}
    connection = Connection(url, connect_timeout=_PATIENCE_S, transport_options=options)
    connection.ensure_connection(max_retries=1, timeout=_PATIENCE_S)
    return connection


def _errors(url: str) -> tuple[type[Exception], ...]:
    """What a broker that is away, goes away in the middle or says no raises."""
    with Connection(url) as connection:
        errors = (*connection.connection_errors, *connection.recoverable_connection_errors)
        return (OperationalError, OSError, *errors, *connection.channel_errors)


class _Amqp:
    """A topic exchange; the routing key is the event's name. RabbitMQ confirms every letter by itself."""

    def __init__(self, connection: Connection) -> None:
        exchange = Exchange(settings.EVENTS_EXCHANGE, type="topic", durable=True)
        self._producer = Producer(connection, exchange=exchange, auto_declare=True)
        self._errors = _errors(settings.EVENTS_URL)

    def send(self, letters: Sequence[Letter]) -> int:
        sent = 0
        try:
            for letter in letters:
                self._publish(letter)
                sent += 1
        except self._errors as error:
            if not sent:
                raise Gone(type(error).__name__) from error
        return sent

    def _publish(self, letter: Letter) -> None:
        self._producer.publish(
            letter.body,
            routing_key=letter.event,
            headers=letter.headers,
            message_id=letter.id,
            correlation_id=letter.correlation_id,
            serializer="json",
            delivery_mode=2,
            retry=False,
            timeout=_PATIENCE_S,
            confirm_timeout=_PATIENCE_S,
        )


class _Kafka:
    """A topic; the record's key is what the event is about. Confirmed is what all replicas in step have."""

    def __init__(self, url: str) -> None:
        try:
            from confluent_kafka import Producer as KafkaProducer
        except ImportError as error:
            raise ImproperlyConfigured("EVENTS_URL names Kafka: pip install confluent-kafka") from error
        parts = urlsplit(url)
        self._producer = KafkaProducer(
            {
                **dict(parse_qsl(parts.query)),
                "bootstrap.servers": parts.netloc.rpartition("@")[2],
                "enable.idempotence": True,
                "enable.gapless.guarantee": True,
                "message.timeout.ms": _PATIENCE_S * 1000,
                "log_level": 0,
            }
        )

    def send(self, letters: Sequence[Letter]) -> int:
        confirmed: set[str] = set()
        for letter in letters:
            self._produce(letter, confirmed)
        self._producer.flush(2 * _PATIENCE_S)
        sent = next((at for at, one in enumerate(letters) if one.id not in confirmed), len(letters))
        if sent < len(letters):
            self._producer.purge()
        if letters and not sent:
            raise Gone("NotConfirmed")
        return sent

    def _produce(self, letter: Letter, confirmed: set[str]) -> None:
        def note(error: Any, _record: Any) -> None:
            if error is None:
                confirmed.add(letter.id)

        with suppress(BufferError):
            self._producer.produce(
                settings.EVENTS_EXCHANGE,
                json.dumps(letter.body).encode(),
                (letter.subject or letter.id).encode(),
                _ONE_PARTITION,
                note,
                headers=[(name, str(value).encode()) for name, value in letter.headers.items()],
            )
