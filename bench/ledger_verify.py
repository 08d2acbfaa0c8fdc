"""``script/bench ledger.verify``: how long the proof of a book of a million postings takes.

Beside it the time PostgreSQL needs to add those postings up per account once: the least that any
proof has to do.
"""

import time
from collections.abc import Iterator
from typing import Any

import psycopg2

from bench import http_world, ledger_world

RUNS = 2
"""Each pays all payees twice."""
PAYEES = 100_000
AIM_S = 20


def run() -> Iterator[dict[str, Any]]:
    """Fills a scratch bank to a million postings, seals it, proves it."""
    with ledger_world.accounts() as environment:
        for _run in range(RUNS):
            http_world.python(["-m", "bench.ledger_bulk", "ALL_OR_NOTHING", str(PAYEES)], environment)
        started = time.perf_counter()
        http_world.python(["manage.py", "ledger_seal"], environment)
        sealed_s = time.perf_counter() - started
        ledger_world.vacuum(environment["DATABASE_URL"])
        started = time.perf_counter()
        proof = ledger_world.verify(environment)
        took_s = time.perf_counter() - started
        base_s = _adding_up(environment["DATABASE_URL"])
    yield {
        "bench": "ledger.verify",
        "value": round(took_s, 1),
        "unit": "s",
        "yardstick": round(base_s, 2),
        "ratio": round(took_s / base_s, 1),
        "aim_s": AIM_S,
        "sealed_s": round(sealed_s, 1),
        **proof,
    }


def _adding_up(url: str) -> float:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            started = time.perf_counter()
            cursor.execute("SELECT account_id, count(*), sum(amount) FROM ledger_posting GROUP BY 1")
            cursor.fetchall()
            return time.perf_counter() - started
    finally:
        connection.close()
