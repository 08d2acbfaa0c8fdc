"""What follows from a fact: a close somebody asked for is begun."""

from typing import Any
from uuid import UUID

from bank.eod import tasks
from bank.eod.services import REQUESTED, parts
from bank.runtime import outbox, topics

topics.declare(REQUESTED, "A close of business was asked for.", through=topics.DAY, by=topics.NUMBER)
topics.declare(
    parts.CLOSED,
    "A business date was closed and the next one opened.",
    business_date=topics.DAY,
    next_date=topics.DAY,
)


@outbox.subscriber(REQUESTED)
def begin_requested(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Hands the work to Celery; should the broker be away, the outbox tries again."""
    tasks.close.apply_async(kwargs=payload, retry=False)
