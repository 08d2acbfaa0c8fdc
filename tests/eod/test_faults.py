"""Closes killed by the system and tried by many at once, on committed data: exactly one effect."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from bank import ledger
from bank.eod import agenda, selectors, tasks
from bank.eod import services as eod
from bank.eod.models import Run, RunStep
from bank.eod.rules import RunState
from bank.ledger import proof
from bank.runtime.steps import Day, Part, Step
from tests.eod.conftest import FRIDAY, TUESDAY
from tests.eod.exports import everything
from tests.statements import world

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


@pytest.fixture
def committed(transactional_db: None, steps: None) -> Iterator[world.World]:
    ledger.open_books(on=FRIDAY)
    yield world.build()
    proof.assert_book_balances()


def uninterrupted(*, upto: date = FRIDAY) -> bytes:
    """What a close leaves that nothing cuts off; then it never was."""
    with transaction.atomic():
        assert eod.close(date=upto, ahead=True).stopped is None
        found = everything(FRIDAY)
        transaction.set_rollback(True)
    return found


def killed(*, inside: bool) -> bool:
    """A process closes and is killed by the system: inside its second part, or right after its first event.

    Tells whether it was; a process that came to the end first was not.
    """
    connection.close()
    child = os.fork()
    if not child:
        _close_and_die(inside)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _close_and_die(inside: bool) -> None:
    """In the child: dies inside a part's database transaction, or between two."""
    parts = 0

    def dying(step: Step) -> Step:
        def work(day: Day, cursor: str) -> Part:
            nonlocal parts
            part, parts = step.work(day, cursor), parts + 1
            if inside and parts == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return part

        return replace(step, work=work)

    try:
        agenda._steps[:] = [dying(step) for step in agenda.steps()]
        # The database may not have noticed yet that who was killed before is gone: their lock is waited for.
        eod.close(wait=True, watch=lambda _step: None if inside else os.kill(os.getpid(), signal.SIGKILL))
    finally:
        os._exit(0)


def together(work: Callable[[int], Any]) -> list[Any]:
    def one(n: int) -> Any:
        try:
            return work(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_killed_by_the_system_again_and_again_it_ends_with_the_same_books(committed: world.World) -> None:
    whole, kills = uninterrupted(), 0
    while killed(inside=kills % 2 == 0):
        kills += 1
    assert kills > 10
    assert selectors.unfinished() is None
    assert everything(FRIDAY) == whole


def test_many_at_once_close_each_date_once(committed: world.World) -> None:
    """Workers that go away when another is at it, command lines that wait, and another date asked for."""
    whole = uninterrupted(upto=date(2026, 6, 3))

    def work(n: int) -> eod.Closing:
        last = FRIDAY if n == 1 else date(2026, 6, 3)
        return eod.close(through=last, ahead=True, wait=n > 0)

    closings = together(work)
    assert [closing.stopped for closing in closings] == [None] * AT_ONCE
    assert everything(FRIDAY) == whole
    assert [(run.business_date.day, run.state) for run in Run.objects.order_by("business_date")] == [
        (29, "DONE"), (2, "DONE"), (3, "DONE"),
    ]  # fmt: skip


def test_two_beats_close_once(committed: world.World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = uninterrupted()
    monkeypatch.setattr(tasks.close, "apply_async", lambda kwargs: tasks.close(**kwargs))
    answers = together(lambda _n: tasks.close())
    while selectors.unfinished() is not None or ledger.business_date() == FRIDAY:
        tasks.close()  # as the next message of the broker would
    assert set(answers) <= {"another is closing", "nothing is due", "2026-05-29 DONE", "2026-05-29 RUNNING"}
    assert ledger.business_date() == TUESDAY
    assert everything(FRIDAY) == whole
    assert Run.objects.get().state == RunState.DONE
    assert RunStep.objects.filter(code="ROLL").count() == 1
