"""One subject's poison stops that subject alone; staff see it, tell it again or give it up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from bank.audit.models import AuditRecord
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.notifications import services
from bank.notifications.commands import Discard
from bank.notifications.errors import NotParked
from bank.runtime import outbox, topics
from bank.runtime.models import OutboxMessage
from bank.web import health
from bank.workflows import services as workflows
from tests.backoffice.conftest import employ
from tests.identity import open_browser

pytestmark = pytest.mark.django_db
TOPIC = "test.moved"


class Ear:
    """Hears of moves, but not of those it chokes on."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.chokes_on: set[str] = set()

    def __call__(self, _id: UUID, payload: dict[str, Any]) -> None:
        if payload["what"] in self.chokes_on:
            raise ValueError("secret 4111111111111111 is no number")
        self.heard.append(payload["what"])


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    found = Ear()
    monkeypatch.setitem(outbox._subscribers, TOPIC, [found])
    topics.declare(TOPIC, "Something moved.", order=("thing", "thing"), thing=topics.TEXT, what=topics.TEXT)
    yield found
    del topics._topics[TOPIC]


def tell(thing: str, *moves: str) -> list[UUID]:
    return [outbox.emit(TOPIC, {"thing": thing, "what": what}) for what in moves]


def park(ear: Ear, what: str) -> None:
    """Has it fail until the bank gives up: some five hours."""
    ear.chokes_on.add(what)
    began = clock.now()
    for hour in range(outbox.MOST_ATTEMPTS):
        with time_machine.travel(began + timedelta(hours=2 * hour), tick=False):
            outbox.deliver_due()


def test_a_subject_keeps_its_order_and_no_other_waits_for_it(ear: Ear) -> None:
    ear.chokes_on.add("a1")
    poison = tell("a", "a1", "a2")[0]
    tell("b", "b1", "b2")
    tell("", "free")
    outbox.deliver_due()
    assert ear.heard == ["b1", "b2", "free"]
    OutboxMessage.objects.filter(pk=poison).update(next_try_at=clock.now())
    ear.chokes_on.clear()
    outbox.deliver_due()
    assert ear.heard[3:] == ["a1", "a2"]


def test_poison_is_parked_shown_and_told_again_with_a_reason(ear: Ear, client: Client) -> None:
    poison = tell("a", "a1", "a2")[0]
    assert "0 messages" in health._outbox()
    park(ear, "a1")
    message = OutboxMessage.objects.get(pk=poison)
    assert (message.attempts, message.delivered_at) == (outbox.MOST_ATTEMPTS, None)
    assert outbox.held_back(message) == 1
    with pytest.raises(health.NotReady, match="1 messages are parked"):
        health._outbox()
    open_browser(client, employ("OPERATIONS"))
    page = client.get(f"/admin/runtime/outboxmessage/{poison}/change/").content.decode()
    assert "Parked" in page
    assert "what: a1, thing: a" in page
    address = f"/admin/runtime/outboxmessage/{poison}/do/replay/"
    assert client.post(address, {"reason": ""}).status_code == 200
    ear.chokes_on.clear()
    assert client.post(address, {"reason": "The ear was mended this morning."}).status_code == 302
    outbox.deliver_due()
    assert ear.heard == ["a1", "a2"]
    assert AuditRecord.objects.filter(action="OUTBOX_REPLAYED", subject_id=str(poison)).count() == 1
    with pytest.raises(NotParked):
        services.replay(message_id=poison, actor=employ("SUPERUSER"), reason="Once more, in any case.")


def test_two_people_give_a_message_up_and_what_waits_behind_it_goes_on(ear: Ear) -> None:
    poison = tell("a", "a1", "a2")[0]
    park(ear, "a1")
    maker, checker = employ("OPERATIONS"), employ("ADMINISTRATOR")
    for user in (maker, checker):
        open_browser(Client(), user)
    asked = {"kind": "outbox.discard", "payload": Discard(str(poison)), "reason": "It names nothing we know."}
    command = workflows.propose(**asked, maker=User.objects.get(pk=maker.pk))
    outbox.deliver_due()
    assert ear.heard == []
    with pytest.raises(BankError):
        workflows.approve(command=command, checker=User.objects.get(pk=maker.pk))
    workflows.approve(command=command, checker=User.objects.get(pk=checker.pk))
    outbox.deliver_due()
    assert ear.heard == ["a2"]
    assert AuditRecord.objects.filter(action="OUTBOX_DISCARDED", subject_id=str(poison)).count() == 1


def test_what_is_kept_inside_is_not_shown_to_staff(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"email": "amina@example.test", "ip": "198.51.100.7", "device": "Firefox"}
    message = outbox.emit("identity.reset_asked", told)
    open_browser(client, employ("OPERATIONS"))
    page = client.get(f"/admin/runtime/outboxmessage/{message}/change/").content.decode()
    assert "email: …" in page
    assert "amina@example.test" not in page
