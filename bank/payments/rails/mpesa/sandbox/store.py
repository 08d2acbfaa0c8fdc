"""What M-Pesa keeps: payments out and in, pushes, registrations, what it told whom."""

import csv
import io
import sqlite3
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bank.payments.rails.mpesa.sandbox import bodies

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payment (
    receipt TEXT PRIMARY KEY, kind TEXT NOT NULL, short_code TEXT NOT NULL, phone TEXT NOT NULL,
    amount TEXT NOT NULL, reference TEXT UNIQUE, conversation TEXT NOT NULL, state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '', account TEXT NOT NULL DEFAULT '', linked TEXT NOT NULL DEFAULT '',
    asked TEXT NOT NULL DEFAULT '', at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS push (
    checkout TEXT PRIMARY KEY, merchant TEXT NOT NULL, phone TEXT NOT NULL, amount TEXT NOT NULL,
    account TEXT NOT NULL, short_code TEXT NOT NULL, callback TEXT NOT NULL, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS registered (
    short_code TEXT PRIMARY KEY, confirmation TEXT NOT NULL, validation TEXT NOT NULL,
    unanswered TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS told (url TEXT NOT NULL, body TEXT NOT NULL, answer TEXT NOT NULL);
"""
_COLUMNS: Final = (
    *("Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In"),
    *("Withdrawn", "Balance", "Balance Confirmed", "Reason Type", "Other Party Info"),
    *("Linked Transaction ID", "A/C No."),
)


def add(store: sqlite3.Connection, **values: Any) -> Any:
    """A payment, with receipt and time where they are not given."""
    row = {
        "receipt": bodies.receipt(),
        "conversation": bodies.conversation(),
        "at": bodies.here().isoformat(timespec="seconds"),
        **values,
    }
    names = ", ".join(row)
    store.execute(
        f"INSERT INTO payment ({names}) VALUES ({', '.join(':' + name for name in row)})",  # noqa: S608  names of ours
        row,
    )
    return one(store, "receipt", row["receipt"])


def one(store: sqlite3.Connection, by: str, value: str) -> Any:
    return store.execute(f"SELECT * FROM payment WHERE {by} = ?", (value,)).fetchone()  # noqa: S608  ours


def statement(store: sqlite3.Connection, short_code: str, day: str) -> str:
    """The portal's export of a day."""
    made = io.StringIO()
    made.write(f"Organization Statement\nShort Code: {short_code}\nTime Period: {day}\n\n")
    writer = csv.writer(made)
    writer.writerow(_COLUMNS)
    rows = store.execute(
        "SELECT * FROM payment WHERE short_code = ? AND at LIKE ? AND state <> 'Held' ORDER BY at, rowid",
        (short_code, f"{day}%"),
    )
    writer.writerows(map(_line, rows))
    return made.getvalue()


def _line(row: Any) -> list[str]:
    at = datetime.fromisoformat(row["at"]).strftime("%d-%m-%Y %H:%M:%S")
    is_out = row["kind"] in {"Business Payment to Customer via API", "Pay Bill Reversal"}
    told = f" via API. Original conversation ID is {row['reference'] or row['asked']}."
    details = f"{row['kind']} {row['phone']} - {bodies.CUSTOMER}"
    amount = f"{Decimal(row['amount']):.2f}"
    return [
        *(row["receipt"], at, at, details + (told if row["reference"] or row["asked"] else "")),
        *(row["state"], "" if is_out else amount, f"-{amount}" if is_out else "", "", "true"),
        *(row["kind"], f"{row['phone']} - {bodies.CUSTOMER}", row["linked"], row["account"]),
    ]


def pulled(store: sqlite3.Connection, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Payments to a short code between two times, a page of them."""
    since, until = (str(asked[name]).replace(" ", "T") for name in ("StartDate", "EndDate"))
    rows = store.execute(
        "SELECT * FROM payment WHERE short_code = ? AND kind = 'Pay Bill' AND state = 'Completed'"
        " AND substr(at, 1, 19) BETWEEN ? AND ? ORDER BY at LIMIT 1000 OFFSET ?",
        (asked["ShortCode"], since, until, int(asked.get("OffSetValue") or 0)),
    )
    return [
        {
            "transactionId": row["receipt"],
            "trxDate": row["at"],
            "msisdn": row["phone"],
            "sender": bodies.CUSTOMER,
            "transactiontype": "c2b-pay-bill-debit",
            "billreference": row["account"],
            "amount": row["amount"],
            "organizationname": "UMOJA BANK",
        }
        for row in rows
    ]
