"""What follows from a fact: a requested statement is made, a subscribed one is delivered."""

from typing import Any
from uuid import UUID

from bank.runtime import outbox
from bank.statements import tasks
from bank.statements.services import FINISHED, REQUESTED


@outbox.subscriber(REQUESTED)
def make_requested(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Hands the work to Celery; should the broker be away, the outbox tries again."""
    tasks.make_statement.apply_async(args=[payload["statement_id"]], retry=False)


@outbox.subscriber(FINISHED)
def deliver_finished(_message_id: UUID, payload: dict[str, Any]) -> None:
    tasks.deliver_statement.apply_async(args=[payload["statement_id"]], retry=False)
