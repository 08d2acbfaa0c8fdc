"""Subscribers: a new version of a list has all subjects screened again. Safe to repeat."""

from typing import Any
from uuid import UUID

from bank.risk.screening.lists import LOADED
from bank.risk.tasks import screen_overdue
from bank.runtime import outbox, topics

topics.declare(LOADED, "A version of a watch list was loaded.", version=topics.NUMBER)


@outbox.subscriber(LOADED)
def screen_all(_message_id: UUID, payload: dict[str, Any]) -> None:
    screen_overdue.delay()
