"""The switch's books: members and what they have at it, payments, movements, and messages that wait."""

import sqlite3
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bank.kernel.money import Money
from bank.messages.interbank.records import Transfer

CURRENCY: Final = "KES"
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS member (
    bic TEXT PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL, opened_with INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    sender TEXT, id TEXT, digest TEXT NOT NULL, PRIMARY KEY (sender, id));
CREATE TABLE IF NOT EXISTS payment (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, receiver TEXT NOT NULL,
    transaction_id TEXT NOT NULL, uetr TEXT NOT NULL, end_to_end_id TEXT NOT NULL, cents INTEGER NOT NULL,
    settles_on TEXT NOT NULL, message_id TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
    said TEXT NOT NULL, times INTEGER NOT NULL DEFAULT 1, UNIQUE (sender, transaction_id));
CREATE TABLE IF NOT EXISTS movement (
    id INTEGER PRIMARY KEY AUTOINCREMENT, member TEXT NOT NULL, day TEXT NOT NULL, reference TEXT NOT NULL,
    payment INTEGER NOT NULL, cents INTEGER NOT NULL, is_return INTEGER NOT NULL, is_own INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY AUTOINCREMENT, member TEXT NOT NULL, message_id TEXT NOT NULL,
    content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS wish (id TEXT PRIMARY KEY, reference TEXT NOT NULL, answer TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS written (id INTEGER PRIMARY KEY AUTOINCREMENT);
"""
#: BIC, code in the clearing, name.
MEMBERS: Final = (
    ("SAVNKENA", "01", "Savanna Bank"),
    ("RIFTKENA", "02", "Rift Valley Bank"),
    ("PWANKENA", "11", "Pwani Commercial Bank"),
    ("EQBLKENA", "68", "A bank the payment files of tests name"),
)
_PAYMENTS: Final = {
    "NUMBER": "SELECT * FROM payment WHERE number = ? ORDER BY number",
    "NAME": "SELECT * FROM payment WHERE sender = ? AND transaction_id = ? ORDER BY number",
    "UETR": "SELECT * FROM payment WHERE uetr = ? ORDER BY number",
    "PENDING": "SELECT * FROM payment WHERE status = 'PDNG' AND instr(said, ?) > 0 ORDER BY number",
}
_OPENING_CENTS: Final = 50_000_000_000_00


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment as the switch knows it. ``times`` is how often each answer about it is given."""

    number: int
    sender: str
    receiver: str
    transaction_id: str
    uetr: str
    end_to_end_id: str
    cents: int
    settles_on: date
    message_id: str
    status: str
    reason: str
    said: str
    times: int

    @property
    def reference(self) -> str:
        """The switch's name for it."""
        return f"SW{self.number:010}"

    @property
    def amount(self) -> Money:
        return money(self.cents)


def money(cents: int) -> Money:
    return Money.of(f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}", CURRENCY)


class Store:
    """Everything the switch writes down, in SQLite."""

    def __init__(self, database: sqlite3.Connection, own: str) -> None:
        self._db = database
        for member in ((own, "", "The bank under trial"), *MEMBERS):
            self.enrol(*member)

    def enrol(self, bic: str, code: str, name: str) -> None:
        row = (bic, code, name, _OPENING_CENTS)
        self._db.execute("INSERT OR IGNORE INTO member VALUES (?, ?, ?, ?)", row)

    def member(self, agent: str) -> str:
        """The BIC of a member named by BIC, a branch's BIC or its code; empty where there is none."""
        row = self._db.execute(
            "SELECT bic FROM member WHERE bic = ? OR (code = ? AND code <> '')", (agent[:8], agent)
        ).fetchone()
        return str(row["bic"]) if row else ""

    def digest_of(self, sender: str, message_id: str) -> str:
        """What was in a message taken before; empty where there was none."""
        row = self._db.execute(
            "SELECT digest FROM message WHERE sender = ? AND id = ?", (sender, message_id)
        ).fetchone()
        return str(row["digest"]) if row else ""

    def take(self, sender: str, message_id: str, digest: str) -> None:
        self._db.execute("INSERT INTO message VALUES (?, ?, ?)", (sender, message_id, digest))

    def balance(self, bic: str, before: str = "9999") -> int:
        """Cents a member has, from the opening and every movement of days before ``before``."""
        row = self._db.execute(
            "SELECT opened_with + (SELECT COALESCE(SUM(cents), 0) FROM movement"
            " WHERE member = bic AND day < ?) AS cents FROM member WHERE bic = ?",
            (before, bic),
        ).fetchone()
        return int(row["cents"])

    def positions(self) -> dict[str, str]:
        return {
            row["bic"]: f"{money(self.balance(row['bic'])).amount:f}"
            for row in self._db.execute("SELECT bic FROM member ORDER BY bic")
        }

    def add(self, transfer: Transfer, message_id: str, said: str, times: int) -> Payment:
        """Writes down a transfer that is pending."""
        cursor = self._db.execute(
            "INSERT INTO payment (sender, receiver, transaction_id, uetr, end_to_end_id, cents, settles_on,"
            " message_id, status, reason, said, times) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'PDNG', '', ?, ?)",
            (
                *(transfer.debtor_agent, transfer.creditor_agent, transfer.transaction_id, transfer.uetr),
                *(transfer.end_to_end_id, int(transfer.amount.amount * 100), transfer.settles_on.isoformat()),
                *(message_id, said, times),
            ),
        )
        return self._found("NUMBER", cursor.lastrowid)[0]

    def payment(self, sender: str, transaction_id: str) -> Payment | None:
        found = self._found("NAME", sender, transaction_id)
        return found[0] if found else None

    def numbered(self, reference: str) -> Payment | None:
        """By the switch's own name for it."""
        digits = reference.removeprefix("SW")
        found = self._found("NUMBER", int(digits)) if digits.isdigit() else []
        return found[0] if found else None

    def has_uetr(self, uetr: str) -> bool:
        return bool(uetr) and bool(self._found("UETR", uetr))

    def pending(self, match: str) -> list[Payment]:
        return self._found("PENDING", match)

    def _found(self, where: str, *values: Any) -> list[Payment]:
        rows = self._db.execute(_PAYMENTS[where], values)
        return [Payment(**{**dict(row), "settles_on": date.fromisoformat(row["settles_on"])}) for row in rows]

    def mark(self, payment: Payment, status: str, reason: str = "") -> None:
        self._db.execute(
            "UPDATE payment SET status = ?, reason = ? WHERE number = ?", (status, reason, payment.number)
        )

    def move(self, payment: Payment, *, reference: str, day: str, is_return: bool = False) -> None:
        """Settles between the two members; back again for a return."""
        cents = -payment.cents if is_return else payment.cents
        for member, amount in ((payment.sender, -cents), (payment.receiver, cents)):
            self._db.execute(
                "INSERT INTO movement (member, day, reference, payment, cents, is_return, is_own)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (member, day, reference, payment.number, amount, is_return, member == payment.sender),
            )

    def movements(self, member: str, day: str) -> list[sqlite3.Row]:
        return self._db.execute(
            "SELECT m.*, p.transaction_id, p.uetr, p.end_to_end_id FROM movement m"
            " JOIN payment p ON p.number = m.payment WHERE m.member = ? AND m.day = ? ORDER BY m.id",
            (member, day),
        ).fetchall()

    def put(self, member: str, message_id: str, content: str, times: int) -> None:
        """Lays a message ready for a member, as often as it is to be given."""
        self._db.executemany(
            "INSERT INTO waiting (member, message_id, content) VALUES (?, ?, ?)",
            [(member, message_id, content)] * times,
        )

    def waiting(self, member: str) -> list[str]:
        rows = self._db.execute(
            "SELECT content FROM waiting WHERE member = ? ORDER BY id LIMIT 200", (member,)
        )
        return [row["content"] for row in rows]

    def taken(self, member: str, message_id: str) -> None:
        self._db.execute("DELETE FROM waiting WHERE member = ? AND message_id = ?", (member, message_id))

    def wish(self, name: str, reference: str) -> None:
        """Another bank wants a payment back, and waits for an answer."""
        self._db.execute("INSERT INTO wish VALUES (?, ?, '')", (name, reference))

    def answer_wish(self, name: str, reason: str) -> bool:
        """False where no such wish waits."""
        cursor = self._db.execute("UPDATE wish SET answer = ? WHERE id = ? AND answer = ''", (reason, name))
        return cursor.rowcount == 1

    def grant_wishes(self, reference: str) -> None:
        self._db.execute(
            "UPDATE wish SET answer = 'RETURNED' WHERE reference = ? AND answer = ''", (reference,)
        )

    def wishes(self) -> dict[str, str]:
        """What each wish was answered; empty where none came yet."""
        return {row["id"]: row["answer"] for row in self._db.execute("SELECT * FROM wish ORDER BY id")}

    def count(self) -> int:
        """How many messages the switch has written so far, to number the next."""
        return int(self._db.execute("INSERT INTO written DEFAULT VALUES").lastrowid or 0)
