"""The close of business of the demonstration's days, by the real steps, kept as closes in staff's console.

Every day interest accrues and the date rolls. As a month ends, and before the last day, everything else
is done too: interest paid, fees charged, deposits carried on, schedules booked, the position revalued,
the books tied out and balances kept.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from bank import ledger
from bank.accounts import eod as accounts
from bank.bookkeeping import eod as bookkeeping
from bank.deposits import eod as deposits
from bank.eod.models import Run, RunStep, StepNote
from bank.eod.rules import RunState, StepState
from bank.interest import eod as interest
from bank.kernel import clock
from bank.ledger import eod as books
from bank.runtime.steps import Day, Note, Part, Phase, Step

_ALL: Final = (interest.STEPS, accounts.STEPS, bookkeeping.STEPS, deposits.STEPS, books.STEPS)
_MONTHLY: Final = sorted((step for steps in _ALL for step in steps), key=lambda step: (step.phase, step.code))
_EVENING: Final = time(22)


def _roll(day: Day, cursor: str) -> Part:
    """Moves the date alone; balances are kept as a month ends."""
    ledger.roll_business_date(to=day.next_date)
    return Part(1)


_DAILY: Final = [
    *(step for step in interest.STEPS if step.code == "ACCRUE"),
    *(Step(step.code, step.title, Phase.ROLL, _roll) for step in books.STEPS if step.code == "ROLL"),
]


@dataclass(slots=True)
class _Kept:
    """What the rows of a close say of a step; ``shift`` puts its moments into the evening of its day."""

    row: RunStep
    shift: timedelta
    notes: list[Note] = field(default_factory=list)

    def now(self) -> datetime:
        return clock.now() + self.shift


def ends_month(day: date) -> bool:
    return _closing(day).ends_month


def is_whole(day: date, end: date) -> bool:
    """Whether everything is done as ``day`` ends, and balances are kept. The ``end`` itself stays open."""
    return day < end and (ends_month(day) or _closing(day).next_date == end)


@transaction.atomic
def close(day: date, end: date) -> None:
    """Ends a business date and opens the next, with the row that says so: all of it or nothing."""
    began = timezone.make_aware(datetime.combine(day, _EVENING))
    shift, closing = began - clock.now(), _closing(day)
    steps = _MONTHLY if is_whole(day, end) else _DAILY
    kept = [_run(step, closing, shift) for step in steps]
    _keep(closing, began, kept, clock.now() + shift)


def _closing(day: date) -> Day:
    return Day(day, day + timedelta(days=1))


def _run(step: Step, day: Day, shift: timedelta) -> _Kept:
    is_due = step.due(day)
    state = StepState.DONE if is_due else StepState.SKIPPED
    row = RunStep(code=step.code, title=str(step.title)[:120], phase=step.phase.value, state=state.value)
    kept = _Kept(row, shift)
    row.started_at, row.total = kept.now(), step.count(day) if is_due else None
    cursor: str | None = "" if is_due else None
    while cursor is not None:
        part = step.work(day, cursor)
        row.cursor, cursor = cursor, part.cursor
        _add(kept, part)
    row.finished_at = kept.now()
    return kept


def _add(kept: _Kept, part: Part) -> None:
    row = kept.row
    row.parts, row.done, row.failed = row.parts + 1, row.done + part.done, row.failed + part.failed
    row.worked_at = kept.now()
    kept.notes += part.notes


def _keep(day: Day, began: datetime, steps: list[_Kept], ended: datetime) -> None:
    """The close as staff see it afterwards, begun by the schedule."""
    run = Run.objects.create(
        business_date=day.business_date,
        next_date=day.next_date,
        state=RunState.DONE.value,
        started_at=began,
        finished_at=ended,
    )
    for one in steps:
        one.row.run = run
    RunStep.objects.bulk_create(one.row for one in steps)
    StepNote.objects.bulk_create(
        StepNote(step=one.row, subject=note.subject[:100], reason=note.reason)
        for one in steps
        for note in one.notes
    )
