"""``script/bench statements.long``: a statement of 50,000 lines as CSV, PDF and camt.053.

Each is made by a process of its own, from the book to the sealed file on the disk, and says how long
it took, how much of that the process itself worked (the rest is the database's, and others' load) and how
much memory it had at most.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench import http_world, ledger_world
from bench.ledger_bulk import peak_mb

LINES = 50_000
_FORMATS = ("CSV", "PDF", "CAMT053", "MT940", "XLSX", "JSON", "OFX")
_AT_ONCE = 5_000


def run() -> Iterator[dict[str, Any]]:
    """A line for each format."""
    with http_world.scratch_environment() as environment:
        http_world.python(["manage.py", "migrate", "--verbosity", "0"], environment)
        http_world.python(["-m", "bench.statements_long", "FILL"], environment)
        ledger_world.vacuum(environment["DATABASE_URL"])
        for format in _FORMATS:
            said = http_world.python(["-m", "bench.statements_long", format], environment)
            yield {"bench": "statements.long", "format": format, "lines": LINES, **json.loads(said)}


def fill() -> dict[str, Any]:
    """One customer whose account has ``LINES`` lines."""
    from bank import ledger
    from bank.kernel.money import Money
    from tests.statements import world

    party, amount = world.build().alice, Money.from_minor(100, "KES")
    cash = ledger.gl("CASH", "KES")
    for begin in range(0, LINES - 1, _AT_ONCE):
        ledger.post(
            ledger.transfer(
                key=f"line {number}",
                debit=cash,
                credit=party.current.number,
                amount=amount,
                code="CASH_DEPOSIT",
                narrative=f"Invoice 2026/{number:06} paid at the counter",
                reference=f"P-{number:08}",
            )
            for number in range(begin, min(begin + _AT_ONCE, LINES - 1))
        )
    return {"lines": LINES}


def measure(format: str) -> dict[str, Any]:
    """Seconds from the request to the sealed file, its size, and the peak of this process."""
    from bank import ledger
    from bank.accounts.models import Account
    from bank.identity.models import User
    from bank.statements import services

    account = Account.objects.select_related("customer").get(number=_busiest())
    day = ledger.business_date()
    statement = services.request_statement(
        user=User.objects.get(email="alice@example.test"),
        account=account,
        from_date=day,
        to_date=day,
        format=format,
        key=format,
    )
    started, worked = time.perf_counter(), time.process_time()
    services.make_statement(statement_id=statement.pk)
    took_s, cpu_s = time.perf_counter() - started, time.process_time() - worked
    statement.refresh_from_db()
    return {
        "seconds": round(took_s, 2),
        "cpu_seconds": round(cpu_s, 2),
        "load": os.getloadavg()[0],
        "peak_mb": round(peak_mb()),
        "bytes": statement.size,
    }


def _busiest() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code FROM ledger_account a JOIN ledger_posting p ON p.account_id = a.id"
            " WHERE a.guarded GROUP BY a.code ORDER BY count(*) DESC LIMIT 1"
        )
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    ledger_world.setup_django()
    print(json.dumps(fill() if sys.argv[1] == "FILL" else measure(sys.argv[1])))
