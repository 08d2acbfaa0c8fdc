"""From one business date to the next: what is closed, in which order, by whom."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from bank import ledger
from bank.audit import services as audit
from bank.eod import agenda, holidays, rules, selectors
from bank.eod.errors import DateClosed, DateNotReached, NotABusinessDate
from bank.eod.models import Run, RunStep
from bank.eod.rules import RunState
from bank.eod.services import parts
from bank.eod.services.parts import Outcome, Watch
from bank.identity.models import User
from bank.kernel import clock
from bank.runtime import outbox

REQUESTED: Final = "eod.requested"
"""The fact told when somebody of the staff asks for a close."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What a call did: the closes it had part in, oldest first; ``is_busy`` when another is at it."""

    runs: tuple[Run, ...]
    is_busy: bool = False

    @property
    def stopped(self) -> Run | None:
        """The close that stopped with a reason, if one did: no later date was begun."""
        return next((run for run in self.runs if run.state == RunState.FAILED), None)


def _nobody(_step: RunStep) -> None:
    """Watches nothing."""


def close(
    *,
    date: date | None = None,
    through: date | None = None,
    by: User | None = None,
    wait: bool = False,
    ahead: bool = False,
    watch: Watch = _nobody,
) -> Closing:
    """Closes the business date, and before it whatever earlier date is not closed, in order.

    ``date`` is the business date to close last, ``through`` a day up to which all are; by default
    today. A close that stopped or was killed is gone on with where it stood. Each part is one
    database transaction: what a step posts is kept with its place. With ``wait`` a part another
    does is waited for and the close gone on with together; without it the call ends, ``is_busy``.
    Raises DateClosed and NotABusinessDate for ``date``, and DateNotReached for days to come unless
    ``ahead`` (to try them out); then nothing is done.
    """
    last = _checked(date) if date is not None else through or today()
    if last > today() and not ahead:
        raise DateNotReached(date=last, business_date=ledger.business_date(), today=today())
    runs: list[Run] = []
    while True:
        closing = close_next(through=last, by=by, wait=wait, watch=watch)
        runs += closing.runs
        if closing.is_busy or closing.stopped or not closing.runs:
            return Closing(tuple(runs), closing.is_busy)


def close_next(
    *, through: date, by: User | None = None, wait: bool = False, watch: Watch = _nobody
) -> Closing:
    """Closes the earliest business date that is not closed, if it is no later than ``through``."""
    with transaction.atomic():
        if not parts.take_lock(wait=wait):
            return Closing((), is_busy=True)
        run = _taken_up(through, by)
    if run is None:
        return Closing(())
    outcome = Outcome.DONE
    while outcome is Outcome.DONE:
        outcome = parts.do_next(run, wait=wait, watch=watch)
    run.refresh_from_db()
    return Closing((run,), is_busy=outcome is Outcome.BUSY)


@transaction.atomic
def request(*, by: User) -> date:
    """Somebody of the staff has the close begun, or gone on with; Celery does it. Returns what is closed.

    Raises DateNotReached where the business date is still to come.
    """
    standing = selectors.unfinished()
    day = standing.business_date if standing else ledger.business_date()
    if standing is None and day > today():
        raise DateNotReached(date=day, business_date=day, today=today())
    last = max(day, today())
    audit.record(
        "EOD_REQUESTED",
        actor=by,
        subject_type="BUSINESS_DATE",
        subject_id=str(day),
        detail={"through": str(last)},
    )
    outbox.emit(REQUESTED, {"through": last.isoformat(), "by": by.pk})
    return day


def today() -> date:
    """The calendar day where the bank is."""
    return clock.today()


def _checked(day: date) -> date:
    """``day`` if it is a business date that is not closed yet."""
    standing = selectors.unfinished()
    open_date = standing.business_date if standing else ledger.business_date()
    calendar = selectors.calendar()
    if day < open_date:
        raise DateClosed(date=day, business_date=ledger.business_date())
    if day != open_date and not calendar.is_business_day(day):
        raise NotABusinessDate(date=day, instead=rules.stands_for(calendar, day))
    return day


def _taken_up(through: date, by: User | None) -> Run | None:
    """The close that is not finished, else that of the business date, begun; under the lock."""
    run = selectors.unfinished()
    if run is None:
        business_date = ledger.business_date()
        return _begun(business_date, by) if business_date <= through else None
    if run.business_date > through:
        return None
    if run.state == RunState.FAILED:
        run.state, run.fault = RunState.RUNNING.value, ""
        run.save(update_fields=["state", "fault"])
        _record("EOD_RESUMED", run, by)
    _add_steps(run)
    return run


def _begun(business_date: date, by: User | None) -> Run:
    holidays.refresh()
    next_date = rules.next_business_date(selectors.calendar(), business_date)
    run = Run.objects.create(business_date=business_date, next_date=next_date, started_by=by)
    _add_steps(run)
    _record("EOD_STARTED", run, by)
    return run


def _add_steps(run: Run) -> None:
    """Lists the installed steps, one that came since only where none after it has begun yet."""
    there = {step.code: step for step in run.steps.all()}
    begun = [(step.phase, step.code) for step in there.values() if step.started_at is not None]
    reached = max(begun, default=(0, ""))
    RunStep.objects.bulk_create(
        RunStep(run=run, code=step.code, title=str(step.title)[:120], phase=step.phase.value)
        for step in agenda.steps()
        if step.code not in there and (step.phase.value, step.code) > reached
    )


def _record(action: str, run: Run, by: User | None) -> None:
    audit.record(action, actor=by, subject_type="BUSINESS_DATE", subject_id=str(run.business_date), detail={})
