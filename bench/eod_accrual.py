"""``script/bench eod.accrual``: a day's interest on N savings accounts, beside a plain UPDATE of N rows.

Sizes are 10,000 and 100,000, or what ``BENCH_ACCOUNTS`` names (``BENCH_ACCOUNTS=1000000``). The first
close of a scratch bank begins the positions; two more, each a day, are measured: one after which a
tenth of the accounts had moved, one quiet. The yardstick rewrites a column of as many narrow rows of a
table with the same fill, in the same minute.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bench import eod_world, http_world, ledger_bulk, ledger_world

START = date(2026, 3, 2)
MOVING = 10


def run() -> Iterator[dict[str, Any]]:
    """A line for each size."""
    asked = os.environ.get("BENCH_ACCOUNTS", "10000 100000")
    for size in map(int, asked.replace(",", " ").split()):
        with http_world.scratch_environment() as environment:
            http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
            http_world.python(["-m", "bench.eod_accrual", "fill", str(size)], environment)
            ledger_world.vacuum(environment["DATABASE_URL"])
            measured = http_world.python(["-m", "bench.eod_accrual", "measure", str(size)], environment)
            yield {"bench": "eod.accrual", **json.loads(measured)}


def fill(size: int) -> None:
    """Opens the savings accounts set-based, each with a deposit, and closes the first day."""
    ledger_world.setup_django()
    from bank import ledger
    from bank.cif import services as cif
    from bank.products import services as products

    products.seed_catalogue()
    ledger.open_books(on=START)
    cif.create_person(given_names="Bench", family_name="Saver", birth_date=date(1990, 1, 1))
    _open(size)
    _deposit(size, range(size), "opening", 5_000_000)
    _vacuum()
    _close()


def measure(size: int) -> dict[str, Any]:
    """Seconds of a close after a tenth of the accounts moved, of a quiet one, and of the yardstick."""
    ledger_world.setup_django()
    _deposit(size, range(0, size, MOVING), "salary", 100_000)
    _vacuum()
    moving_s, used = _close(), eod_world.cpu_s()
    quiet_s, used_s = _close(), eod_world.cpu_s() - used
    base_s = _yardstick(size)
    return {
        "accounts": size,
        "value": round(size / quiet_s),
        "unit": "accounts/s",
        "seconds": round(quiet_s, 2),
        "cpu_s": round(used_s, 2),
        "seconds_a_tenth_moved": round(moving_s, 2),
        "yardstick_s": round(base_s, 2),
        "yardstick": round(size / base_s),
        "ratio": round(base_s / quiet_s, 2),
        "peak_rss_mb": round(ledger_bulk.peak_mb()),
    }


def _close() -> float:
    """Accrues the business date as the close does, part by part, rolls it; the seconds it took."""
    from django.db import transaction

    from bank import ledger
    from bank.interest import eod
    from bank.runtime.steps import Day

    today = ledger.business_date()
    day, cursor, started = Day(today, today + timedelta(days=1)), "", time.perf_counter()
    while cursor is not None:
        with transaction.atomic():
            cursor = eod.accrue(day, cursor).cursor
    took_s = time.perf_counter() - started
    ledger.roll_business_date()
    return took_s


def _open(size: int) -> None:
    from django.db import connection

    from bank import ledger
    from bank.kernel import clock

    control = ledger.gl("SAVINGS_DEPOSITS", "KES")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_account (number, customer_id, product_id, product_version_id, currency,"
            " nickname, role, signing, status, opened_date, created_at)"
            " SELECT lpad(n::text, 13, '0'), c.id, p.id, v.id, 'KES', '', 'MAIN', 'SOLE', 'ACTIVE', %s, now()"
            " FROM generate_series(0, %s - 1) n, cif_customer c, products_product p"
            " JOIN products_productversion v ON v.product_id = p.id WHERE p.code = 'SAVINGS'",
            [START, size],
        )
        cursor.execute(
            "SELECT count(*) FROM accounts_account a WHERE ledger_open_account("
            "a.number, 'Savings', 'KES', 2::smallint, 'LIABILITY', true, %s, 0, %s)",
            [control, clock.now()],
        )


def _deposit(size: int, which: range, key: str, minor: int) -> None:
    """Pays in to these accounts, the first of them least, streamed in bulk."""
    from bank import ledger
    from bank.kernel.money import Money

    cash, step = ledger.gl("CASH", "KES"), 100_000
    for low in range(0, len(which), step):
        ledger.post(
            ledger.transfer(
                key=f"{key}:{n}",
                debit=cash,
                credit=f"{n:013}",
                amount=Money.from_minor(minor + n * 7 % 99_991, "KES"),
                code="CASH_DEPOSIT",
            )
            for n in which[low : low + step]
        )


def _vacuum() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _yardstick(size: int) -> float:
    """Seconds of one UPDATE of one column of as many rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE yardstick (id bigint PRIMARY KEY, amount bigint) WITH (fillfactor = 50)")
        cursor.execute("INSERT INTO yardstick SELECT n, n FROM generate_series(1, %s) n", [size])
        cursor.execute("VACUUM ANALYZE yardstick")
        cursor.execute("CHECKPOINT")
        started = time.perf_counter()
        cursor.execute("UPDATE yardstick SET amount = amount + 1")
        return time.perf_counter() - started


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        print(json.dumps(measure(int(sys.argv[2]))))
