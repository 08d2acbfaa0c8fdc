"""The close of business of the demonstration's days, by the real steps.

Every day interest accrues and the date rolls. As a month ends, and before the last day, everything else
is done too: interest paid, fees charged, deposits carried on, schedules booked, the position revalued,
the books tied out and balances kept.
"""

from datetime import date, timedelta
from typing import Final

from django.db import transaction

from bank import ledger
from bank.accounts import eod as accounts
from bank.bookkeeping import eod as bookkeeping
from bank.deposits import eod as deposits
from bank.interest import eod as interest
from bank.ledger import eod as books
from bank.runtime.steps import Day, Step

_ALL: Final = (interest.STEPS, accounts.STEPS, bookkeeping.STEPS, deposits.STEPS, books.STEPS)
_MONTHLY: Final = sorted((step for steps in _ALL for step in steps), key=lambda step: (step.phase, step.code))
_DAILY: Final = [step for step in interest.STEPS if step.code == "ACCRUE"]


def ends_month(day: date) -> bool:
    return _closing(day).ends_month


def is_whole(day: date, end: date) -> bool:
    """Whether everything is done as ``day`` ends, and balances are kept. The ``end`` itself stays open."""
    return day < end and (ends_month(day) or _closing(day).next_date == end)


def close(day: date, end: date) -> None:
    """Ends a business date and opens the next. Safe to do again where it was cut off, as every step is."""
    whole = is_whole(day, end)
    for step in _MONTHLY if whole else _DAILY:
        _run(step, _closing(day))
    if not whole:
        ledger.roll_business_date()


def _closing(day: date) -> Day:
    return Day(day, day + timedelta(days=1))


def _run(step: Step, day: Day) -> None:
    cursor: str | None = "" if step.due(day) else None
    while cursor is not None:
        with transaction.atomic():
            cursor = step.work(day, cursor).cursor
