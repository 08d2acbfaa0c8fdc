"""What follows from facts: a copy asked for is made; those of a merged customer pass to the survivor."""

from typing import Any
from uuid import UUID

from bank.cif.models import Customer
from bank.cif.services import merging
from bank.privacy import tasks
from bank.privacy.models import DataExport, ErasureRequest
from bank.privacy.services import REQUESTED
from bank.runtime import outbox, topics

topics.declare(
    REQUESTED, "A customer asked for a copy of their data.", kept_inside=True, export_id=topics.UUID
)


@outbox.subscriber(REQUESTED)
def make_requested(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Hands the work to Celery; should the broker be away, the outbox tries again."""
    tasks.make_export.apply_async(args=[payload["export_id"]], retry=False)


@merging.mover
def move_exports(old: Customer, new: Customer) -> dict[str, int]:
    """Only who asked sees them, as before; a wish to be forgotten holds for both in one."""
    moved = {"exports": DataExport.objects.filter(customer=old).exclude(status="QUEUED").update(customer=new)}
    if not ErasureRequest.objects.filter(customer=new).exists():
        moved["erasure_requests"] = ErasureRequest.objects.filter(customer=old).update(customer=new)
    return moved
