"""A scratch bank of 100,000 accounts with money, what its clients do, and the proof of its book."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, NamedTuple

import psycopg2

from bench import http_world, processor, yardstick
from bench.crew import Crew

ACCOUNTS = 100_000
CLIENTS = int(os.environ.get("BENCH_CLIENTS", "16"))
"""Callers in all, and clients of pgbench beside them; an even number."""
THREADS = CLIENTS // 2
"""Callers of one process, as a server's worker has them."""
ROUNDS = 3
SECONDS = 4
OPENING_MINOR = 100_000_000
"""A million shillings each: no benchmark runs out of money."""

Subject = Callable[[], float]


@contextmanager
def accounts(count: int = ACCOUNTS) -> Iterator[dict[str, str]]:
    """The environment of a scratch bank with ``count`` funded accounts B000000, B000001, …"""
    with http_world.scratch_environment() as environment:
        http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
        http_world.python(["-m", "bench.ledger_world", str(count)], environment)
        vacuum(environment["DATABASE_URL"])
        yield environment


def vacuum(url: str) -> None:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
    finally:
        connection.close()


class Taken(NamedTuple):
    """A subject's rate a second, and what one of them took of the processors: of clients and server."""

    rate: float
    processor_us: float | None


def in_turns(subjects: dict[str, Subject], *, pgbench_url: str) -> tuple[dict[str, Taken], Taken]:
    """Medians of the subjects and of pgbench, taken in turns so that both see the same machine."""
    all_of_them = {"": partial(yardstick.rate, pgbench_url, clients=CLIENTS, seconds=SECONDS), **subjects}
    taken: dict[str, list[Taken]] = {name: [] for name in all_of_them}
    for _round in range(ROUNDS):
        for name, subject in all_of_them.items():
            taken[name].append(_taken(subject))
    medians = {
        name: Taken(*(_median(row) for row in zip(*rows, strict=True))) for name, rows in taken.items()
    }
    return medians, medians.pop("")


def _taken(subject: Subject) -> Taken:
    before = processor.seconds()
    rate = subject()
    after = processor.seconds()
    spent = None if before is None or after is None else (after - before) / (rate * SECONDS) * 1e6
    return Taken(rate, spent)


def _median(values: Sequence[Any]) -> Any:
    return None if None in values else statistics.median(values)


def against_yardstick(subjects: dict[str, Subject], *, pgbench_url: str) -> tuple[dict[str, float], float]:
    """The rates alone."""
    medians, base = in_turns(subjects, pgbench_url=pgbench_url)
    return {name: taken.rate for name, taken in medians.items()}, base.rate


def crews(environment: dict[str, str], kinds: list[str]) -> AbstractContextManager[dict[str, Subject]]:
    """For each kind of transfer ``CLIENTS`` callers, in processes of ``THREADS`` threads."""
    programs = {kind: ["bench.ledger_client", kind, str(THREADS)] for kind in kinds}
    return hired(environment, programs, size=CLIENTS // THREADS)


@contextmanager
def hired(
    environment: dict[str, str], programs: dict[str, list[str]], *, size: int = CLIENTS
) -> Iterator[dict[str, Subject]]:
    """For each program (a module and its arguments) a crew of ``size`` processes, as subjects to measure."""
    there = {name: Crew(module, rest, size, environment) for name, (module, *rest) in programs.items()}
    try:
        yield {name: (lambda crew=crew: crew.work(SECONDS)) for name, crew in there.items()}
    finally:
        for crew in there.values():
            crew.dismiss()


def prove(environment: dict[str, str]) -> dict[str, Any]:
    """Seals and proves the book of the scratch bank; raises if it is not proven."""
    http_world.python(["manage.py", "ledger_seal"], environment)
    return verify(environment)


def verify(environment: dict[str, str]) -> dict[str, Any]:
    """Proves the book as it is sealed; raises if it is not proven."""
    command = [sys.executable, "manage.py", "ledger_verify"]
    done = subprocess.run(command, env=environment, cwd=http_world.ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the book is not proven:\n{done.stdout}\n{done.stderr}")
    return {"proof": done.stdout.strip().splitlines()[-1]}


def line(bench: str, value: float, base: float, **more: Any) -> dict[str, Any]:
    """A result: transfers a second beside pgbench's transactions a second."""
    return {
        "bench": bench,
        "value": round(value),
        "unit": "transfers/s",
        "yardstick": round(base),
        "ratio": round(value / base, 2),
        **more,
    }


def taken_line(bench: str, taken: Taken, base: Taken, **more: Any) -> dict[str, Any]:
    """The same with what one took of the processors, which what else runs on the machine changes less."""
    if taken.processor_us and base.processor_us:
        more["processor_us"] = round(taken.processor_us)
        more["processor_yardstick_us"] = round(base.processor_us)
        more["processor_ratio"] = round(base.processor_us / taken.processor_us, 2)
    return line(bench, taken.rate, base.rate, **more)


def setup_django() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bank.settings")
    django.setup()


def _fill(count: int) -> None:
    """Opens the accounts with the ledger's own function in one statement, and funds them by posting."""
    setup_django()
    from django.db import connection

    from bank import ledger
    from bank.kernel import clock
    from bank.kernel.money import Money

    control, cash = ledger.gl("CURRENT_DEPOSITS", "KES"), ledger.gl("CASH", "KES")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM generate_series(0, %s) n WHERE ledger_open_account("
            "'B' || lpad(n::text, 6, '0'), 'Bench ' || n, 'KES', 2::smallint, 'LIABILITY', true, %s, 0, %s)",
            [count, control, clock.now()],
        )
    funds = Money.from_minor(OPENING_MINOR, "KES")
    entries = (
        ledger.transfer(key=f"open:{n}", debit=cash, credit=f"B{n:06}", amount=funds, code="CASH_DEPOSIT")
        for n in range(count)
    )
    ledger.post(entries)


if __name__ == "__main__":
    _fill(int(sys.argv[1]))
    print(json.dumps({"filled": int(sys.argv[1])}))
