"""A guarded account's closing balances by value date: what interest counts."""

from datetime import date
from typing import Final

from bank.kernel.money import Money
from bank.ledger import engine, errors

_CLOSING: Final = """
    WITH moves AS (
        SELECT e.value_date AS day, sum(p.amount) AS amount
        FROM ledger_account a
        JOIN ledger_posting p ON p.account_id = a.id
        JOIN ledger_entry e ON e.id = p.entry_id
        WHERE a.code = %(code)s AND a.guarded AND e.value_date <= %(to)s
        GROUP BY e.value_date
    )
    SELECT a.currency, (
        SELECT coalesce(sum(m.amount), 0) FROM moves m WHERE m.day <= d.day
    )
    FROM ledger_account a, generate_series(%(from)s::date, %(to)s::date, '1 day') d (day)
    WHERE a.code = %(code)s AND a.guarded
    ORDER BY d.day
"""


def closing_balances(code: str, *, from_date: date, to_date: date) -> list[Money]:
    """The balance at the end of each day by value date, as it is known now, both days included.

    Raises UnknownAccount for an account that is not there or not guarded.
    """
    rows = engine.rows(_CLOSING, {"code": code, "from": from_date, "to": to_date})
    if not rows and to_date >= from_date:
        raise errors.UnknownAccount(account=code)
    return [Money.from_minor(int(balance), currency) for currency, balance in rows]
