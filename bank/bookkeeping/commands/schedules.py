"""Accruals and prepayments by maker and checker: made, the rest cancelled, or reversed, each as a whole."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.bookkeeping import rules
from bank.bookkeeping.errors import (
    CustomerAccountInJournal,
    JournalUnusable,
    ScheduleOver,
    ScheduleReversed,
)
from bank.bookkeeping.models import Schedule
from bank.bookkeeping.rules import Line, ScheduleKind, Side, Spread
from bank.bookkeeping.selectors import journals, periods
from bank.bookkeeping.services import schedules as scheduling
from bank.identity import duty
from bank.identity.models import User
from bank.identity.role_rules import Act
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows import services as workflows
from bank.workflows.kinds import Deed
from bank.workflows.models import Command
from bank.workflows.rules import Change

SCHEDULE = "bookkeeping.schedule"
CANCEL = "bookkeeping.cancel_schedule"
REVERSE = "bookkeeping.reverse_schedule"


@dataclass(frozen=True, slots=True)
class MakeSchedule:
    """``amount`` in the currency of the two accounts, spread over the months from one day to another."""

    reference: str
    kind: str
    debit: str
    credit: str
    amount: Decimal
    from_date: date
    to_date: date
    spread: str
    narrative: str


@dataclass(frozen=True, slots=True)
class CancelSchedule:
    schedule: str


@dataclass(frozen=True, slots=True)
class ReverseSchedule:
    schedule: str


def propose(*, schedule: MakeSchedule, reason: str, maker: User) -> Command:
    return workflows.propose(kind=SCHEDULE, payload=schedule, reason=reason, maker=maker)


def propose_cancel(*, schedule: str, reason: str, maker: User) -> Command:
    return workflows.propose(kind=CANCEL, payload=CancelSchedule(schedule), reason=reason, maker=maker)


def propose_reversal(*, schedule: str, reason: str, maker: User) -> Command:
    return workflows.propose(kind=REVERSE, payload=ReverseSchedule(schedule), reason=reason, maker=maker)


def amount_of(asked: MakeSchedule) -> Money:
    """In the currency both accounts share. Raises ``JournalUnusable``, ``CustomerAccountInJournal``."""
    known = journals.require_postable([asked.debit, asked.credit])
    if asked.debit == asked.credit or known[asked.debit].currency != known[asked.credit].currency:
        raise JournalUnusable(problem="Choose two accounts of one currency.")
    for code, one in known.items():
        if one.is_guarded:
            raise CustomerAccountInJournal(account=code)
    return Money.of(asked.amount, known[asked.debit].currency)


def _check(asked: MakeSchedule) -> None:
    if asked.kind not in set(ScheduleKind) or asked.spread not in set(Spread):
        raise JournalUnusable(problem="Choose accrual or prepayment, and how it is spread.")
    amount = amount_of(asked)
    rules.require_balanced(_lines(asked))
    rules.narrative(asked.narrative)
    first = rules.spread_over(amount, asked.from_date, asked.to_date, Spread(asked.spread))[0]
    periods.require_open(first.due_date)
    if Schedule.objects.filter(reference=asked.reference).exists():
        raise JournalUnusable(problem=f"{asked.reference} has been made already.")


def _lines(asked: MakeSchedule) -> list[Line]:
    amount = amount_of(asked)
    return [Line(asked.debit, Side.DEBIT, amount), Line(asked.credit, Side.CREDIT, amount)]


def _difference(asked: MakeSchedule) -> list[Change]:
    parts = rules.spread_over(amount_of(asked), asked.from_date, asked.to_date, Spread(asked.spread))
    said = [
        Change(part.due_date.isoformat(), "", formats.money(part.amount))
        for part in (parts if len(parts) <= 24 else [*parts[:12], parts[-1]])
    ]
    return [
        Change(gettext("Debit"), "", asked.debit),
        Change(gettext("Credit"), "", asked.credit),
        Change(gettext("In all"), "", f"{formats.money(amount_of(asked))}, {len(parts)}"),
        *said,
    ]


def _apply(asked: MakeSchedule, deed: Deed) -> None:
    scheduling.make(
        reference=asked.reference,
        kind=ScheduleKind(asked.kind),
        debit=asked.debit,
        credit=asked.credit,
        amount=amount_of(asked),
        from_date=asked.from_date,
        to_date=asked.to_date,
        spread=Spread(asked.spread),
        narrative=asked.narrative,
        maker=deed.maker,
        checker=deed.checker,
        command=deed.reference,
    )


def _weight(asked: MakeSchedule) -> Money:
    return journals.weight(_lines(asked))


def _allows(asked: MakeSchedule, checker: User) -> None:
    duty.require_within(user=checker, act=Act.JOURNAL, amount=_weight(asked))


def _schedule(asked: CancelSchedule | ReverseSchedule) -> Schedule:
    found = Schedule.objects.filter(reference=asked.schedule).first()
    if found is None:
        raise NotFound(what="schedule")
    return found


def _rest(found: Schedule) -> list[Money]:
    amounts = found.parts.filter(journal__isnull=True).values_list("amount", flat=True)
    return [Money(amount, found.currency) for amount in amounts]


def _check_cancel(asked: CancelSchedule) -> None:
    found = _schedule(asked)
    if found.cancelled_at is not None or not _rest(found):
        raise ScheduleOver(reference=found.reference)


def _cancel_difference(asked: CancelSchedule) -> list[Change]:
    found = _schedule(asked)
    rest = _rest(found)
    left = sum(rest, Money.zero(found.currency))
    return [Change(gettext("Still to be booked"), f"{formats.money(left)}, {len(rest)}", gettext("Nothing"))]


def _apply_cancel(asked: CancelSchedule, deed: Deed) -> None:
    scheduling.cancel(schedule=_schedule(asked), reason=deed.reason, actor=deed.checker)


def _standing(asked: ReverseSchedule) -> Money:
    """What is booked of the schedule and not reversed."""
    found = _schedule(asked)
    numbers = [part.pk for part in journals.standing_parts(found)]
    amounts = found.parts.filter(journal__in=numbers).values_list("amount", flat=True)
    return sum((Money(amount, found.currency) for amount in amounts), Money.zero(found.currency))


def _check_reversal(asked: ReverseSchedule) -> None:
    if _standing(asked).is_zero:
        raise ScheduleReversed(reference=asked.schedule)


def _reversal_difference(asked: ReverseSchedule) -> list[Change]:
    found = _schedule(asked)
    rest = [] if found.cancelled_at else _rest(found)
    return [
        *(
            Change(journal.reference, journal.value_date.isoformat(), gettext("Reversed"))
            for journal in journals.standing_parts(found)
        ),
        Change(gettext("Booked"), formats.money(_standing(asked)), gettext("Nothing")),
        Change(gettext("Still to be booked"), str(len(rest)), gettext("Nothing")),
    ]


def _apply_reversal(asked: ReverseSchedule, deed: Deed) -> None:
    scheduling.reverse(
        schedule=_schedule(asked),
        reason=deed.reason,
        maker=deed.maker,
        checker=deed.checker,
        command=deed.reference,
    )


def _reversal_weight(asked: ReverseSchedule) -> Money:
    found, amount = _schedule(asked), _standing(asked)
    return journals.weight([Line(found.debit, Side.DEBIT, amount), Line(found.credit, Side.CREDIT, amount)])


def _allows_reversal(asked: ReverseSchedule, checker: User) -> None:
    duty.require_within(user=checker, act=Act.JOURNAL, amount=_reversal_weight(asked))


kinds.command(
    SCHEDULE,
    _("Accrual or prepayment"),
    MakeSchedule,
    maker_right="bookkeeping.add_schedule",
    amount=_weight,
    about=("SCHEDULE", "reference"),
    check=_check,
    difference=_difference,
    apply=_apply,
    allows=_allows,
)
kinds.command(
    CANCEL,
    _("Cancelling of a schedule"),
    CancelSchedule,
    maker_right="bookkeeping.change_schedule",
    checker_role="SUPERVISOR",
    lifetime=timedelta(hours=72),
    about=("SCHEDULE", "schedule"),
    check=_check_cancel,
    difference=_cancel_difference,
    apply=_apply_cancel,
)
kinds.command(
    REVERSE,
    _("Reversal of a schedule"),
    ReverseSchedule,
    maker_right="bookkeeping.change_schedule",
    amount=_reversal_weight,
    about=("SCHEDULE", "schedule"),
    check=_check_reversal,
    difference=_reversal_difference,
    apply=_apply_reversal,
    allows=_allows_reversal,
)
