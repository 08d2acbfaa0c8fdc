"""A worker killed in the middle of a statement: another makes it, once, and no half file is ever seen."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from bank import ledger
from bank.accounts import postings
from bank.kernel.money import Money
from bank.statements import services
from bank.statements.documents import typefaces
from bank.statements.models import Statement
from tests.statements import world

ROOT = Path(__file__).resolve().parents[2]
LINES = 150
DEADLINE_S = 90


def wait_for(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.02)


@contextmanager
def running(arguments: list[str], environment: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, *arguments], env=environment, cwd=ROOT, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def environment(tmp_path: Path, settings: LazySettings) -> dict[str, str]:
    """A broker, files and database of this test's own, for processes other than this one."""
    settings.FILES_DIR = tmp_path / "files"
    typefaces.file_of(typefaces.SANS)
    (tmp_path / "typefaces").symlink_to(Path(settings.VAR_DIR, "typefaces"))
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    url = f"postgresql://{database['USER']}@/{database['NAME']}?host={host}"
    return os.environ | {
        "DATABASE_URL": url,
        "BANK_VAR": str(tmp_path),
        "BANK_ENV": "demo",
        "LOG_LEVEL": "ERROR",
    }


def children(process: "subprocess.Popen[bytes]") -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def ask_for_long_statement() -> Statement:
    bank = world.build()
    one, gl = Money.of("1.00", "KES"), ledger.gl
    number = bank.alice.current.number
    ledger.post(
        [
            postings.cash_deposited(key=f"d{n}", account=number, amount=one, gl=gl, narrative=f"Cash {n}")
            for n in range(LINES)
        ]
    )
    today = ledger.business_date()
    return services.request_statement(
        user=bank.alice.user,
        account=bank.alice.current,
        from_date=today,
        to_date=today,
        format="PDF",
        key="k",
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not Path("/proc").exists(), reason="finds the worker's children in /proc")
def test_a_worker_killed_in_the_middle_of_a_statement(environment: dict[str, str], tmp_path: Path) -> None:
    statement = ask_for_long_statement()
    draft = tmp_path / "files" / "statements" / f".{statement.file_name}.draft"
    worker_command = ["-m", "celery", "-A", "bank", "worker", "--concurrency", "1", "--loglevel", "CRITICAL"]
    hand_over = (
        "from bank.celery import app; app.send_task('statements.make_statement', args=['{}'], queue='bank')"
    )
    with running(["-m", "bank.runtime.embedded", "broker"], environment):
        wait_for(_socket(environment).exists, "the broker")
        with running(worker_command, environment) as worker:
            command = [sys.executable, "-c", hand_over.format(statement.pk)]
            subprocess.run(command, env=environment, cwd=ROOT, check=True)
            wait_for(draft.exists, "the worker to begin writing")
            killed = children(worker)
            for pid in killed:
                os.kill(pid, signal.SIGKILL)
            statement.refresh_from_db()
            assert statement.status == "RUNNING"
            wait_for(
                lambda: Statement.objects.filter(pk=statement.pk, status="READY").exists(), "the statement"
            )
            assert not set(killed) & set(children(worker))
    statement.refresh_from_db()
    (file,) = draft.parent.iterdir()
    assert file.name == statement.file_name
    assert hashlib.sha256(file.read_bytes()).hexdigest() == statement.digest
    assert file.read_bytes().startswith(b"%PDF-")


def _socket(environment: dict[str, str]) -> Path:
    command = [sys.executable, "-c", "from bank.runtime import services; print(services.broker_socket())"]
    found = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())
