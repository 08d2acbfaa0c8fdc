"""Monday, 2 March 2026: two persons and a company with money, and days one can close."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from bank import ledger
from bank.kernel.calendars import calendar
from bank.runtime.steps import Day, Phase, Step
from tests.payments.conftest import Bank, _bank, code_of, kes
from tests.worlds import Standing, once_a_module

__all__ = ["Bank", "code_of", "kes"]
MONDAY = date(2026, 3, 2)


@pytest.fixture
def bank(standing_payers: Standing[Bank], db: None) -> Bank:
    return standing_payers.visit()


def _in_march() -> Bank:
    ledger.open_books(on=MONDAY)
    return _bank()


standing_payers = once_a_module(_in_march)


def close_until(steps: list[Step], day: date) -> None:
    """Closes business dates until ``day`` is the open one, each step twice as if it had been killed."""
    while (today := ledger.business_date()) < day:
        closing = Day(today, calendar("KE").next_or_same(today + timedelta(days=1)))
        ordered = sorted(steps, key=lambda one: one.phase)
        for step in (one for one in ordered if one.phase < Phase.ROLL):
            work(step, closing)
        ledger.roll_business_date(to=closing.next_date)
        for step in (one for one in ordered if one.phase > Phase.ROLL):
            work(step, closing)
            work(step, closing)


def work(step: Step, day: Day) -> int:
    """All parts of a step; how many were refused."""
    cursor: str | None = ""
    failed = 0
    while cursor is not None:
        with transaction.atomic():
            part = step.work(day, cursor)
        cursor, failed = part.cursor, failed + part.failed
    return failed
