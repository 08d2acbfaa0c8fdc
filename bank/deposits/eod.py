"""The close of business for deposits: instalments, interest, missed instalments, maturities.

Each part locks its deposits in the order of their ids. What one deposit is refused is noted for
it and tried again at the next close; it stops no other. All of it is safe to do again: what is
done is no longer found.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from bank.deposits import selectors
from bank.deposits.models import Deposit, Failure, ScheduleLine
from bank.deposits.rules import OPEN_KINDS, LineKind, LineStatus, Status
from bank.deposits.services import ending, running
from bank.kernel.errors import BankError
from bank.ledger.errors import LedgerBusy
from bank.runtime.steps import Day, Part, Phase, Step

_log = logging.getLogger(__name__)
_MANY = 500
_FEW = 50
_TRIES = 3
_AHEAD = timedelta(days=7)
_MOVING = ("status", "accrued", "accrued_until", "earned", "paid_interest", "paid_tax", "penalties")
_PARTIES = (
    "customer", "product", "product_version__deposit_terms", "funding_account", "payout_account",
)  # fmt: skip


def collect(day: Day, cursor: str) -> Part:
    """Takes the instalments that are due, those put off in their days of grace included. One that is due on a
    day of rest waits for the business day its product's rule names.
    """
    lines = _lines(_due_instalments(day), cursor)

    def one(line: ScheduleLine) -> None:
        if selectors.taken_on(line) > day.last:
            return
        try:
            with transaction.atomic():
                running.collect(line=line, day=day)
        except LedgerBusy:
            raise
        except BankError as refusal:
            running.put_off(line=line, day=day, refusal=refusal.code)

    failed = sum(not _done(one, line, line.deposit, "deposits.collect", day) for line in lines)
    return _part(lines, failed, _FEW)


def accrue(day: Day, cursor: str) -> Part:
    """A day's interest of every running deposit."""
    found = _after(_accruing(day), cursor)[:_MANY]
    deposits = list(found.prefetch_related("schedule"))
    failed = 0
    try:
        with transaction.atomic():
            running.accrue(deposits=deposits, day=day)
    except (BankError, ArithmeticError):
        failed = _accrue_each(deposits, day)
    return _part(deposits, failed, _MANY)


def pay_interest(day: Day, cursor: str) -> Part:
    """Monthly and quarterly interest, and compounding, of the periods that have ended."""
    lines = _lines(_due_interest(day), cursor)

    def one(line: ScheduleLine) -> None:
        running.pay_interest(deposit=line.deposit, line=line)

    failed = sum(not _done(one, line, line.deposit, "deposits.interest", day) for line in lines)
    return _part(lines, failed, _FEW)


def capitalise(day: Day, cursor: str) -> Part:
    """At the end of the month, what call and notice deposits have earned."""
    deposits = list(_after(_running().filter(kind__in=sorted(OPEN_KINDS)), cursor)[:_FEW])

    def one(deposit: Deposit) -> None:
        running.pay_month(deposit=deposit, day=day)

    failed = sum(not _done(one, deposit, deposit, "deposits.capitalise", day) for deposit in deposits)
    return _part(deposits, failed, _FEW)


def miss(day: Day, cursor: str) -> Part:
    """Instalments whose days of grace are over."""
    lines = _lines(_instalments().filter(refused_on__isnull=False), cursor)

    def one(line: ScheduleLine) -> None:
        grace = timedelta(days=selectors.rules_of(line.deposit).grace_days)
        if selectors.taken_on(line) + grace <= day.last:
            running.miss(line=line)

    failed = sum(not _done(one, line, line.deposit, "deposits.miss", day) for line in lines)
    return _part(lines, failed, _FEW)


def mature(day: Day, cursor: str) -> Part:
    """Deposits whose term is over, and those that matured before and waited for an account."""
    found = _after(_maturing(day), cursor).prefetch_related("schedule")[:_FEW]
    deposits = list(found)

    def one(deposit: Deposit) -> None:
        if deposit.status == Status.ACTIVE:
            ending.mature(deposit=deposit)
        elif selectors.account_to_pay(deposit) is not None:
            ending.pay_out_held(deposit=deposit)

    failed = sum(not _done(one, deposit, deposit, "deposits.mature", day) for deposit in deposits)
    return _part(deposits, failed, _FEW)


def remind(day: Day, cursor: str) -> Part:
    """Says of deposits that mature a week ahead that they will: each date lies ahead of one close alone."""
    deposits = list(_after(_maturing_ahead(day), cursor)[:_MANY])
    for deposit in deposits:
        ending.announce(deposit=deposit)
    return _part(deposits, 0, _MANY)


def _running() -> QuerySet[Deposit]:
    return _with_parties(Deposit.objects.filter(status=Status.ACTIVE))


def _accruing(day: Day) -> QuerySet[Deposit]:
    """Those with a day before the next business day, and before their maturity, not accrued yet."""
    lasts = Q(maturity_date__isnull=True) | Q(accrued_until__lt=F("maturity_date"))
    return _running().filter(lasts, accrued_until__lt=day.next_date)


def _maturing(day: Day) -> QuerySet[Deposit]:
    due = Q(status=Status.ACTIVE, maturity_date__lte=day.last) | Q(status=Status.HELD)
    return _with_parties(Deposit.objects.filter(due))


def _maturing_ahead(day: Day) -> QuerySet[Deposit]:
    ahead = {"maturity_date__gte": day.business_date + _AHEAD, "maturity_date__lt": day.next_date + _AHEAD}
    return Deposit.objects.filter(status=Status.ACTIVE, **ahead)


def _with_parties(found: QuerySet[Deposit]) -> QuerySet[Deposit]:
    return found.select_related(*_PARTIES)


def _instalments() -> QuerySet[ScheduleLine]:
    return ScheduleLine.objects.filter(
        kind=LineKind.INSTALMENT, status=LineStatus.PENDING, deposit__status=Status.ACTIVE
    )


def _due_instalments(day: Day) -> QuerySet[ScheduleLine]:
    return _instalments().filter(due_date__lte=day.last)


def _due_interest(day: Day) -> QuerySet[ScheduleLine]:
    """Not the last period of a deposit: its interest is settled with the maturity."""
    return ScheduleLine.objects.filter(
        kind=LineKind.INTEREST,
        status=LineStatus.PENDING,
        deposit__status=Status.ACTIVE,
        due_date__lte=day.last,
        due_date__lt=F("deposit__maturity_date"),
    )


def _after(found: QuerySet[Deposit], cursor: str) -> QuerySet[Deposit]:
    """The part that follows, its rows locked in the order of their ids."""
    return found.filter(pk__gt=int(cursor or 0)).order_by("pk").select_for_update(of=("self",))


def _lines(found: QuerySet[ScheduleLine], cursor: str) -> list[ScheduleLine]:
    """A part of schedule lines, their deposits locked with them. Lines of one deposit are by day."""
    parties = [f"deposit__{name}" for name in _PARTIES]
    rows = found.filter(pk__gt=int(cursor or 0)).order_by("pk").select_related("deposit", *parties)
    lines = list(rows.select_for_update(of=("self", "deposit"))[:_FEW])
    shared: dict[int, Deposit] = {}
    for line in lines:
        line.deposit = shared.setdefault(line.deposit_id, line.deposit)
    return lines


def _part(rows: Sequence[Any], failed: int, size: int) -> Part:
    return Part(len(rows), str(rows[-1].pk) if len(rows) == size else None, failed)


def _done(work: Callable[[Any], None], row: Any, deposit: Deposit, step: str, day: Day) -> bool:
    """Does one row in a savepoint of its own; a refusal is noted, others holding the books waited for."""
    for turn in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                work(row)
            return True
        except LedgerBusy as busy:
            reason = busy.message
        except BankError as refusal:
            reason, turn = refusal.message, _TRIES
        except (ArithmeticError, DatabaseError) as error:
            _log.exception("deposit %s: %s failed", deposit.pk, step)
            reason, turn = type(error).__name__, _TRIES
        deposit.refresh_from_db(fields=_MOVING)
        if turn == _TRIES:
            break
    _note(deposit, step, day, reason)
    return False


def _accrue_each(deposits: Sequence[Deposit], day: Day) -> int:
    """One by one, so that what one deposit is refused keeps no other from earning."""

    def one(deposit: Deposit) -> None:
        fresh = _running().prefetch_related("schedule").get(pk=deposit.pk)
        running.accrue(deposits=[fresh], day=day)

    return sum(not _done(one, deposit, deposit, "deposits.accrue", day) for deposit in deposits)


def _note(deposit: Deposit, step: str, day: Day, reason: str) -> None:
    Failure.objects.update_or_create(
        deposit=deposit, step=step, business_date=day.business_date, defaults={"reason": reason[:300]}
    )


def _ends_month(day: Day) -> bool:
    return day.ends_month


STEPS = [
    Step(
        "deposits.collect", _("Instalments of recurring deposits"), Phase.COLLECT, collect,
        count=lambda day: _due_instalments(day).count(),
    ),
    Step(
        "deposits.accrue", _("Interest on deposits"), Phase.ACCRUE, accrue,
        count=lambda day: _accruing(day).count(),
    ),
    Step(
        "deposits.interest", _("Interest paid on fixed deposits"), Phase.CAPITALISE, pay_interest,
        count=lambda day: _due_interest(day).count(),
    ),
    Step(
        "deposits.capitalise", _("Interest paid on call deposits"), Phase.CAPITALISE, capitalise,
        due=_ends_month,
    ),
    Step("deposits.miss", _("Instalments missed"), Phase.CHARGE, miss),
    Step(
        "deposits.mature", _("Deposits that mature"), Phase.MATURE, mature,
        count=lambda day: _maturing(day).count(),
    ),
    Step("deposits.remind", _("Reminders of deposits that mature"), Phase.REVIEW, remind),
]  # fmt: skip
