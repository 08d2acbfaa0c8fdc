"""A holiday of the gazette, or a business day in a table's holiday: by country, and so by currency.

Whoever decides sees what the day is and would be, which currencies settle by it, where the business date
goes, which deposits and standing orders move to which day, and what else is due on it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.accounts.models import ChequeDeposit
from bank.accounts.rules import DepositState
from bank.deposits import selectors as of_deposits
from bank.deposits import services as deposits
from bank.deposits.models import ScheduleLine
from bank.deposits.rules import LineKind, LineStatus, Status
from bank.eod import holidays, selectors
from bank.eod.commands.closing import MAKER_RIGHT
from bank.kernel import calendars
from bank.kernel.calendars import Calendar
from bank.kernel.errors import Conflict, InvalidInput
from bank.products import growth
from bank.runtime import formats
from bank.standing import services as standing
from bank.workflows import kinds
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

_FURTHEST: Final = timedelta(days=731)
_NAME_LETTERS: Final = 80
_NAMED: Final = 12
"""So many deposits or orders of one day are named to whoever decides."""


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
    clears = [formats.day(one.next_or_same(day)) for one in (before, after)]
    count, close = _clearing(day), gettext("%(count)s, at the close of %(day)s")
    clearing = [close % {"count": formats.number(count), "day": one} for one in clears]
    return [
        *changes,
        *_contracts(after, day),
        *_moved(gettext("Instalments of deposits"), _instalments(before, after, day)),
        *([Change(gettext("Cheques that clear"), *clearing)] if count else []),
    ]


def _contracts(after: Calendar, day: date) -> Iterable[Change]:
    """Which deposits and standing orders move, from which day to which."""
    maturities = [
        (one.deposit.maturity_date, one.to, one.deposit.number)
        for one in deposits.moved_by(calendar=after, day=day)
    ]
    payments = [
        (order.next_run, to, order.reference) for order, to in standing.moved_by(calendar=after, day=day)
    ]
    yield from _moved(gettext("Deposits that mature"), maturities)
    yield from _moved(gettext("Standing orders and payments of that day"), payments)


def _moved(label: str, moves: Iterable[tuple[date | None, date, str]]) -> Iterable[Change]:
    """A line for each day left and day reached: how many, and which, the first of them by number."""
    found: dict[tuple[date, date], list[str]] = defaultdict(list)
    for was, to, which in moves:
        assert was is not None
        found[was, to].append(which)
    for days, numbers in sorted(found.items()):
        more = ", …" if len(numbers) > _NAMED else ""
        named = ", ".join(sorted(numbers)[:_NAMED]) + more
        left, reached = (formats.day(day) for day in days)
        yield Change(f"{label}: {formats.number(len(numbers))} ({named})", left, reached)


def _instalments(before: Calendar, after: Calendar, day: date) -> Iterator[tuple[date, date, str]]:
    """Those due on the day that are taken on another: from which day, to which, of which deposit."""
    due = ScheduleLine.objects.filter(kind=LineKind.INSTALMENT, status=LineStatus.PENDING, due_date=day)
    running = due.filter(deposit__status=Status.ACTIVE.value)
    for line in running.select_related("deposit__product_version__deposit_terms"):
        rule = of_deposits.rules_of(line.deposit).convention
        was, to = before.adjust(day, rule), after.adjust(day, rule)
        if was != to:
            yield was, to, line.deposit.number


def _clearing(day: date) -> int:
    return ChequeDeposit.objects.filter(clears_date=day, state=DepositState.CLEARING.value).count()


def _apply(asked: SetCalendarDay, deed: Deed) -> None:
    after = _after(asked)
    moved: dict[str, Any] = {
        "calendar": after, "day": asked.day, "reference": deed.reference, "actor": deed.checker,
    }  # fmt: skip
    holidays.set_day(
        calendar=asked.calendar,
        day=asked.day,
        name=asked.name.strip(),
        is_open=asked.kind == DayKind.BUSINESS,
        reference=deed.reference,
        actor=deed.checker,
    )
    if after.code == calendars.table(growth.COUNTRY).code:
        deposits.move_maturities(**moved)
    if after.code == calendars.table(settings.BANK_CALENDAR).code:
        standing.move_runs(**moved)


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
