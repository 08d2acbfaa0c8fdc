"""The bank's own books in the demonstration: journals two people made, a schedule, rates of exchange."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from django.db import transaction

from bank import ledger
from bank.bookkeeping.commands import journals, schedules
from bank.bookkeeping.commands.schedules import MakeSchedule
from bank.bookkeeping.models import Journal, Schedule
from bank.bookkeeping.rules import Line, ScheduleKind, Side, Spread
from bank.bookkeeping.services import rates
from bank.demo.habits import BASE
from bank.identity import duty
from bank.identity.models import User
from bank.kernel.money import Money
from bank.workflows import services as workflows
from bank.workflows.models import Command

_SOURCE: Final = "Market"
#: What a dollar is worth at the beginning, and by how many thousandths that moves in a day at most.
_WORTH: Final = {
    "KES": "129.20",
    "EUR": "0.9210",
    "GBP": "0.7880",
    "INR": "83.40",
    "JPY": "151.20",
    "KWD": "0.3070",
}
_STEP_PER_MILLE: Final = 4
_PLACES: Final = 6
#: Every month: what is paid for, from how much to how much.
_COSTS: Final = (
    ("Salaries of the staff", 780_000, 860_000),
    ("Rent of the branches", 240_000, 240_000),
    ("Power, water and telephone", 52_000, 71_000),
)
_RATES_REFERENCE: Final = "SCH-DEMO-RATES"
_DOLLARS: Final = 2_500


def write(day: date, start: date, rng: Random, maker: User, checker: User) -> None:
    """What the accountants write as a month ends on ``day``, approved by somebody else; once.

    ``rng`` is the luck of this month alone.
    """
    publish_rates(day, start)
    with _on_duty(maker), _on_duty(checker):
        _write_month(day, rng, maker, checker)


def _write_month(day: date, rng: Random, maker: User, checker: User) -> None:
    _accrue_county_rates(day, maker, checker)
    for number, (narrative, low, high) in enumerate(_COSTS, 1):
        amount = Money.of(rng.randrange(low, high + 1, 50) if high > low else low, BASE)
        cost = [
            Line(ledger.gl("OPERATING_EXPENSE", BASE), Side.DEBIT, amount),
            Line(ledger.gl("NOSTRO_EFT", BASE), Side.CREDIT, amount),
        ]
        _book(f"JRN-{day:%y%m}-{number:02}", cost, f"{narrative}, {day:%B %Y}", maker, checker)
    _book(f"JRN-{day:%y%m}-FX", _dollars_bought(rng), "Dollars bought for the nostro", maker, checker)


@contextmanager
def _on_duty(user: User) -> Iterator[None]:
    """Rights of a role hold on duty alone."""
    duty.open_session(user=user, reason="The journals of the month", minutes=60, browser=None)
    yield
    duty.end(user=user)


def publish_rates(day: date, start: date) -> None:
    """The rates of the days up to ``day``, as the market's file brings them; those there are stay."""
    walk = Random(f"rates:{start}")
    worth = {currency: int(Decimal(rate).scaleb(_PLACES)) for currency, rate in _WORTH.items()}
    lines = [",".join(("Date", *worth))]
    for one in _days(start, day):
        worth = {currency: rate + _step(rate, walk) for currency, rate in worth.items()}
        if one.weekday() < 5:
            said = (str(Decimal(rate).scaleb(-_PLACES)) for rate in worth.values())
            lines.append(",".join((one.isoformat(), *said)))
    rates.import_reference_rates(content="\n".join(lines).encode(), source=_SOURCE, base="USD")


def _step(rate: int, walk: Random) -> int:
    return rate * walk.randint(-1_000 * _STEP_PER_MILLE, 1_000 * _STEP_PER_MILLE) // 1_000_000


def _days(start: date, last: date) -> Iterator[date]:
    """From a week before the first day, so that every day has a rate shortly before it."""
    first = start - timedelta(days=7)
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _dollars_bought(rng: Random) -> list[Line]:
    dollars = Money.of(_DOLLARS, "USD")
    shillings = Money.of(Decimal(_DOLLARS) * Decimal(rng.randrange(12_800, 13_050)) / 100, BASE)
    return [
        Line(ledger.gl("NOSTRO_SWIFT", "USD"), Side.DEBIT, dollars),
        Line(ledger.gl("FX_POSITION", "USD"), Side.CREDIT, dollars),
        Line(ledger.gl("FX_POSITION", BASE), Side.DEBIT, shillings),
        Line(ledger.gl("NOSTRO_RTGS", BASE), Side.CREDIT, shillings),
    ]


@transaction.atomic
def _book(reference: str, lines: list[Line], narrative: str, maker: User, checker: User) -> None:
    if Journal.objects.filter(reference=reference).exists():
        return
    _agreed(
        journals.propose(
            lines=lines, narrative=narrative, reason="As every month", maker=maker, reference=reference
        ),
        checker,
    )


@transaction.atomic
def _accrue_county_rates(day: date, maker: User, checker: User) -> None:
    """Business rates of the county, spread over the year from the first month's end on."""
    if Schedule.objects.filter(reference=_RATES_REFERENCE).exists():
        return
    first = day.replace(day=1)
    asked = MakeSchedule(
        reference=_RATES_REFERENCE,
        kind=ScheduleKind.ACCRUAL.value,
        debit=ledger.gl("OPERATING_EXPENSE", BASE),
        credit=ledger.gl("TAXES_PAYABLE", BASE),
        amount=Decimal(96_000),
        from_date=first,
        to_date=first + timedelta(days=364),
        spread=Spread.EQUAL.value,
        narrative="County business rates",
    )
    _agreed(schedules.propose(schedule=asked, reason="Due at the end of the year", maker=maker), checker)


def _agreed(command: Command, checker: User) -> None:
    decided = workflows.approve(command=command, checker=checker)
    assert decided.state == "APPROVED", decided.decision_reason
