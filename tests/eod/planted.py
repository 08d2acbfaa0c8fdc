"""Steps planted into the close: one that posts in parts, one due at month ends, one of the new day."""

from collections.abc import Callable
from typing import Final

import pytest
from django.utils.functional import Promise

from bank import ledger
from bank.accounts.models import Account
from bank.eod import agenda
from bank.kernel.money import Money
from bank.ledger import eod as of_ledger
from bank.runtime.steps import Day, Note, Part, Phase, Step

Work = Callable[[Day, str], Part]


def _pay(day: Day, account: Account, code: str) -> None:
    ledger.post(
        ledger.transfer(
            key=f"{code}:{day.business_date}:{account.number}",
            debit=ledger.gl("INTEREST_EXPENSE", account.currency),
            credit=account.number,
            amount=Money.of("1.25", account.currency) * len(day.days),
            code="PLANTED",
            narrative=f"{code} on {day.business_date}",
        )
    )


def _one_a_part(day: Day, cursor: str, code: str) -> Part:
    account = Account.objects.filter(number__gt=cursor).order_by("number").first()
    if account is None:
        return Part(0)
    _pay(day, account, code)
    return Part(1, cursor=account.number)


def accrue(day: Day, cursor: str) -> Part:
    return _one_a_part(day, cursor, "PLANTED_ACCRUE")


def capitalise(day: Day, cursor: str) -> Part:
    return _one_a_part(day, cursor, "PLANTED_CAPITALISE")


def charge(day: Day, cursor: str) -> Part:
    return Part(3, failed=1, notes=(Note("1234567890", "The account is closed."),))


def open_day(day: Day, cursor: str) -> Part:
    assert ledger.business_date() == day.next_date
    return _one_a_part(day, cursor, "PLANTED_OPEN")


def _count(day: Day) -> int:
    return Account.objects.count()


STEPS: Final = (
    Step("PLANTED_OPEN", "Planted: the new day", Phase.OPEN, open_day),
    Step("PLANTED_CHARGE", "Planted: fees", Phase.CHARGE, charge),
    Step("PLANTED_ACCRUE", "Planted: interest", Phase.ACCRUE, accrue, count=_count),
    Step(
        "PLANTED_CAPITALISE",
        "Planted: month end",
        Phase.CAPITALISE,
        capitalise,
        due=lambda day: day.ends_month,
    ),
)


def install(monkeypatch: pytest.MonkeyPatch, *more: Step, without: str = "") -> None:
    found = [step for step in (*of_ledger.STEPS, *STEPS, *more) if step.code != without]
    monkeypatch.setattr(agenda, "_steps", agenda.ordered(found))


def step(code: str, work: Work, phase: Phase = Phase.CHARGE, title: str | Promise = "Planted") -> Step:
    return Step(code, title, phase, work)
