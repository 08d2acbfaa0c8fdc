"""A holiday of the gazette, or a business day in a table's holiday: by country, and so by currency.

Whoever decides sees what the day is and would be, which currencies settle by it, where the business date
goes, and how much is due on it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.accounts.models import ChequeDeposit
from bank.accounts.rules import DepositState
from bank.deposits.models import Deposit
from bank.deposits.rules import Status
from bank.eod import holidays, selectors
from bank.eod.commands.closing import MAKER_RIGHT
from bank.kernel import calendars
from bank.kernel.calendars import Calendar
from bank.kernel.errors import Conflict, InvalidInput
from bank.runtime import formats
from bank.standing.models import StandingOrder
from bank.standing.rules import OrderStatus
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

_FURTHEST: Final = timedelta(days=731)
_NAME_LETTERS: Final = 80


class DayKind(StrEnum):
    """What a day is to be; ``TABLE``: what the calendar's own table says."""

    HOLIDAY = "HOLIDAY"
    BUSINESS = "BUSINESS"
    TABLE = "TABLE"


@dataclass(frozen=True, slots=True)
class SetCalendarDay:
    """A day of the calendar with that code; ``name`` is the holiday's, and nothing else has one."""

    calendar: str
    day: date
    kind: str
    name: str = ""


def _check(asked: SetCalendarDay) -> None:
    if asked.kind not in set(DayKind):
        raise InvalidInput(problem=f"{asked.kind} is no kind of day; use {', '.join(DayKind)}.")
    if asked.calendar not in calendars.CODES or asked.calendar in {"NONE", "WEEKENDS"}:
        raise InvalidInput(problem=f"{asked.calendar} is no calendar of the bank's.")
    if bool(asked.name.strip()) != (asked.kind == DayKind.HOLIDAY) or len(asked.name) > _NAME_LETTERS:
        raise InvalidInput(problem="A holiday has a name of at most 80 letters; no other day has one.")
    _check_date(asked.day)
    holidays.refresh()
    if _wanted(asked) == _said(calendars.calendar(asked.calendar), asked.day):
        raise Conflict(problem="That is what the day is already.")


def _check_date(day: date) -> None:
    """The business date stays what it is, and so does the one a close under way moves to."""
    standing = selectors.unfinished()
    reached = standing.next_date if standing else ledger.business_date()
    if not reached < day <= reached + _FURTHEST:
        raise InvalidInput(problem="The day comes after the business date, and within two years of it.")


def _after(asked: SetCalendarDay) -> Calendar:
    """The calendar as it would be."""
    held, base = holidays.changes(asked.calendar), calendars.table(asked.calendar)
    others = {day: name for day, name in held.items() if day != asked.day}
    own = {} if asked.kind == DayKind.TABLE else {asked.day: asked.name.strip()}
    return base.changed({**others, **own})


def _wanted(asked: SetCalendarDay) -> str:
    return _said(_after(asked), asked.day)


def _said(calendar: Calendar, day: date) -> str:
    if calendar.is_business_day(day):
        return gettext("Business day")
    return calendar.holidays(day.year).get(day, gettext("Weekend"))


def _difference(asked: SetCalendarDay) -> list[Change]:
    before, after = calendars.calendar(asked.calendar), _after(asked)
    changes = [
        Change(f"{before.name}, {formats.long_day(asked.day)}", _said(before, asked.day), _wanted(asked))
    ]
    settled = ", ".join(calendars.currencies_of(asked.calendar))
    if settled:
        changes.append(Change(gettext("Currencies that settle by it"), settled, settled))
    own = calendars.table(settings.BANK_CALENDAR).code == asked.calendar
    return [*changes, *(_moves(before, after, asked.day) if own else ())]


def _moves(before: Calendar, after: Calendar, day: date) -> list[Change]:
    """Of the bank's own calendar: the business date after, and by which close what is due is done."""
    earlier = before.previous_or_same(day - timedelta(days=1))
    following = [formats.day(one.add_business_days(earlier, 1)) for one in (before, after)]
    changes = [Change(gettext("Business date after %s") % formats.day(earlier), *following)]
    stands = [formats.day(one.previous_or_same(day)) for one in (before, after)]
    clears = [formats.day(one.next_or_same(day)) for one in (before, after)]
    due = (
        (gettext("Deposits that mature"), _maturing(day), stands),
        (gettext("Standing orders and payments of that day"), _ordered(day), stands),
        (gettext("Cheques that clear"), _clearing(day), clears),
    )
    close = gettext("%(count)s, at the close of %(day)s")
    return [
        *changes,
        *(
            Change(label, *(close % {"count": formats.number(count), "day": one} for one in closes))
            for label, count, closes in due
            if count
        ),
    ]


def _maturing(day: date) -> int:
    return Deposit.objects.filter(maturity_date=day, status=Status.ACTIVE.value).count()


def _ordered(day: date) -> int:
    return StandingOrder.objects.filter(next_run=day, status=OrderStatus.ACTIVE.value).count()


def _clearing(day: date) -> int:
    return ChequeDeposit.objects.filter(clears_date=day, state=DepositState.CLEARING.value).count()


def _apply(asked: SetCalendarDay, deed: Deed) -> None:
    holidays.set_day(
        calendar=asked.calendar,
        day=asked.day,
        name=asked.name.strip(),
        is_open=asked.kind == DayKind.BUSINESS,
        reference=deed.reference,
        actor=deed.checker,
    )


SET_CALENDAR_DAY = kinds.command(
    "eod.set_calendar_day",
    _("A holiday or a business day"),
    SetCalendarDay,
    maker_right=MAKER_RIGHT,
    checker_role="TREASURY",
    lifetime=timedelta(days=7),
    about=lambda asked: ("CALENDAR", f"{asked.calendar} {asked.day}"),
    check=_check,
    difference=_difference,
    apply=_apply,
)
