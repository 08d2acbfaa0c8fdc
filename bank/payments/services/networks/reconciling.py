"""The proof that both sides meet: a network's own record of a day beside our orders and arrivals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from bank.audit import services as audit
from bank.kernel import clock
from bank.kernel.money import Money
from bank.payments.models import (
    IncomingPayment,
    IncomingStep,
    NetworkDay,
    NetworkDifference,
    NetworkEvent,
    NetworkMessage,
    PaymentEvent,
    PaymentOrder,
)
from bank.payments.network import NetworkEntry
from bank.payments.rules import Difference, EventOutcome, IncomingStatus, MessagePurpose, PaymentStatus
from bank.payments.selectors import day_of
from bank.payments.services.networks.found import available, network_rail

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ours:
    """A movement as our books have it. ``names`` are what the network may call it by."""

    names: frozenset[str]
    reference: str
    amount: Money
    day: date


@transaction.atomic
def reconcile(rail_code: str, day: date) -> NetworkDay:
    """Compares a day; what differs is kept for staff, what was closed by them stays closed.

    A movement that is on the day before or after here, as happens around midnight, meets. Raises
    ``NotFound``, and what the network's record of the day cannot be had for.
    """
    way = network_rail(rail_code)
    theirs = way.day(day.isoformat())
    matched, found = _compare(day, _ours(way.code, day), theirs)
    made, _new = NetworkDay.objects.update_or_create(
        rail=way.code,
        day=day,
        defaults={"matched": matched, "differing": len(found), "made_at": clock.now()},
    )
    closed = {_name(one) for one in made.differences.exclude(closed_at=None)}
    made.differences.filter(closed_at=None).delete()
    for one in found:
        one.network_day = made
    NetworkDifference.objects.bulk_create(one for one in found if _name(one) not in closed)
    detail = {"matched": matched, "differing": len(found)}
    audit.record(
        "NETWORK_DAY_RECONCILED",
        actor=None,
        subject_type="network_day",
        subject_id=f"{way.code} {day}",
        detail=detail,
    )
    return made


def reconcile_yesterday() -> int:
    """Yesterday of every rail that is set up; returns how many were compared."""
    yesterday = day_of(clock.now()) - _DAY
    return sum(reconcile(way.code, yesterday) is not None for way in available())


def _compare(
    day: date, ours: list[Ours], theirs: Iterable[NetworkEntry]
) -> tuple[int, list[NetworkDifference]]:
    open_here, matched, found = list(ours), 0, []
    for entry in theirs:
        here = _meeting(entry, open_here)
        if here is None:
            found.append(_difference(Difference.MISSING_HERE, None, entry))
            continue
        open_here.remove(here)
        if here.amount == entry.amount:
            matched += 1
        else:
            found.append(_difference(Difference.AMOUNT, here, entry))
    found += [_difference(Difference.MISSING_THERE, here, None) for here in open_here if here.day == day]
    return matched, found


def _meeting(entry: NetworkEntry, ours: list[Ours]) -> Ours | None:
    """The movement of ours the entry is about: by a name, in the same direction."""
    names = {entry.reference, entry.network_reference} - {""}
    same_way = (one for one in ours if one.amount.is_positive == entry.amount.is_positive)
    return next((one for one in same_way if one.names & names), None)


def _difference(kind: Difference, here: Ours | None, there: NetworkEntry | None) -> NetworkDifference:
    amounts = [one.amount for one in (here, there) if one is not None]
    return NetworkDifference(
        kind=kind,
        reference=here.reference if here else (there.reference[:35] if there else ""),
        network_reference=there.network_reference[:64] if there else "",
        currency=amounts[0].currency,
        ours=here.amount.amount if here else None,
        theirs=there.amount.amount if there else None,
    )


def _name(one: NetworkDifference) -> tuple[str, str, str]:
    return one.kind, one.reference, one.network_reference


def _ours(rail_code: str, day: date) -> list[Ours]:
    """Our movements by the rail on the day, and on those beside it."""
    zone = timezone.get_default_timezone()
    start, end = (datetime.combine(one, time(), zone) for one in (day - _DAY, day + 2 * _DAY))
    made = (find(rail_code, start, end) for find in (_settled, _returned, _came))
    return [one for found in made for one in found]


def _settled(rail_code: str, start: datetime, end: datetime) -> Iterator[Ours]:
    orders = PaymentOrder.objects.filter(rail=rail_code, settled_at__gte=start, settled_at__lt=end)
    for order in orders.iterator():
        names = frozenset({order.reference, order.network_reference, str(order.uetr)}) - {""}
        assert order.settled_at is not None
        yield Ours(names, order.reference, -order.money, day_of(order.settled_at))


def _returned(rail_code: str, start: datetime, end: datetime) -> Iterator[Ours]:
    steps = PaymentEvent.objects.filter(
        order__rail=rail_code, status=PaymentStatus.RETURNED, at__gte=start, at__lt=end
    )
    for step in steps.select_related("order"):
        order = step.order
        told = NetworkEvent.objects.filter(
            kind="Returned", reference=order.reference, outcome=EventOutcome.APPLIED
        )
        named = {str(one.told.get("network_reference", "")) for one in told}
        names = frozenset({order.reference, *named}) - {""}
        amount = Money(order.returned or order.amount, order.currency)
        yield Ours(names, order.reference, amount, day_of(step.at))


def _came(rail_code: str, start: datetime, end: datetime) -> Iterator[Ours]:
    steps = IncomingStep.objects.filter(payment__rail=rail_code, at__gte=start, at__lt=end)
    for step in steps.select_related("payment").order_by("pk"):
        payment = step.payment
        names = frozenset({payment.network_reference, payment.uetr, payment.reference}) - {""}
        if step.status == IncomingStatus.RETURNED:
            names |= _ways_back(payment)
            yield Ours(names, payment.reference, -payment.money, day_of(step.at))
        elif step.pk == payment.steps.order_by("pk").values_list("pk", flat=True)[0]:
            yield Ours(names, payment.reference, payment.money, day_of(step.at))


def _ways_back(payment: IncomingPayment) -> frozenset[str]:
    """The messages that gave it back, by whose keys the network may know the movement."""
    messages = NetworkMessage.objects.filter(
        rail=payment.rail, purpose=MessagePurpose.GIVE_BACK, references__contains=[payment.reference]
    )
    return frozenset(messages.values_list("key", flat=True))
