"""Reads what came in to a collection number: from accounts here, and through networks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bank.accounts.models import CollectionNumber
from bank.kernel.money import Money
from bank.payments.models import IncomingPayment, PaymentOrder
from bank.payments.rules import IncomingStatus, PaymentStatus

MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Collected:
    """A payment to the number; ``message`` is what its payer wrote, without what the number stands for."""

    at: datetime
    payer: str
    amount: Money
    message: str
    reference: str


def collected(number: CollectionNumber) -> list[Collected]:
    """The latest payments to a number the caller may see, newest first. Two queries."""
    found = [*_from_here(number), *_through_networks(number)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _from_here(number: CollectionNumber) -> Iterator[Collected]:
    """Inside the bank the order names the account itself; the number's reference leads its message."""
    paid = PaymentOrder.objects.filter(
        creditor_account=number.account,
        status=PaymentStatus.SETTLED.value,
        remittance__startswith=number.reference,
        initiated_at__date__gte=number.opened_date,
    )
    for one in paid.order_by("-id")[:MOST]:
        rest = one.remittance.removeprefix(number.reference)
        if not rest or rest.startswith(" "):
            yield Collected(one.initiated_at, one.debtor_name, one.money, rest.strip(), one.reference)


def _through_networks(number: CollectionNumber) -> Iterator[Collected]:
    came = IncomingPayment.objects.filter(
        creditor_account=number.account,
        creditor_number=number.number,
        status=IncomingStatus.CREDITED.value,
    )
    for one in came.order_by("-id")[:MOST]:
        said = one.remittance.removeprefix(number.reference).strip()
        yield Collected(one.received_at, one.debtor_name, one.money, said, one.reference)
