"""Two of the scripts at once on one installation: neither stops the database under the other."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import pytest

from bank.runtime import embedded

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not (ROOT / ".venv/bin/uv").exists(), reason="the scripts' environment is not made"
)


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder for an installation of its own; what still runs there afterwards is killed."""
    folder = Path(tempfile.mkdtemp(prefix="bank-"))
    yield folder
    if _is_up(folder):
        postmaster = psutil.Process(_postmaster(folder))
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=10)
    shutil.rmtree(folder)


def _environment(var: Path) -> dict[str, str]:
    outside = {"DATABASE_URL", "BROKER_URL", "CACHE_URL"}
    return {name: value for name, value in os.environ.items() if name not in outside} | {
        "BANK_VAR": str(var),
        "BANK_ENV": "test",
    }


def _started(var: Path, command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=_environment(var),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


_ASKING = (
    "import sys; from django.db import connection as c; ask = lambda: c.cursor().execute('SELECT 1')\n"
    "ask(); print('asked', flush=True); sys.stdin.readline(); ask(); print('asked again', flush=True)"
)


def _managing(var: Path) -> subprocess.Popen[str]:
    """``script/manage`` with a program that asks the database now, and again when a line comes in."""
    return _started(var, ["bash", "script/manage", "shell", "--verbosity", "0", "--command", _ASKING])


def _reads(script: subprocess.Popen[str], expected: str) -> None:
    assert script.stdout is not None
    lines = []
    for line in script.stdout:
        lines.append(line)
        if line.strip() == expected:
            return
    pytest.fail("".join(lines))


def _ends(script: subprocess.Popen[str]) -> None:
    rest, _ = script.communicate("go on\n", timeout=60)
    assert script.returncode == 0, rest
    assert "asked again" in rest


def _postmaster(var: Path) -> int:
    return int((var / "postgres/postmaster.pid").read_text().split()[0])


def _is_up(var: Path) -> bool:
    return (var / "postgres/postmaster.pid").exists() and psutil.pid_exists(_postmaster(var))


def test_the_last_script_to_leave_stops_the_database(var: Path) -> None:
    first = _managing(var)
    _reads(first, "asked")
    second = _managing(var)
    _reads(second, "asked")
    _ends(first)
    assert _is_up(var)
    _ends(second)
    assert not _is_up(var)


def test_two_that_leave_at_once_leave_nothing_running(var: Path) -> None:
    scripts = [_managing(var), _managing(var)]
    for script in scripts:
        _reads(script, "asked")
    for script in scripts:
        assert script.stdin is not None
        script.stdin.write("go on\n")
        script.stdin.flush()
    for script in scripts:
        assert script.wait(60) == 0
    assert not _is_up(var)


def test_a_killed_script_does_not_keep_the_database_from_being_stopped(var: Path) -> None:
    first = _managing(var)
    _reads(first, "asked")
    for process in [*psutil.Process(first.pid).children(recursive=True), psutil.Process(first.pid)]:
        if process.name() != "postgres":
            process.kill()
    first.wait(10)
    assert _is_up(var)
    second = _managing(var)
    _reads(second, "asked")
    _ends(second)
    assert not _is_up(var)


def test_a_database_started_by_hand_is_left_running(var: Path) -> None:
    by_hand = _started(var, [sys.executable, "-m", "bank.runtime.embedded", "up"])
    assert by_hand.wait(60) == 0
    script = _managing(var)
    _reads(script, "asked")
    _ends(script)
    assert _is_up(var)


def test_several_can_make_the_first_database_at_once(var: Path) -> None:
    up = [sys.executable, "-m", "bank.runtime.embedded", "up"]
    starting = [_started(var, up) for _ in range(4)]
    answers = [script.communicate(timeout=120)[0] for script in starting]
    assert [script.returncode for script in starting] == [0] * 4, answers
    assert len(set(answers)) == 1


def test_the_bank_is_created_once_however_many_create_it(var: Path) -> None:
    """Each looks whether it is there; the lock makes the others wait for the one that creates it."""
    script = _started(var, [sys.executable, "-m", "bank.runtime.embedded", "up"])
    uri = script.communicate(timeout=60)[0].strip()
    elsewhere = uri.replace("/bank?", "/postgres?")
    connection = psycopg2.connect(elsewhere)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {embedded.DATABASE}")
    code = f"from bank.runtime import embedded; embedded._create_database({elsewhere!r})"
    creating = [_started(var, [sys.executable, "-c", code]) for _ in range(6)]
    deadline = time.monotonic() + 60
    for each in creating:
        rest, _ = each.communicate(timeout=deadline - time.monotonic())
        assert each.returncode == 0, rest
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [embedded.DATABASE])
        assert cursor.fetchone() == (1,)
    connection.close()
