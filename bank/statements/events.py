"""What follows from a fact: a requested statement is made, a subscribed one is delivered."""

from typing import Any
from uuid import UUID

from bank.runtime import outbox, topics
from bank.statements import tasks
from bank.statements.services import FINISHED, REQUESTED

topics.declare(
    REQUESTED, "A statement is to be made.", order=("statement", "statement_id"), statement_id=topics.UUID
)
topics.declare(
    FINISHED, "A subscribed statement is made and goes to its reader.",
    order=("statement", "statement_id"), statement_id=topics.UUID,
)  # fmt: skip


@outbox.subscriber(REQUESTED)
def make_requested(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Hands the work to Celery; should the broker be away, the outbox tries again."""
    tasks.make_statement.apply_async(args=[payload["statement_id"]], retry=False)


@outbox.subscriber(FINISHED)
def deliver_finished(_message_id: UUID, payload: dict[str, Any]) -> None:
    tasks.deliver_statement.apply_async(args=[payload["statement_id"]], retry=False)
