"""Gathers acts from the audit trail; notes that a trail was taken away."""

from typing import Final

from django.db import transaction

from bank.audit import services as audit
from bank.audit.models import AuditLink, AuditRecord
from bank.cif.models import Customer
from bank.identity.models import User
from bank.runtime import locks
from bank.trail import readers
from bank.trail.models import Act, Reach
from bank.trail.wording import SHOWN

_LOCK: Final = "trail.gather"


@transaction.atomic
def gather(*, limit: int = 5_000) -> int:
    """Finds the companies of what the chain of the audit trail sealed since; returns how many acts they are.

    Follows the chain, so that a record that commits late is gathered late and none is missed. Runs alone.
    """
    if not locks.try_until_commit(_LOCK):
        return 0
    reach = Reach.objects.first() or Reach()
    fresh = AuditLink.objects.filter(position__gt=reach.position).order_by("position")[:limit]
    order = dict(fresh.values_list("record_id", "position"))
    if not order:
        return 0
    made = Act.objects.bulk_create(_acts(order), ignore_conflicts=True)
    reach.position = max(order.values())
    reach.save()
    return len(made)


def note_export(*, user: User, customer: Customer, lines: int) -> None:
    """Who takes the trail away is in it."""
    audit.record(
        "TRAIL_EXPORTED", actor=user, subject_type="CUSTOMER", subject_id=customer.cif,
        detail={"lines": lines},
    )  # fmt: skip


def _acts(order: dict[int, int]) -> list[Act]:
    shown = AuditRecord.objects.filter(pk__in=order, action__in=SHOWN).select_related("actor")
    records = sorted(shown, key=lambda one: order[one.pk])
    companies = readers.companies_of(records)
    return [_act(one, companies[one.pk]) for one in records if one.pk in companies]


def _act(record: AuditRecord, company: int) -> Act:
    actor = record.actor
    by_bank = actor is None or actor.is_staff
    return Act(
        customer_id=company,
        record=record,
        at=record.at,
        kind=SHOWN[record.action].value,
        actor=None if by_bank else actor,
        by_bank=by_bank,
    )
