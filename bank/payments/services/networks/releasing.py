"""Orders on their way out: their messages are stored in the database transaction that releases them."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments import routing
from bank.payments.models import PaymentEvent, PaymentOrder
from bank.payments.network import NetworkRail
from bank.payments.rail import Instruction
from bank.payments.rules import MessagePurpose, PaymentStatus
from bank.payments.services.networks import prenotes
from bank.payments.services.networks.found import available
from bank.payments.services.networks.steps import CHANGED_TOPIC
from bank.payments.services.networks.store import keep_outgoing
from bank.runtime import outbox

MOST = 1000


def emit(way: NetworkRail, instructions: Sequence[Instruction]) -> None:
    """Writes the messages that carry booked orders and stores them to be sent."""
    known = prenotes.with_account_types(way, instructions)
    keep_outgoing(way.code, way.emit(known), MessagePurpose.PAYMENT)


def dispatch(way: NetworkRail, order: PaymentOrder, instruction: Instruction) -> None:
    """Sends a booked order off, or has it wait, ACCEPTED, for the next batch or for its rail to open."""
    now = timezone.localtime(clock.now())
    opens_at = routing.next_opening(way.capabilities, now)
    if way.gathers and opens_at is None:
        opens_at = now + timedelta(seconds=settings.NETWORKS_GATHER_S)
    if opens_at is None:
        emit(way, [instruction])
    else:
        order.status, order.release_at = PaymentStatus.ACCEPTED, opens_at


def release_due() -> int:
    """Releases the orders that waited for a batch, or for their rail to open, and beside them the trials of
    payees' accounts; returns how many orders.

    Their money is in transit since they were accepted, so that nothing but the message is missing.
    """
    ways = available()
    for way in ways:
        prenotes.release_waiting(way)
    return sum(_release_of(way) for way in ways)


@transaction.atomic
def _release_of(way: NetworkRail) -> int:
    now = clock.now()
    due = PaymentOrder.objects.select_for_update(of=("self",), skip_locked=True).filter(
        rail=way.code, status=PaymentStatus.ACCEPTED, release_at__lte=now
    )
    orders = list(due.select_related("debtor_account").order_by("pk")[:MOST])
    if not orders:
        return 0
    emit(way, [instruction_of(order) for order in orders])
    PaymentOrder.objects.filter(pk__in=[order.pk for order in orders]).update(
        status=PaymentStatus.RELEASED, release_at=None
    )
    PaymentEvent.objects.bulk_create(
        PaymentEvent(order=order, status=PaymentStatus.RELEASED, at=now) for order in orders
    )
    for order in orders:
        outbox.emit(CHANGED_TOPIC, {"reference": order.reference, "status": PaymentStatus.RELEASED.value})
    return len(orders)


def instruction_of(order: PaymentOrder) -> Instruction:
    """A booked order as its rail needs it; what its charges earn is booked and not told again."""
    return Instruction(
        reference=order.reference,
        debtor_number=order.debtor_number,
        debtor_name=order.debtor_name,
        creditor_number=order.creditor_number,
        creditor_name=order.creditor_name,
        amount=order.money,
        fee=Money(order.fee, order.currency),
        excise=Money(order.excise, order.currency),
        fee_account="",
        excise_account="",
        remittance=order.remittance,
        creditor_agent=order.creditor_agent,
        debtor_agent=order.debtor_agent,
        end_to_end_id=order.end_to_end_id,
        instruction_id=order.instruction_id,
        uetr=str(order.uetr),
        charge_bearer=order.charge_bearer,
        purpose=order.purpose,
        creditor_address=order.creditor_address,
        creditor_country=order.creditor_country,
        creditor_reference=order.creditor_reference,
        ultimate_debtor=order.ultimate_debtor,
        ultimate_creditor=order.ultimate_creditor,
        requested_date=order.execution_date or order.requested_date,
    )
