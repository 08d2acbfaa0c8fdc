"""``script/bench eod.full``: the whole close of a month end, every step there is, from small banks to large.

A line for each size, ``BENCH_ACCOUNTS=10000,100000,1000000`` to choose: seconds of the close, accounts a
second, seconds of each step, and the most memory that the closing process and any database process had:
of the latter its own (``RssAnon``), and its own with what it had touched of the buffers all of them
share. The book is proven afterwards, up to a hundred thousand accounts.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import eod_world, http_world, ledger_world

SIZES = "10000,100000"
PROVEN_UPTO = 100_000
_EVERY_S = 0.2


def run() -> Iterator[dict[str, Any]]:
    for size in map(int, os.environ.get("BENCH_ACCOUNTS", SIZES).split(",")):
        with http_world.scratch_environment() as environment:
            http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
            http_world.python(["-m", "bench.eod_world", str(size)], environment)
            ledger_world.vacuum(environment["DATABASE_URL"])
            yield {"bench": "eod.full", "accounts": size, **_closed(environment)}
            if size <= PROVEN_UPTO:
                yield {"bench": "eod.full", "accounts": size, **ledger_world.prove(environment)}


def _closed(environment: dict[str, str]) -> dict[str, Any]:
    """Closes in a process of its own while this one looks at the memory of the database's."""
    command = [sys.executable, "-m", "bench.eod_full"]
    own = touched = 0.0
    with subprocess.Popen(command, env=environment, cwd=http_world.ROOT, stdout=subprocess.PIPE) as closing:
        while closing.poll() is None:
            own = max(own, *_database_mb("RssAnon"), 0.0)
            touched = max(touched, *_database_mb("VmRSS"), 0.0)
            time.sleep(_EVERY_S)
        assert closing.stdout
        said = closing.stdout.read()
    if closing.returncode:
        raise RuntimeError("the close failed")
    found: dict[str, Any] = json.loads(said)
    return {**found, "peak_mb": found["peak_mb"] | {"database": round(own), "with_shared": round(touched)}}


def close() -> dict[str, Any]:
    """Closes the month and tells how long it took, step by step."""
    ledger_world.setup_django()
    from bank.eod import selectors
    from bank.eod import services as eod

    began, used = time.perf_counter(), eod_world.cpu_s()
    closing = eod.close(date=eod_world.FRIDAY, wait=True)
    took_s, used_s = time.perf_counter() - began, eod_world.cpu_s() - used
    if closing.stopped or not closing.runs:
        sys.exit(f"not closed: {closing.runs and closing.runs[0].fault}")
    steps = list(selectors.steps_of(closing.runs[0]).filter(started_at__isnull=False))
    accounts = next(step.done for step in steps if step.code == "BALANCE_SNAPSHOT")
    return {
        "seconds": round(took_s, 2),
        "cpu_s": round(used_s, 2),
        "value": round(accounts / took_s),
        "unit": "accounts/s",
        "peak_mb": {"close": round(_peak_mb("self"))},
        "steps_s": {
            step.code: round((step.finished_at - step.started_at).total_seconds(), 2)
            for step in steps
            if step.finished_at and step.started_at
        },
        "refused": sum(step.failed for step in steps),
    }


def _database_mb(line: str) -> list[float]:
    """Memory of each process of the database, as far as it may be seen."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() == "postgres":
                found.append(_peak_mb(folder.name, line))
        except OSError:
            continue
    return found


def _peak_mb(process: str, line: str = "VmHWM") -> float:
    found = re.search(rf"{line}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    print(json.dumps(close()))
