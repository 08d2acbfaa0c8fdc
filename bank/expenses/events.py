"""Subscribers: what became of the files that pay expenses back. Safe to repeat."""

from typing import Any, Final
from uuid import UUID

from bank.cif.models import Customer
from bank.cif.services import merging
from bank.expenses import services
from bank.expenses.models import Expense
from bank.payments.models import PaymentFile
from bank.payments.services.file_release import PAID_TOPIC
from bank.payments.services.signatures import FILE
from bank.runtime import outbox
from bank.signing.models import Approval
from bank.signing.rules import State as SigningState
from bank.signing.services import DECIDED

_UNSIGNED: Final = [
    one.value for one in (SigningState.REJECTED, SigningState.WITHDRAWN, SigningState.EXPIRED)
]


@outbox.subscriber(PAID_TOPIC)
def look_at_file(_message_id: UUID, payload: dict[str, Any]) -> None:
    file = PaymentFile.objects.filter(reference=payload["reference"]).first()
    if file is not None:
        services.note_outcome(file)


@outbox.subscriber(DECIDED)
def look_at_refused_file(_message_id: UUID, payload: dict[str, Any]) -> None:
    """A file nobody will sign: its expenses may be paid by another."""
    asked = Approval.objects.filter(reference=payload["reference"], kind=FILE, state__in=_UNSIGNED).first()
    if asked is not None:
        services.give_up_file(asked.subject)


@merging.mover
def move_expenses(old: Customer, new: Customer) -> dict[str, int]:
    return {"expenses": Expense.objects.filter(customer=old).update(customer=new)}
