"""What bookkeeping does when a day closes: parts of schedules, the revaluation, the year's result."""

from django.utils.translation import gettext_lazy as _

from bank.audit import services as audit
from bank.bookkeeping.errors import RateMissing
from bank.bookkeeping.services import periods, rates, schedules
from bank.runtime.steps import Day, Note, Part, Phase, Step

PARTS_AT_ONCE = 500


def book_schedules(day: Day, cursor: str) -> Part:
    """Books the parts of accruals and prepayments that are due; refused ones stay due and are noted."""
    booked, refused, last = schedules.book_due(day=day.last, after=int(cursor or 0), limit=PARTS_AT_ONCE)
    notes = tuple(Note(part, reason) for part, reason in refused)
    return Part(booked, None if last is None else str(last), len(refused), notes)


def revalue(day: Day, cursor: str) -> Part:
    """Revalues the foreign exchange position at the day's rates. Without a rate nothing is booked, which is
    noted: the next day's revaluation makes up for it."""
    try:
        kept = rates.revalue(day=day.business_date)
    except RateMissing as missing:
        audit.record(
            "FX_NOT_REVALUED",
            actor=None,
            subject_type="REVALUATION",
            subject_id=day.business_date.isoformat(),
            detail={"reason": missing.message},
        )
        return Part(done=0, failed=1, notes=(Note(day.business_date.isoformat(), missing.message),))
    return Part(done=int(kept is not None))


def close_year(day: Day, cursor: str) -> Part:
    """Moves the year's income and expense to retained earnings, in every currency."""
    return Part(done=len(periods.close_year(year=day.business_date.year)))


STEPS = (
    Step(
        code="BOOK_SCHEDULES",
        title=_("Accruals and prepayments"),
        phase=Phase.ACCRUE,
        work=book_schedules,
        count=lambda day: schedules.due_count(day.last),
    ),
    Step(
        code="FX_REVALUATION",
        title=_("Revaluation of foreign currency"),
        phase=Phase.REVALUE,
        work=revalue,
    ),
    Step(
        code="YEAR_RESULT",
        title=_("Result of the year to retained earnings"),
        phase=Phase.REVALUE,
        work=close_year,
        due=lambda day: day.ends_year,
    ),
)
