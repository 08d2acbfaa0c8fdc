"""Amounts spread over months: making a schedule, booking what is due, cancelling the rest, reversing it."""

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

from django.db import transaction
from django.db.models import QuerySet

from bank import ledger
from bank.audit import services as audit
from bank.bookkeeping import postings, rules
from bank.bookkeeping.errors import ScheduleOver, ScheduleReversed
from bank.bookkeeping.models import Journal, Schedule, SchedulePart
from bank.bookkeeping.rules import Origin, ScheduleKind, Spread
from bank.bookkeeping.selectors import journals
from bank.bookkeeping.services import journals as booking
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money

Refused: TypeAlias = tuple[str, str]
"""A part by its reference, and why the ledger would not have it."""


@transaction.atomic
def make(
    *,
    reference: str,
    kind: ScheduleKind,
    debit: str,
    credit: str,
    amount: Money,
    from_date: date,
    to_date: date,
    spread: Spread,
    narrative: str,
    maker: User,
    checker: User,
    command: str,
) -> Schedule:
    """Keeps the schedule with its parts; nothing is booked until their days. Raises ``JournalUnusable``."""
    made = Schedule.objects.create(
        reference=reference,
        kind=kind,
        debit=debit,
        credit=credit,
        amount=amount.amount,
        currency=amount.currency,
        from_date=from_date,
        to_date=to_date,
        spread=spread,
        narrative=narrative,
        maker=maker,
        checker=checker,
        command=command,
    )
    SchedulePart.objects.bulk_create(
        SchedulePart(schedule=made, number=n, due_date=part.due_date, amount=part.amount.amount)
        for n, part in enumerate(rules.spread_over(amount, from_date, to_date, spread), 1)
    )
    audit.record(
        "SCHEDULE_MADE",
        actor=checker,
        subject_type="SCHEDULE",
        subject_id=reference,
        detail={"amount": str(amount), "command": command},
    )
    return made


@transaction.atomic
def cancel(*, schedule: Schedule, reason: str, actor: User) -> Schedule:
    """Parts that are not booked yet never will be; those booked stay, each can be reversed as a journal.

    Raises ``ScheduleOver``.
    """
    locked = Schedule.objects.select_for_update().get(pk=schedule.pk)
    if locked.cancelled_at is not None or not locked.parts.filter(journal__isnull=True).exists():
        raise ScheduleOver(reference=locked.reference)
    locked.cancelled_at, locked.cancel_reason = clock.now(), reason
    locked.save(update_fields=["cancelled_at", "cancel_reason"])
    audit.record(
        "SCHEDULE_CANCELLED",
        actor=actor,
        subject_type="SCHEDULE",
        subject_id=locked.reference,
        detail={"reason": reason},
    )
    return locked


@transaction.atomic
def reverse(*, schedule: Schedule, reason: str, maker: User, checker: User, command: str) -> list[Journal]:
    """Takes back what is booked of a schedule, part by part, and cancels the rest; all of it or nothing.

    Each contra entry has value as :func:`bank.bookkeeping.services.journals.reverse` says. Raises
    ``ScheduleReversed``, and what ``ledger.reverse`` raises.
    """
    locked = Schedule.objects.select_for_update().get(pk=schedule.pk)
    standing = journals.standing_parts(locked)
    if not standing:
        raise ScheduleReversed(reference=locked.reference)
    made = [
        booking.reverse(
            journal=part, reference=f"{part.reference}R", maker=maker, checker=checker, command=command
        )
        for part in standing
    ]
    if locked.cancelled_at is None and locked.parts.filter(journal__isnull=True).exists():
        cancel(schedule=locked, reason=reason, actor=checker)
    return made


def due_count(day: date) -> int:
    return _due(day).count()


@transaction.atomic
def book_due(*, day: date, after: int, limit: int) -> tuple[int, list[Refused], int | None]:
    """Books up to ``limit`` parts that are due by ``day`` with an id above ``after``, as one batch.

    Returns how many were booked, what the ledger refused, and the last id (None when there are no
    more). A refused part stays due, with its reason on the audit trail.
    """
    due = list(_due(day).filter(pk__gt=after).select_for_update(of=("self", "schedule"))[:limit])
    outcomes = ledger.post([_entry(part) for part in due], outcome="EACH") if due else []
    booked, refused = [], []
    for part, outcome in zip(due, outcomes, strict=True):
        if outcome.entry_id is not None:
            booked.append((part, outcome.entry_id))
        elif outcome.refusal is not None:
            _note_refusal(part, outcome.refusal)
            refused.append((f"{part.schedule.reference}/{part.number}", outcome.refusal.message))
    _keep(booked)
    return len(booked), refused, due[-1].pk if len(due) == limit else None


def _due(day: date) -> QuerySet[SchedulePart]:
    return (
        SchedulePart.objects.filter(
            due_date__lte=day, journal__isnull=True, schedule__cancelled_at__isnull=True
        )
        .select_related("schedule")
        .order_by("id")
    )


def _entry(part: SchedulePart) -> ledger.Entry:
    schedule = part.schedule
    return postings.schedule_part(
        schedule=schedule.reference,
        number=part.number,
        debit=schedule.debit,
        credit=schedule.credit,
        amount=Money(part.amount, schedule.currency),
        due_date=part.due_date,
        narrative=_said(part),
    )


def _said(part: SchedulePart) -> str:
    return f"{part.schedule.narrative}, {part.due_date:%Y-%m}"


def _keep(booked: Sequence[tuple[SchedulePart, int]]) -> None:
    """Each part has a journal of its own, so that it can be looked up and reversed like any other."""
    kept = Journal.objects.bulk_create(
        Journal(
            reference=f"{part.schedule.reference}/{part.number}",
            origin=Origin.SCHEDULE,
            narrative=_said(part),
            value_date=part.due_date,
            entry_id=entry_id,
            maker_id=part.schedule.maker_id,
            checker_id=part.schedule.checker_id,
            command=part.schedule.command,
        )
        for part, entry_id in booked
    )
    for (part, _), journal in zip(booked, kept, strict=True):
        part.journal = journal
    SchedulePart.objects.bulk_update([part for part, _ in booked], ["journal"])


def _note_refusal(part: SchedulePart, refusal: BankError) -> None:
    audit.record(
        "SCHEDULE_PART_REFUSED",
        actor=None,
        subject_type="SCHEDULE",
        subject_id=part.schedule.reference,
        detail={"part": part.number, "reason": refusal.code},
    )
