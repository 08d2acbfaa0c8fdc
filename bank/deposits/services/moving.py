"""Maturities moved: a day became a holiday, or a business day again, after the deposit was opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from bank import ledger
from bank.deposits import rules, selectors
from bank.deposits.models import Deposit
from bank.deposits.rules import LineKind, LineStatus, Status
from bank.deposits.services import books, ending
from bank.identity.models import User
from bank.kernel.calendars import Calendar
from bank.kernel.money import Money
from bank.products import growth
from bank.products.rules import ProductKind

_NEAR: Final = timedelta(days=15)
"""No run of days of rest is longer, so no maturity moves further."""
_SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Move:
    """A running deposit, and the day it matures on instead."""

    deposit: Deposit
    to: date


def moved_by(*, calendar: Calendar, day: date) -> list[Move]:
    """Which maturities move once ``calendar`` holds, in which ``day`` alone is otherwise than before.

    Each goes by its product's business day convention (2006 ISDA Definitions, section 4.12) from the day
    its term ends. Changes nothing.
    """
    return list(_moves(_near(day), calendar))


@transaction.atomic
def move_maturities(*, calendar: Calendar, day: date, reference: str, actor: User | None) -> int:
    """Moves the maturities of ``moved_by``, with what their schedules foresee for them; tells how many.

    Interest is counted to the new day. Nothing is posted. Whoever was reminded of the old day, or would no
    longer be of the new one, is told of it. ``reference`` is of the command that two people agreed on.
    """
    moves = list(_moves(_near(day).order_by("pk").select_for_update(of=("self",)), calendar))
    for move in moves:
        _move(move, reference, actor)
    return len(moves)


def _near(day: date) -> QuerySet[Deposit]:
    running = Deposit.objects.filter(status=Status.ACTIVE, maturity_date__range=(day - _NEAR, day + _NEAR))
    return running.select_related("customer", "product", "product_version__deposit_terms")


def _moves(found: QuerySet[Deposit], calendar: Calendar) -> Iterator[Move]:
    for deposit in found:
        assert deposit.tenor_months is not None
        ends = growth.months_after(deposit.start_date, deposit.tenor_months)
        to = calendar.adjust(ends, selectors.rules_of(deposit).convention)
        if to != deposit.maturity_date and to >= ledger.business_date():
            yield Move(deposit, to)


def _move(move: Move, reference: str, actor: User | None) -> None:
    deposit, was = move.deposit, move.deposit.maturity_date
    assert was is not None
    deposit.maturity_date = move.to
    deposit.save(update_fields=["maturity_date"])
    interest, tax, at_end = _foreseen(deposit)
    waiting = deposit.schedule.filter(status=LineStatus.PENDING, due_date=was)
    waiting.filter(kind=LineKind.MATURITY).update(due_date=move.to, amount=at_end.amount)
    waiting.filter(kind=LineKind.INTEREST).update(
        due_date=move.to, amount=interest.amount, tax=tax.amount,
    )  # fmt: skip
    books.record("DEPOSIT_MATURITY_MOVED", deposit, actor, was=was, to=move.to, command=reference)
    if move.to < ledger.business_date() + _SOON:
        ending.announce(deposit=deposit)


def _foreseen(deposit: Deposit) -> tuple[Money, Money, Money]:
    """The last interest before tax, the tax on it, and what is paid out, as a quote reckons them."""
    assert deposit.maturity_date is not None
    assert deposit.tenor_months is not None
    tax_pct = selectors.withholding(deposit.start_date).rate_pct
    if deposit.kind == ProductKind.RECURRING_DEPOSIT:
        end = growth.recurring_deposit(
            instalment=deposit.money, annual_rate_pct=deposit.annual_rate_pct, day_count=deposit.day_count,
            start=deposit.start_date, months=deposit.tenor_months, tax_pct=tax_pct,
            maturity=deposit.maturity_date,
        )[-1]  # fmt: skip
        return end.interest, end.tax, end.value
    credits = list(rules.credits(selectors.terms_of(deposit), tax_pct))
    stays = credits if deposit.mode == "COMPOUNDED" else credits[-1:]
    at_end = sum((one.net for one in stays), deposit.money)
    return credits[-1].gross, credits[-1].tax, at_end
