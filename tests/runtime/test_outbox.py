"""What must happen afterwards happens at least once, and a failure delays only itself."""

from uuid import UUID

import pytest
from django.db import transaction

from bank.kernel import clock
from bank.runtime import outbox
from bank.runtime.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[UUID, dict[str, object]]]:
    heard: list[tuple[UUID, dict[str, object]]] = []
    monkeypatch.setitem(outbox._subscribers, "test.Happened", [lambda *fact: heard.append(fact)])
    return heard


def test_a_fact_is_told_once_to_its_subscriber(told):
    message_id = outbox.emit("test.Happened", {"n": 1})
    assert outbox.deliver_due() == 1
    assert outbox.deliver_due() == 0
    assert told == [(message_id, {"n": 1})]


def test_a_fact_rolled_back_with_its_cause_is_not_told(told):
    def emit_then_fail() -> None:
        with transaction.atomic():
            outbox.emit("test.Happened", {"n": 1})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        emit_then_fail()
    assert outbox.deliver_due() == 0
    assert told == []


def test_a_subscriber_that_fails_is_tried_again_later_and_stops_nobody(monkeypatch, told):
    def fail(message_id: UUID, payload: dict[str, object]) -> None:
        raise ValueError("away")

    monkeypatch.setitem(outbox._subscribers, "test.Fails", [fail])
    outbox.emit("test.Fails", {})
    outbox.emit("test.Happened", {"n": 2})
    assert outbox.deliver_due() == 2
    failed = OutboxMessage.objects.get(topic="test.Fails")
    assert failed.delivered_at is None
    assert failed.attempts == 1
    assert failed.next_try_at > clock.now()
    assert "away" in failed.last_error
    assert len(told) == 1


def test_what_a_failed_subscriber_wrote_is_undone(monkeypatch):
    def write_then_fail(message_id: UUID, payload: dict[str, object]) -> None:
        outbox.emit("test.Effect", {})
        raise ValueError

    monkeypatch.setitem(outbox._subscribers, "test.Fails", [write_then_fail])
    outbox.emit("test.Fails", {})
    outbox.deliver_due()
    assert not OutboxMessage.objects.filter(topic="test.Effect").exists()


def test_no_message_is_lost_while_the_broker_is_away(settings, told, monkeypatch):
    from kombu.exceptions import OperationalError

    from bank.runtime import tasks

    def away(*args: object, **options: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.deliver_outbox, "apply_async", away)
    outbox.emit("test.Happened", {"n": 3})
    assert tasks.deliver_outbox() == 1
    assert told[0][1] == {"n": 3}
