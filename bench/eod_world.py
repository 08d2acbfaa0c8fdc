"""A scratch bank with N savings accounts and money on each, at the end of a month that ends on a weekend.

``python -m bench.eod_world N`` is run with the scratch environment and fills its database: customers,
contracts and ledger accounts by set-based SQL beside one that the real services opened, the money by
the ledger itself.
"""

import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import Final

from bench import ledger_world

FRIDAY: Final = date(2026, 5, 29)
"""The last business date of May 2026; Monday, 1 June, is a holiday in Kenya."""
PER_CUSTOMER: Final = 2
OPENING_MINOR: Final = 5_000_000
"""Fifty thousand shillings."""
AT_ONCE: Final = 100_000

_COPY: Final = """
    INSERT INTO {table} ({columns})
    SELECT {values} FROM {table} t CROSS JOIN generate_series(%(first)s, %(last)s) n WHERE t.id = %(template)s
"""


def fill(count: int) -> None:
    """Opens the books on the last business date of May, ``count`` savings accounts, and funds them."""
    ledger_world.setup_django()
    from bank import ledger
    from bank.accounts import services as accounts
    from bank.cif import services as cif
    from bank.products import services as products

    ledger.open_books(on=FRIDAY)
    products.seed_catalogue()
    customer = cif.create_person(given_names="Wanjiku", family_name="Bench", birth_date=date(1990, 5, 17))
    account = accounts.open_account(customer=customer, product_code="SAVINGS", key="bench")
    customers = (count + PER_CUSTOMER - 1) // PER_CUSTOMER
    _copy("cif_customer", customer.pk, 1, customers - 1, {"cif": "'9' || lpad(n::text, 8, '0')"})
    _copy(
        "accounts_account",
        account.pk,
        1,
        count - 1,
        {"number": "'9' || lpad(n::text, 12, '0')", "customer_id": f"t.customer_id + n %% {customers}"},
    )
    _open(account.number)
    _fund()


def _copy(table: str, template: int, first: int, last: int, changed: dict[str, str]) -> None:
    """Copies of a row with the next ids, other values in the ``changed`` columns."""
    from django.db import connection

    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        values = {"id": "t.id + n"} | changed
        sql = _COPY.format(
            table=table,
            columns=", ".join(columns),
            values=", ".join(values.get(column, f"t.{column}") for column in columns),
        )
        cursor.execute(sql, {"first": first, "last": last, "template": template})
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )


def _open(template: str) -> None:
    """A ledger account of the same number for each contract that has none."""
    from django.db import connection

    from bank import ledger
    from bank.kernel import clock

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM accounts_account a WHERE a.number <> %s AND ledger_open_account("
            "a.number, 'Savings', 'KES', 2::smallint, 'LIABILITY', true, %s, 0, %s)",
            [template, ledger.gl("SAVINGS_DEPOSITS", "KES"), clock.now()],
        )
        cursor.execute("ANALYZE")


def _fund() -> None:
    """Money on every account: an entry for each hundred thousand of them."""
    from bank import ledger
    from bank.accounts.models import Account
    from bank.kernel.money import Money

    each = Money.from_minor(OPENING_MINOR, "KES")
    numbers = list(Account.objects.order_by("number").values_list("number", flat=True))
    for place in range(0, len(numbers), AT_ONCE):
        part = numbers[place : place + AT_ONCE]
        cash = ledger.Posting(ledger.gl("CASH", "KES"), each * -len(part))
        lines = (cash, *(ledger.Posting(number, each) for number in part))
        ledger.post([ledger.Entry(f"bench:{place}", lines, "CASH_DEPOSIT")])
    ledger.seal()


def cpu_s() -> float:
    """Seconds of processor this process and its session of the database have used, where that may be seen:
    what a close costs, whoever else is at work on the machine.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    try:
        said = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return time.process_time()
    return time.process_time() + (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    fill(int(sys.argv[1]))
