"""What payments by an invoice's pay link keep from being paid by others, and for how long.

Whoever has the link can begin a payment that then waits, for others' signatures or for the bank: what has not
left an account keeps its part for an hour, once a day for each payer, so that nobody can hold an invoice
up. What is being sent keeps it until its network has answered. A payment that waits longer can still be
made while the invoice is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bank.invoicing.models import Invoice
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments import selectors as payments
from bank.payments.models import PaymentOrder
from bank.payments.rules import PaymentStatus

KEPT_FOR: Final = timedelta(hours=1)
ONCE_IN: Final = timedelta(days=1)
_LEAVING: Final = frozenset({PaymentStatus.ACCEPTED, PaymentStatus.RELEASED, PaymentStatus.SENT})
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Reservation:
    """A payment for the invoice that has not settled: ``until`` when it keeps its part, None while it is
    being sent; ``is_kept`` tells whether it keeps anything now."""

    order: PaymentOrder
    until: datetime | None
    is_kept: bool

    @property
    def money(self) -> Money:
        return self.order.money

    @property
    def is_looked_at(self) -> bool:
        """Whether it is the bank it waits for."""
        return self.until is not None and payments.is_held(self.order)


def of(invoice: Invoice) -> list[Reservation]:
    """The payments by the link that have not settled and may, the oldest first."""
    now, found = clock.now(), []
    last: dict[int, datetime] = {}
    for order in _by_link(invoice):
        payer = order.debtor_account.customer_id
        if order.status in _LEAVING:
            found.append(Reservation(order, None, is_kept=True))
            continue
        is_first = payer not in last or order.initiated_at - last[payer] > ONCE_IN
        if is_first:
            last[payer] = order.initiated_at
        if order.status == PaymentStatus.AWAITING_APPROVAL:
            until = order.initiated_at + KEPT_FOR
            found.append(Reservation(order, until, is_kept=is_first and now < until))
    return found


def under_way(invoice: Invoice, *, but: PaymentOrder | None = None) -> Money:
    """What is kept from others now, but for one payment's part."""
    kept = [
        one.money.amount for one in of(invoice) if one.is_kept and (but is None or one.order.pk != but.pk)
    ]
    return Money(sum(kept, Decimal(0)), invoice.currency)


def waiting_of(invoice: Invoice, customer_id: int) -> PaymentOrder | None:
    """The payer's payment for it that waits, whether it still keeps its part or not."""
    waits = PaymentStatus.AWAITING_APPROVAL
    for one in of(invoice):
        if one.order.status == waits and one.order.debtor_account.customer_id == customer_id:
            return one.order
    return None


def _by_link(invoice: Invoice) -> Sequence[PaymentOrder]:
    """Those that ever waited, or are under way; settled ones are money that came in."""
    made = PaymentOrder.objects.select_related("debtor_account").filter(
        creditor_account__number=invoice.account_number,
        end_to_end_id=invoice.number,
        remittance=invoice.reference,
        currency=invoice.currency,
    )
    return list(made.exclude(status=PaymentStatus.SETTLED).order_by("pk")[:_MOST])
