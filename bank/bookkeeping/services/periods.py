"""Closing and reopening months; moving a year's result to retained earnings."""

from datetime import date, timedelta

from django.db import transaction

from bank import ledger
from bank.audit import services as audit
from bank.bookkeeping import postings, rules
from bank.bookkeeping.errors import PeriodNotOver, PeriodOutOfOrder
from bank.bookkeeping.models import PeriodChange, YearClose
from bank.bookkeeping.rules import PeriodAct
from bank.bookkeeping.selectors import checklist, periods
from bank.bookkeeping.services.journals import PERIODS_LOCK
from bank.identity.models import User
from bank.kernel.money import Money
from bank.ledger.rules import Kind
from bank.runtime import locks


def check_close(month: date) -> None:
    """A month is closed once it is over and what must be in order is, and months are closed in order.

    Raises ``PeriodNotOver``, ``PeriodNotReady``, ``PeriodOutOfOrder``.
    """
    until, today = periods.closed_until(), ledger.business_date()
    if rules.month_end(month) >= today:
        raise PeriodNotOver(month=f"{month:%Y-%m}", business_date=today.isoformat())
    if until is not None and month <= until:
        raise PeriodOutOfOrder(problem=f"{month:%Y-%m} is closed already.")
    if until is not None and month != until + timedelta(days=1):
        raise PeriodOutOfOrder(problem=f"Close {until + timedelta(days=1):%Y-%m} first.")
    checklist.require(rules.month_end(month))


def check_reopen(month: date) -> None:
    """The month closed last is reopened first. Raises ``PeriodOutOfOrder``."""
    until = periods.closed_until()
    if until is None or month != rules.month_of(until):
        last = "none" if until is None else f"{until:%Y-%m}"
        raise PeriodOutOfOrder(problem=f"Only the month closed last can be reopened: {last}.")


@transaction.atomic
def change(
    *, month: date, act: PeriodAct, reason: str, maker: User, checker: User, command: str
) -> PeriodChange:
    """Closes a month to journals with value in it, or opens it again. Raises what the checks raise."""
    locks.hold_until_commit(PERIODS_LOCK)
    first = rules.month_of(month)
    if act == PeriodAct.CLOSE:
        check_close(first)
        until: date | None = rules.month_end(first)
    else:
        check_reopen(first)
        until = first - timedelta(days=1)
    changed = PeriodChange.objects.create(
        month=first,
        act=act,
        closed_until=until,
        reason=reason,
        maker=maker,
        checker=checker,
        command=command,
    )
    audit.record(
        f"PERIOD_{changed.get_act_display().upper()}",
        actor=checker,
        subject_type="PERIOD",
        subject_id=f"{first:%Y-%m}",
        detail={"reason": reason, "command": command},
    )
    return changed


@transaction.atomic
def close_year(*, year: int) -> list[YearClose]:
    """Moves the result of a year to retained earnings, one entry for each currency; once.

    Booked on the business date with value on the year's last day (or the business date, where that
    comes first). What was closed before is left alone, so repeating it changes nothing.
    """
    locks.hold_until_commit(PERIODS_LOCK)
    last = date(year, 12, 31)
    done = set(YearClose.objects.filter(year=year).values_list("currency", flat=True))
    return [
        _close_year(year, currency, taken, last)
        for currency, taken in _results(last).items()
        if currency not in done
    ]


def _results(last: date) -> dict[str, dict[str, Money]]:
    """Balances of income and expense booked up to a day, by currency and account, ledger sign."""
    found: dict[str, dict[str, Money]] = {}
    for line in ledger.trial_balance(on=last):
        balance = line.credit - line.debit
        if line.kind in (Kind.INCOME, Kind.EXPENSE) and not balance.is_zero:
            found.setdefault(line.currency, {})[line.account] = balance
    return found


def _close_year(year: int, currency: str, taken: dict[str, Money], last: date) -> YearClose:
    today = ledger.business_date()
    entry = postings.year_close(
        year=year,
        currency=currency,
        taken=taken,
        retained=ledger.gl("RETAINED_EARNINGS", currency),
        value_date=min(last, today),
    )
    outcome = ledger.post(entry)
    assert outcome.entry_id is not None, "a refusal is raised"
    assert outcome.booking_date is not None
    result = sum(taken.values(), Money.zero(currency))
    closed = YearClose.objects.create(
        year=year,
        currency=currency,
        booking_date=outcome.booking_date,
        result=result.amount,
        lines={account: str(balance.amount) for account, balance in sorted(taken.items())},
        entry_id=outcome.entry_id,
    )
    audit.record(
        "YEAR_CLOSED",
        actor=None,
        subject_type="YEAR",
        subject_id=f"{year} {currency}",
        detail={"result": str(result), "entry": outcome.entry_id},
    )
    return closed
