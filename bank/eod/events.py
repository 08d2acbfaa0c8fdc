"""What follows from a fact: a close somebody asked for is begun."""

from typing import Any
from uuid import UUID

from bank.eod import tasks
from bank.eod.services import REQUESTED
from bank.runtime import outbox


@outbox.subscriber(REQUESTED)
def begin_requested(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Hands the work to Celery; should the broker be away, the outbox tries again."""
    tasks.close.apply_async(kwargs=payload, retry=False)
