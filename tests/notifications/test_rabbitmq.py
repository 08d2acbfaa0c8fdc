"""RabbitMQ itself, killed in the middle: nothing is lost, nothing paid twice, everything comes back alone.

Runs where Debian's ``rabbitmq-server`` is installed; the test command leaves it out, for Erlang is large.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import override_settings
from kombu import Connection, Exchange, Queue
from kombu.exceptions import OperationalError

from bank import ledger
from bank.notifications import relaying
from bank.payments.models import PaymentFile, PaymentOrder
from bank.runtime import outbox, services, tasks, topics
from bank.runtime.models import OutboxMessage
from bank.web import health
from tests.notifications.rabbitmq import Listener, Node, is_installed, wait_for
from tests.payments.bulk.test_intake import a_csv, send
from tests.payments.conftest import Bank, kes, open_bank
from tests.payments.test_files import confirm

__all__ = ["open_bank"]
pytestmark = pytest.mark.skipif(
    not is_installed(), reason="RabbitMQ is not installed: apt-get install rabbitmq-server"
)
ROOT = Path(__file__).resolve().parents[2]
WORKER = "-m celery --quiet -A bank worker --beat --concurrency 1 --loglevel ERROR --without-gossip"
SUBJECTS, EACH, LATER = 5, 80, 6


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    running = Node(tmp_path)
    yield running
    running.end()


@contextmanager
def worker(node: Node, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker and beat as they run in production, on this test's database."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={host}",
        "BROKER_URL": node.url,
        "EVENTS_URL": node.url,
        "CACHE_URL": "memory://",
        "BANK_VAR": str(folder),
        "BANK_ENV": "demo",
    }
    command = [sys.executable, *WORKER.split(), "--without-mingle", "--schedule", str(folder / "beat")]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def tell(numbers: range) -> None:
    """Events about five things, by turns."""
    for number in numbers:
        for subject in range(SUBJECTS):
            outbox.emit("payments.file_paid", {"reference": f"FILE-{subject}", "settled": number})


def once(heard: list[Any]) -> list[Any]:
    """What a consumer that knows what it has seen makes of what comes at least once."""
    return list({one["id"]: one for one in heard}.values())


def has_come_to(reference: str, status: str) -> Callable[[], bool]:
    return lambda: PaymentFile.objects.filter(reference=reference, status=status).exists()


def components(node: Node) -> dict[str, bool]:
    """What the readiness page says where both brokers are this one; this process hands out no tasks there."""
    with override_settings(CELERY_BROKER_URL=node.url):
        return {
            name: bool(health._examine(name, health.CHECKS[name])["ready"]) for name in ("broker", "events")
        }


@pytest.mark.slow
def test_a_broker_killed_in_the_middle_loses_nothing_and_pays_each_line_once(
    open_bank: Bank, node: Node, tmp_path: Path, settings: LazySettings
) -> None:
    bank = open_bank
    settings.PAYMENT_FILE_AT_ONCE_BYTES = settings.PAYMENT_FILE_AT_ONCE_LINES = 10
    settings.EVENTS_URL = node.url
    with worker(node, tmp_path) as working:
        node.wait()
        listener = Listener(node.url)
        file = send(bank, a_csv(bank, *[f"{n}.00" for n in range(1, 41)]))
        wait_for(has_come_to(file.reference, "CHECKED"), "a worker to check the file")
        file.refresh_from_db()
        tell(range(EACH))
        wait_for(lambda: len(listener.heard) > SUBJECTS, "the first events")
        node.kill()
        assert len(once(listener.heard)) < SUBJECTS * EACH
        confirm(bank, file)
        tell(range(EACH, EACH + LATER))
        assert relaying.relay() == 0
        OutboxMessage.objects.filter(relayed_at=None).update(created_at="2026-01-01T00:00:00Z")
        assert components(node) == {"broker": False, "events": False}
        node.start()
        wait_for(has_come_to(file.reference, "PAID"), "the same worker to pay the file")
        expected = OutboxMessage.objects.exclude(topic__in=_inside())
        wait_for(lambda: len(once(listener.heard)) == expected.count(), "every event")
        assert working.poll() is None
        assert components(node) == {"broker": True, "events": True}
    listener.end()
    for subject in range(SUBJECTS):
        about = [one for one in once(listener.heard) if one["subject"] == f"file:FILE-{subject}"]
        assert [one["data"]["settled"] for one in about] == list(range(EACH + LATER))
    assert set(file.lines.values_list("status", flat=True)) == {"SETTLED"}
    assert PaymentOrder.objects.filter(status="SETTLED").count() == 40
    assert bank.bob.booked == kes(f"{sum(range(1, 41))}.00")
    for reference in file.lines.values_list("reference", flat=True):
        assert len(ledger.entries_by_reference(reference)) == 1
    gives_poison_up(node)
    holds_nobody_up(node)


def _inside() -> set[str]:
    return {topic.name for topic in topics.every() if topic.kept_inside}


def gives_poison_up(node: Node) -> None:
    """A task that is handed back again and again is handed out no more than twenty times again."""
    poison = Queue("poison", Exchange("poison"), "poison", queue_arguments=services.rabbitmq_queue())
    with Connection(node.url, transport_options=services.rabbitmq_options()) as broker:
        bound = poison(broker)
        bound.declare()
        broker.Producer().publish({"n": 1}, exchange=bound.exchange, routing_key="poison")
        taken = 0
        while (message := _got(bound)) is not None:
            taken += 1
            message.requeue()
    assert taken == services.MOST_DELIVERIES + 1


def holds_nobody_up(node: Node) -> None:
    """A broker that is silent is one that is away: neither the relay nor a page waits for it for long."""
    with Connection(node.url, transport_options=services.rabbitmq_options()) as broker:
        broker.connect()
        tell(range(1))
        node.pause(signal.SIGSTOP)
        began = time.monotonic()
        assert relaying.relay() == 0
        with pytest.raises(OperationalError):
            tasks.deliver_outbox.apply_async(retry=False, expires=60, connection=broker)
        assert time.monotonic() - began < 20
        node.pause(signal.SIGCONT)
    assert relaying.relay() == SUBJECTS


def _got(queue: Any) -> Any:
    """The next message; a quorum queue takes a moment to have it again."""
    for _n in range(25):
        if (message := queue.get()) is not None:
            return message
        time.sleep(0.02)
    return None
