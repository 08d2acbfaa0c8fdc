"""``script/bench ledger.bulk``: one funding account pays 10,000 and 100,000 payees in one call.

The rate is that of a session that has posted such a batch before, as those of a worker have; pgbench leaves
the making of its connections out as well. ``first`` is the rate of a session's first batch, for which
temporary tables and plans are made, and ``first_ratio`` what that is beside pgbench.

The call streams its entries, so the client's memory is the same for both sizes; each line says by how
much the first call made it grow. ``EACH`` decides an outcome for every entry, ``ALL_OR_NOTHING`` for all.
"""

import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from bench import http_world, ledger_world, yardstick

SIZES = (10_000, 100_000)


def run() -> Iterator[dict[str, Any]]:
    """A line for each size and mode beside pgbench's rate."""
    with yardstick.pgbench_database() as pgbench_url, ledger_world.accounts() as environment:
        for mode in ("ALL_OR_NOTHING", "EACH"):
            for size in SIZES:
                calls: list[dict[str, float]] = []
                subjects = {"bulk": partial(_call, mode, size, environment, calls)}
                rates, base = ledger_world.against_yardstick(subjects, pgbench_url=pgbench_url)
                growth = max(call["memory_growth_mb"] for call in calls)
                first = statistics.median(call["first"] for call in calls)
                about = {"mode": mode, "payees": size, "memory_growth_mb": growth}
                about |= {"first": round(first), "first_ratio": round(first / base, 2)}
                yield ledger_world.line("ledger.bulk", rates["bulk"], base, **about)
        yield {"bench": "ledger.bulk", **ledger_world.prove(environment)}


def _call(mode: str, size: int, environment: dict[str, str], calls: list[dict[str, float]]) -> float:
    calls.append(json.loads(http_world.python(["-m", "bench.ledger_bulk", mode, str(size)], environment)))
    return calls[-1]["rate"]


def measure(mode: Any, size: int) -> dict[str, float]:
    """Transfers a second of this session's first call (``first``) and of its second (``rate``), and by how
    many megabytes the first made this process grow."""
    ledger_world.setup_django()
    _fund(2 * size)
    before = peak_mb()
    first = _paid(mode, size)
    growth = peak_mb() - before
    return {"first": first, "rate": _paid(mode, size), "memory_growth_mb": round(growth, 1)}


def _paid(mode: Any, size: int) -> float:
    """Pays ``size`` payees in one call; transfers a second."""
    from bank import ledger
    from bank.kernel.money import Money

    amount, call = Money.from_minor(100, "KES"), time.time_ns()
    entries = (
        ledger.transfer(
            key=f"{call}:{n}", debit="B100000", credit=f"B{n:06}", amount=amount, code="BULK_PAYMENT"
        )
        for n in range(size)
    )
    started = time.perf_counter()
    outcomes = ledger.post(entries, outcome=mode)
    took_s = time.perf_counter() - started
    if not all(outcome.is_posted for outcome in outcomes):
        sys.exit("not every payee was paid")
    return size / took_s


def _fund(size: int) -> None:
    from bank import ledger
    from bank.kernel.money import Money

    amount = Money.from_minor(100 * size, "KES")
    ledger.post(
        ledger.transfer(
            key=f"fund:{time.time_ns()}",
            debit=ledger.gl("CASH", "KES"),
            credit="B100000",
            amount=amount,
            code="CASH_DEPOSIT",
        )
    )


def peak_mb() -> float:
    """This program's own peak: ``ru_maxrss`` would carry over that of the process which started it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
