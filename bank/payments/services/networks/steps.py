"""The next step of an order, on its timeline and told to whoever listens."""

from typing import Any

from bank.identity.models import User
from bank.payments.models import PaymentEvent, PaymentOrder
from bank.payments.rules import PaymentStatus, check_step
from bank.runtime import outbox

CHANGED_TOPIC = "payments.status_changed"


def locked(reference: str) -> PaymentOrder | None:
    """The order under its row lock, with account and customer; None where there is none."""
    orders = PaymentOrder.objects.select_for_update(of=("self",))
    return orders.select_related("debtor_account__customer").filter(reference=reference).first()


def step(
    order: PaymentOrder,
    status: PaymentStatus,
    *,
    by: User | None = None,
    reason: str = "",
    sentence: str = "",
    **changes: Any,
) -> None:
    """Moves the order on, with ``changes`` of what its network says of it. Raises ``WrongStatus``."""
    check_step(order.status, status)
    order.status = status
    for name, value in changes.items():
        setattr(order, name, value)
    order.save(update_fields=["status", *changes])
    note(order, by=by, reason=reason, sentence=sentence)
    outbox.emit(CHANGED_TOPIC, {"reference": order.reference, "status": status.value})


def note(order: PaymentOrder, *, by: User | None = None, reason: str = "", sentence: str = "") -> None:
    """A line on the timeline that changes no status."""
    PaymentEvent.objects.create(
        order=order, status=order.status, actor=by, reason=reason[:40], sentence=sentence[:300]
    )
