"""Subscribers: what became of the files that pay expenses back. Safe to repeat."""

from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext

from bank.cif.models import Customer
from bank.cif.services import merging
from bank.expenses import services
from bank.expenses.models import Expense
from bank.expenses.rules import State
from bank.expenses.services.claiming import CLAIMED_TOPIC, DECIDED_TOPIC
from bank.payments.errors import FileMadeHere
from bank.payments.models import PaymentFile
from bank.payments.services.file_lines import before_retry
from bank.payments.services.file_release import LINE_TOPIC, PAID_TOPIC
from bank.payments.services.signatures import FILE
from bank.runtime import outbox, topics
from bank.signing.models import Approval
from bank.signing.rules import State as SigningState
from bank.signing.services import DECIDED

topics.declare(
    CLAIMED_TOPIC,
    "Somebody claimed an expense; another may decide on it.",
    order=("expense", "reference"),
    reference=topics.TEXT,
)
topics.declare(
    DECIDED_TOPIC,
    "An expense was approved or rejected.",
    order=("expense", "reference"),
    reference=topics.TEXT,
    state={"enum": [State.APPROVED.value, State.REJECTED.value]},
)
_UNSIGNED: Final = [
    one.value for one in (SigningState.REJECTED, SigningState.WITHDRAWN, SigningState.EXPIRED)
]


@outbox.subscriber(LINE_TOPIC)
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


@before_retry
def leave_expenses(file: PaymentFile, unpaid: frozenset[str]) -> None:
    """What a file did not pay back is approved again: it is paid by another file from there, or by two."""
    if Expense.objects.filter(customer=file.customer, reference__in=unpaid).exists():
        raise FileMadeHere(what=gettext("expenses"))


@merging.mover
def move_expenses(old: Customer, new: Customer) -> dict[str, int]:
    return {"expenses": Expense.objects.filter(customer=old).update(customer=new)}
