"""A worker that is killed, a broker that is away, work handed out twice: each line is paid exactly once."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Connection

import pytest
from django.conf import LazySettings
from django.db import connection
from kombu.exceptions import OperationalError

from bank import ledger
from bank.celery import app
from bank.kernel import clock
from bank.payments import services as payments
from bank.payments import tasks
from bank.payments.models import PaymentFile, PaymentOrder
from bank.payments.models.file_sources import PaymentFileSource
from bank.payments.services import file_checking, file_release
from bank.runtime import outbox
from bank.runtime.models import OutboxMessage
from tests.payments.bulk.test_intake import a_csv, send
from tests.payments.conftest import Bank, kes
from tests.payments.test_files import confirm
from tests.payments.test_races import together

LINES = 60


def killed_at(module: object, name: str, nth: int, work: Callable[[], object]) -> None:
    """Does ``work`` in a process of its own and kills it, SIGKILL, as it comes to a function the nth time."""
    connection.close()
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    worker = fork.Process(target=_worker, args=(module, name, nth, work, there))
    worker.start()
    assert here.poll(30), "the worker never came there"
    assert here.recv() == "here"
    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join(10)
    assert worker.exitcode == -signal.SIGKILL


def _worker(module: object, name: str, nth: int, work: Callable[[], object], told: Connection) -> None:
    real, calls = getattr(module, name), 0

    def stops(*given: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls == nth:
            told.send("here")
            signal.pause()
        return real(*given, **more)

    setattr(module, name, stops)
    work()
    told.send("done")


def overdue(file: PaymentFile) -> list[tuple[str, str]]:
    """What beat hands out again after two minutes."""
    PaymentFileSource.objects.filter(file=file).update(handed_out_at=clock.now() - timedelta(minutes=3))
    return payments.hand_out_overdue()


def test_a_killed_worker_leaves_nothing_half_done_and_the_next_pays_each_line_once(
    open_bank: Bank, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = open_bank
    settings.PAYMENT_FILE_AT_ONCE_BYTES = settings.PAYMENT_FILE_AT_ONCE_LINES = 10
    monkeypatch.setattr(file_checking, "CHUNK", 20)
    content = a_csv(bank, *[f"{n}.00" for n in range(1, LINES + 1)])
    file = send(bank, content)
    assert file.status == "VALIDATING"
    checking = lambda: payments.check_payment_file(reference=file.reference)  # noqa: E731
    killed_at(file_checking, "_store", 3, checking)
    file.refresh_from_db()
    assert (file.status, file.lines.count()) == ("VALIDATING", 40)
    assert overdue(file) == [("VALIDATING", file.reference)]
    together(lambda _n: checking(), 2)
    file.refresh_from_db()
    assert (file.status, file.lines.count(), file.faulty_count) == ("CHECKED", LINES, 0)

    confirm(bank, file)
    before = bank.positions()
    releasing = lambda: payments.release_payment_file(reference=file.reference)  # noqa: E731
    killed_at(file_release, "_record", 1, releasing)
    file.refresh_from_db()
    assert (file.status, PaymentOrder.objects.count()) == ("RELEASING", 0)
    assert bank.positions() == before
    assert set(file.lines.values_list("status", flat=True)) == {"VALID"}
    assert overdue(file) == [("RELEASING", file.reference)]
    assert overdue(file) != []
    together(lambda _n: releasing(), 2)
    file.refresh_from_db()
    assert (file.status, file.settled_count) == ("PAID", LINES)
    assert set(file.lines.values_list("status", flat=True)) == {"SETTLED"}
    assert PaymentOrder.objects.filter(status="SETTLED").count() == LINES
    assert bank.bob.booked == kes(f"{sum(range(1, LINES + 1))}.00")
    for reference in file.lines.values_list("reference", flat=True):
        assert len(ledger.entries_by_reference(reference)) == 1
    again = send(bank, content, key="again")
    payments.check_payment_file(reference=again.reference)
    again.refresh_from_db()
    assert (again.status, again.faults[0]["code"]) == ("REJECTED", "DUPLICATE_MESSAGE")


def test_a_broker_that_restarts_loses_no_file_and_pays_none_twice(
    bank: Bank, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PAYMENT_FILE_AT_ONCE_LINES = 1
    file = send(bank, a_csv(bank, "100.00", "200.00"))
    confirm(bank, file)
    away = {"apply_async": lambda *_args, **_more: (_ for _ in ()).throw(OperationalError("restarting"))}
    with monkeypatch.context() as broker:
        broker.setattr(tasks.release_file, "apply_async", away["apply_async"])
        outbox.deliver_due()
    waiting = OutboxMessage.objects.get(topic="payments.file_confirmed")
    assert (waiting.delivered_at, waiting.attempts) == (None, 1)
    file.refresh_from_db()
    assert (file.status, bank.bob.booked) == ("RELEASING", kes("0.00"))
    OutboxMessage.objects.update(next_try_at=clock.now())
    app.conf.task_always_eager = True
    try:
        outbox.deliver_due()
        tasks.release_file.delay(file.reference)
        assert tasks.resume_files() == 0
    finally:
        app.conf.task_always_eager = False
    file.refresh_from_db()
    assert (file.status, file.settled_count, bank.bob.booked) == ("PAID", 2, kes("300.00"))
