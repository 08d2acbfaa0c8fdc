"""The proof of the book as one question, planned once a connection: it is asked after every test."""

from typing import Any, Final
from weakref import WeakSet

from django.db import connection

from bank.ledger import checks, proof

_ALL: Final = " UNION ALL ".join(f"SELECT * FROM ({check.sql}) AS c (fault)" for check in checks.ALL)
_AS_THE_PROOF_DOES: Final = "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'"
_planned: Final[WeakSet[Any]] = WeakSet()
"""The connections that have the plan."""


def assert_balances() -> None:
    """Where a check fails, the proof itself is made, which says which."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM ledger_claim) OR EXISTS (SELECT FROM ledger_posting)")
        if not cursor.fetchone()[0]:
            return
        if connection.connection not in _planned:
            cursor.execute(f"PREPARE whole_book AS {_ALL}")
            _planned.add(connection.connection)
        cursor.execute(f"{_AS_THE_PROOF_DOES}; EXECUTE whole_book")
        faults = cursor.fetchall()
    if faults:
        proof.assert_book_balances()
        raise AssertionError(faults)
