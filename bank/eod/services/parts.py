"""One part of a close: done in one database transaction with the place it reached, or not at all.

Whoever does a part holds the advisory lock ``eod``, the run's row and the step's row until it is
committed. So of two that try, one does the part and the other, by its own choice, goes away or
waits and does the part after it.
"""

import logging
from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

from django.db import connection, transaction

from bank.audit import services as audit
from bank.eod import agenda, rules
from bank.eod.errors import StepMissing, StepStuck
from bank.eod.models import Run, RunStep, StepNote
from bank.eod.rules import RunState, StepState
from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.runtime import locks, outbox
from bank.runtime.steps import Part, Step

CLOSED = "eod.closed"
"""The fact told when a business date is closed, its opening steps included."""

_log = logging.getLogger(__name__)

Watch: TypeAlias = Callable[[RunStep], None]


class Outcome(Enum):
    """What came of asking for the next part."""

    DONE = "DONE"
    BUSY = "BUSY"
    ENDED = "ENDED"


def do_next(run: Run, *, wait: bool, watch: Watch) -> Outcome:
    """Does the next part of a run, or begins its next step, or finishes it.

    ``BUSY`` when another does a part right now and ``wait`` is off; ``ENDED`` when the run is done
    or stopped, by whomever. A part that raises stops the run with the reason; nothing of the part
    stays, everything before it does.
    """
    with transaction.atomic():
        if not take_lock(wait=wait):
            return Outcome.BUSY
        standing = Run.objects.select_for_update().get(pk=run.pk)
        if standing.state != RunState.RUNNING:
            return Outcome.ENDED
        step = _next_step(standing)
        if step is None:
            _finish(standing)
            return Outcome.ENDED
        _advance(standing, step)
    watch(step)
    return Outcome.DONE


def take_lock(*, wait: bool) -> bool:
    """Takes the close of business for this database transaction; without ``wait`` only if it is free."""
    if wait:
        locks.hold_until_commit(rules.LOCK)
        return True
    return locks.try_until_commit(rules.LOCK)


def _next_step(run: Run) -> RunStep | None:
    return run.steps.exclude(state__in=rules.ENDED).select_for_update().order_by("phase", "code").first()


def _advance(run: Run, step: RunStep) -> None:
    """Begins a step, or does a part of one that has begun: so that others see it before its first part."""
    try:
        with transaction.atomic():
            known = agenda.step(step.code)
            if known is None:
                raise StepMissing(date=run.business_date, step=step.code)
            if step.state == StepState.RUNNING:
                _work(run, step, known)
            else:
                _begin(run, step, known)
    except Exception as error:
        _log.exception("the close of %s stopped at %s", run.business_date, step.code)
        _stop(run, step, error)


def _begin(run: Run, step: RunStep, known: Step) -> None:
    now = clock.now()
    if not known.due(run.day):
        step.state, step.started_at, step.finished_at = StepState.SKIPPED.value, now, now
    else:
        step.state, step.last_error = StepState.RUNNING.value, ""
        step.started_at = step.started_at or now
        step.total = known.count(run.day) if step.parts == 0 else step.total
    step.save()


def _work(run: Run, step: RunStep, known: Step) -> None:
    part = _part(run, step, known)
    if part.cursor is not None and part.cursor == step.cursor and not (part.done or part.failed):
        raise StepStuck(step=step.code, cursor=part.cursor)
    _note(step, part)
    step.done += part.done
    step.failed += part.failed
    step.parts += 1
    step.worked_at = clock.now()
    if part.cursor is None:
        step.state, step.finished_at = StepState.DONE.value, step.worked_at
    else:
        step.cursor = part.cursor
    step.save()


def _part(run: Run, step: RunStep, known: Step) -> Part:
    """The step's own work, again from where it began when it lost a race for locks (status 503)."""
    for attempt in range(1, rules.TRIES + 1):
        try:
            with transaction.atomic():
                part = known.work(run.day, step.cursor)
                connection.check_constraints()
                return part
        except BankError as refusal:
            if refusal.status != 503 or attempt == rules.TRIES:
                raise
    raise AssertionError("unreachable")


def _note(step: RunStep, part: Part) -> None:
    room = rules.NOTES_AT_MOST - step.notes.count() if part.notes else 0
    StepNote.objects.bulk_create(
        StepNote(step=step, subject=note.subject[:100], reason=note.reason[: rules.REASON_LETTERS])
        for note in part.notes[: max(room, 0)]
    )


def _stop(run: Run, step: RunStep, error: Exception) -> None:
    """The step as it was before the part, with the reason; the run waits to be taken up again."""
    step.refresh_from_db()
    step.state, step.last_error = StepState.FAILED.value, _reason(error)
    step.save(update_fields=["state", "last_error"])
    run.state, run.fault = RunState.FAILED.value, f"{step.code}: {step.last_error}"[: rules.REASON_LETTERS]
    run.save(update_fields=["state", "fault"])
    record("EOD_STOPPED", run, step=step.code)


def _reason(error: Exception) -> str:
    """A refusal's own sentence; of a fault its kind and first line, whose details go to the log alone."""
    said = str(error).strip() or "no reason given"
    told = f"{error.code}: {said}" if isinstance(error, BankError) else f"{type(error).__name__}: {said}"
    return told.splitlines()[0][: rules.REASON_LETTERS]


def _finish(run: Run) -> None:
    run.state, run.fault, run.finished_at = RunState.DONE.value, "", clock.now()
    run.save(update_fields=["state", "fault", "finished_at"])
    record("EOD_FINISHED", run, next_date=run.next_date.isoformat())
    told = {"business_date": run.business_date.isoformat(), "next_date": run.next_date.isoformat()}
    outbox.emit(CLOSED, told)


def record(action: str, run: Run, **detail: object) -> None:
    audit.record(
        action, actor=None, subject_type="BUSINESS_DATE", subject_id=str(run.business_date), detail=detail
    )
