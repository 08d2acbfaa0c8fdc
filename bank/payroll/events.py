"""Subscribers: a paid file may be a payroll. Safe to repeat."""

from typing import Any
from uuid import UUID

from bank.cif.errors import MergeRefused
from bank.cif.models import Customer
from bank.cif.services import merging
from bank.payments.models import PaymentFile
from bank.payments.services.file_release import LINE_TOPIC, PAID_TOPIC
from bank.payroll import services
from bank.payroll.models import Employee, Run
from bank.payroll.services import runs
from bank.runtime import outbox, topics

topics.declare(runs.PAID, "A payroll was paid.", kept_inside=True, run_id=topics.UUID)


@outbox.subscriber(LINE_TOPIC)
@outbox.subscriber(PAID_TOPIC)
def look_at_file(_message_id: UUID, payload: dict[str, Any]) -> None:
    file = PaymentFile.objects.filter(reference=payload["reference"]).first()
    if file is not None:
        services.note_outcome(file)


@merging.mover
def move_payroll(old: Customer, new: Customer) -> dict[str, int]:
    """Employees pass with their wages. A month is paid once, so two payrolls never become one: raises
    ``MergeRefused`` where both companies have one."""
    if not Employee.objects.filter(customer=old).exists():
        return {}
    if Employee.objects.filter(customer=new).exists():
        raise MergeRefused(problem="Both companies run a payroll. Two payrolls cannot become one.")
    people = Employee.objects.filter(customer=old).update(customer=new)
    return {"employees": people, "payroll runs": Run.objects.filter(customer=old).update(customer=new)}
