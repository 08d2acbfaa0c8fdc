"""The other side of ACH, for demonstration and tests: an operator, and the banks behind it.

- ``PUT /outbound/<name>`` with ``X-SHA256`` takes a NACHA file; ``GET /inbound`` lists what waits for a bank,
  ``GET /inbound/<name>`` gives it, ``DELETE /inbound/<digest>`` takes it away;
- ``GET /entries/<identification>`` what became of one; ``GET /settlement/<day>`` a day's report;
- ``POST /_incoming`` {"amount": "25.00", "creditor_number": "…", "class": "PPD"} makes another bank pay.

A file goes once: under its name, and by its header and control. Ordered with a reason of the C series,
``RETURN`` is a notification of change. Silence is the answer to a prenote, but of the accounts that answer by
themselves: 990000003 (R03), 990000004 (R04), 990000101 (C01), 990000102 (C02), 990000105 (C05). Money
settles on the day it is sent (Same Day ACH).
"""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Final

from bank.kernel import clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages.ach import codes, money, writing
from bank.messages.ach.records import Batch, Entry, File
from bank.payments.rails.ach import events, orders, reports
from bank.payments.sandbox import Behaviour, Request, Response, Sandbox, What

_BANKS: Final = ("021000021", "071000013")
_CORRECTED: Final = {"C01": "1918171614", "C02": _BANKS[1], "C05": "32"}
#: Accounts at the banks played that answer by themselves, money or prenote: no account, no number, another
#: number, another bank, a savings account.
_ANSWERS: Final = {
    "990000003": "R03", "990000004": "R04", "990000101": "C01", "990000102": "C02", "990000105": "C05",
}  # fmt: skip
_OF_RETURN: Final = "1"


@dataclass(frozen=True, slots=True)
class _Given:
    """An entry with where it stands."""

    file: File
    batch: Batch
    entry: Entry
    behaviour: Behaviour

    @property
    def identification(self) -> str:
        return self.entry.record["identification"]

    @property
    def trace(self) -> str:
        return self.entry.record["trace"]


class _Refused(Exception):
    def __init__(self, reason: str, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.reason, self.sentence, self.status = reason, sentence, status


class AchOperator(Sandbox):
    """Takes files of one bank, plays all the others."""

    code: ClassVar[str] = "ACH"
    schema = """
        CREATE TABLE IF NOT EXISTS file (name TEXT PRIMARY KEY, digest TEXT NOT NULL, identity TEXT UNIQUE);
        CREATE TABLE IF NOT EXISTS entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT, identification TEXT NOT NULL, trace TEXT NOT NULL,
            item TEXT NOT NULL, cents INTEGER NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
            said TEXT NOT NULL, is_ours INTEGER NOT NULL, file TEXT NOT NULL, raw TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS settled (
            id INTEGER PRIMARY KEY AUTOINCREMENT, day TEXT NOT NULL, item TEXT NOT NULL,
            identification TEXT NOT NULL, cents INTEGER NOT NULL, is_ours INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS waiting (
            id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, content BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS written (id INTEGER PRIMARY KEY AUTOINCREMENT);
    """

    def __init__(self, directory: Path | None = None) -> None:
        super().__init__(directory)
        self.own = os.environ.get("BANK_ACH_ROUTING", "021299007")
        self.routing = os.environ.get("ACH_OPERATOR_ROUTING", "061299902")
        self.key = os.environ.get("RAIL_ACH_KEY", "sandbox-ach")

    def behave(self, behaviour: Behaviour) -> None:
        """ACCEPT, REJECT or RETURN is done at once to entries that were delayed and match."""
        waiting = self.store.execute(
            "SELECT * FROM entry WHERE status = 'PENDING' AND instr(said, ?) > 0 ORDER BY id",
            (behaviour.match,),
        ).fetchall()
        if not waiting or behaviour.what not in {What.ACCEPT, What.REJECT, What.RETURN}:
            super().behave(behaviour)
            return
        with self._at_once():
            for name in dict.fromkeys(row["file"] for row in waiting):
                rows = [row for row in waiting if row["file"] == name]
                self._process(name, [_given(row["raw"], row["trace"], behaviour) for row in rows])

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        self.store.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.store.execute("ROLLBACK")
            raise
        self.store.execute("COMMIT")

    def answer(self, request: Request) -> Response:
        if request.path == "/_incoming":
            return self._incoming(request)
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self.key}"):
            return Response.of({"reason": "UNAUTHORISED", "sentence": "Show the key of a bank."}, 401)
        try:
            return self._of_bank(request)
        except _Refused as refusal:
            return Response.of({"reason": refusal.reason, "sentence": refusal.sentence}, refusal.status)
        except events.Unreadable as refusal:
            return Response.of({"reason": "FILE_REJECTED", "sentence": refusal.problem}, 400)
        except BankError as refusal:
            return Response.of({"reason": "FILE_REJECTED", "sentence": refusal.message}, 400)

    def _of_bank(self, request: Request) -> Response:
        _none, folder, *rest = request.path.split("/")
        what = rest[0] if rest else ""
        if request.method == "PUT" and folder == "outbound":
            return self._take(what, request)
        if request.method == "DELETE" and folder == "inbound":
            self.store.execute("DELETE FROM waiting WHERE digest = ?", (what,))
            return Response(204)
        if request.method == "GET" and folder == "inbound":
            return self._inbound(what)
        if request.method == "GET" and folder == "entries":
            return self._search(what)
        if request.method == "GET" and folder == "settlement":
            return Response(200, self._report(date.fromisoformat(what)).encode(), "text/csv")
        raise _Refused("NOT_FOUND", "There is no such folder.", 404)

    def _inbound(self, name: str) -> Response:
        if not name:
            rows = self.store.execute("SELECT id FROM waiting ORDER BY id LIMIT 200")
            return Response.of({"files": [str(row["id"]) for row in rows]})
        row = self.store.execute("SELECT content FROM waiting WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise _Refused("NOT_FOUND", "There is no such file.", 404)
        return Response(200, row["content"].encode("ascii"), "text/plain")

    def _search(self, identification: str) -> Response:
        row = self.store.execute(
            "SELECT status, reason, item FROM entry WHERE identification = ? AND is_ours ORDER BY id",
            (identification,),
        ).fetchone()
        return Response.of(dict(row) if row else {"status": "NOT_RECEIVED"})

    def _report(self, day: date) -> str:
        rows = self.store.execute("SELECT * FROM settled WHERE day = ? ORDER BY id", (day.isoformat(),))
        return reports.settlement(reports.Settlement(self.own, day, tuple(map(_item, rows))))

    def _take(self, name: str, request: Request) -> Response:
        """A file, whole or not at all."""
        content, digest = request.body, hashlib.sha256(request.body).hexdigest()
        if not hmac.compare_digest(request.headers.get("x-sha256", "").lower(), digest):
            raise _Refused("WRONG_DIGEST", "The file is not what its digest says: it broke off.")
        file = events.whole(content)
        parties = (file.header["origin"], file.header["destination"]) if file.header else ()
        if parties != (self.own, self.routing):
            raise _Refused("R13", "The file is not from a bank of ours, or not to this operator.")
        before = self.store.execute("SELECT digest FROM file WHERE name = ?", (name,)).fetchone()
        if before is not None and before["digest"] == digest:
            return Response.of({"taken": name, "again": True})
        identity = _identity(content.decode("ascii"))
        known = self.store.execute("SELECT 1 FROM file WHERE identity = ?", (identity,)).fetchone()
        if before is not None or known:
            raise _Refused("DUPLICATE_FILE", f"The file {name} came before.", 409)
        given = self._ordered(file)
        with self._at_once():
            self.store.execute("INSERT INTO file VALUES (?, ?, ?)", (name, digest, identity))
            waiting = [each for each in given if each.behaviour.what is What.DELAY]
            for each in waiting:
                self._note(each, name, "PENDING", "")
            self._process(name, [each for each in given if each not in waiting])
        is_silent = any(each.behaviour.what is What.TIMEOUT for each in given)
        return Response(504) if is_silent else Response.of({"taken": name}, 201)

    def _ordered(self, file: File) -> list[_Given]:
        """Every entry with what is ordered for it. Raises ``_Refused`` where the operator is to be down."""
        given = [
            _Given(file, batch, entry, _answering(entry, self.behaviour_for(_said(batch, entry))))
            for batch in file.batches
            for entry in batch.entries
        ]
        if any(each.behaviour.what is What.DOWN for each in given):
            raise _Refused("DOWN", "The operator is closed.", 503)
        return given

    def _process(self, name: str, given: Sequence[_Given]) -> None:
        """Acknowledges entries, settles what was taken, and has the other banks answer."""
        counted = [each for each in given if not self._is_offset(each)]
        times = 2 if any(each.behaviour.what is What.DUPLICATE for each in given) else 1
        told, settled = [], []
        for each in counted:
            reason = self._problem(each)
            self._note(each, name, "REJECTED" if reason else "SETTLED", reason)
            if not each.entry.return_code:
                told.append(reports.Acknowledged(each.trace, each.identification, reason))
            if not reason and each.entry.amount:
                settled.append(self._settle(each))
        if told:
            self._put(reports.acknowledgement(name, told), times)
        if settled:
            report = reports.Settlement(self.own, clock.today(), tuple(settled))
            self._put(reports.settlement(report), times)
        for each in counted:
            if each.behaviour.what is What.RETURN and not each.entry.return_code:
                self._send_back(each, times)

    def _is_offset(self, each: _Given) -> bool:
        """The debit that balances a batch, against the bank's own account at itself."""
        record = each.entry.record
        return record["rdfi"] == self.own[:8] and money.is_debit(each.entry.code)

    def _problem(self, each: _Given) -> str:
        """Why an entry is refused before settlement: a return code; empty where it is not."""
        record = each.entry.record
        if each.entry.return_code:
            return ""
        if each.behaviour.what is What.REJECT:
            return each.behaviour.reason or "R03"
        if not money.is_credit(each.entry.code):
            return "R29"
        if record["rdfi"] + record["check_digit"] not in _BANKS:
            return "R13"
        twice = self.store.execute(
            "SELECT 1 FROM entry WHERE identification = ? AND cents AND status = 'SETTLED' AND is_ours",
            (each.identification,),
        ).fetchone()
        return "R24" if twice and each.entry.amount else ""

    def _note(self, each: _Given, name: str, status: str, reason: str) -> None:
        self.store.execute("DELETE FROM entry WHERE file = ? AND trace = ?", (name, each.trace))
        self.store.execute(
            "INSERT INTO entry (identification, trace, item, cents, status, reason, said, is_ours, file, raw)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
            (
                *(each.identification, each.trace, events.item(each.file, each.batch, each.entry)),
                *(each.entry.amount, status, reason, _said(each.batch, each.entry), name),
                writing.render(File(each.file.header, [each.batch])),
            ),
        )

    def _settle(self, each: _Given) -> reports.Item:
        """What the bank sends costs it, also what it sends back."""
        number = events.item(each.file, each.batch, each.entry)
        item = reports.Item(number, each.identification, -each.entry.amount, not each.entry.return_code)
        return self._book(item)

    def _book(self, item: reports.Item) -> reports.Item:
        self.store.execute(
            "INSERT INTO settled (day, item, identification, cents, is_ours) VALUES (?, ?, ?, ?, ?)",
            (
                clock.today().isoformat(),
                item.number,
                item.identification,
                item.cents,
                item.is_ours,
            ),
        )
        return item

    def _send_back(self, each: _Given, times: int) -> None:
        """A return, or with a reason of the C series a notification of change."""
        reason = each.behaviour.reason or "R03"
        record, odfi = each.entry.record, each.entry.record["rdfi"]
        order = writing.Order(
            transaction_code=f"{each.entry.code[0]}{_OF_RETURN}",
            routing=self.own,
            account=record["account"],
            amount=0 if reason in codes.CHANGE_REASONS else each.entry.amount,
            name=record["name"],
            identification=each.identification,
            sequence=self._number(),
        )
        kind = "COR" if reason in codes.CHANGE_REASONS else each.batch.entry_class
        if kind == "COR":
            answer = writing.changed(
                order,
                odfi=odfi,
                reason=reason,
                original_trace=each.trace,
                corrected=_CORRECTED.get(reason, _CORRECTED["C01"]),
            )
        else:
            answer = writing.returned(order, kind, odfi=odfi, reason=reason, original_trace=each.trace)
        header = each.batch.header
        company = writing.Company(header["company_name"], header["company_id"], "RETURN")
        file = self._file(company, answer, kind, odfi)
        if order.amount:
            number = events.item(file, file.batches[0], answer)
            self._book(reports.Item(number, each.identification, order.amount, is_ours=True))
        self._put(writing.render(file), times)

    def _file(self, company: writing.Company, entry: Entry, kind: str, odfi: str) -> File:
        batch = writing.batch_of(
            company, [entry], entry_class=kind, odfi=odfi, number=1, effective=clock.today()
        )
        parties = writing.Parties(self.own, "UMOJA BANK", self.routing, "ACH OPERATOR")
        return writing.file(parties, [batch], created_at=clock.now(), reference=f"{self._number():08}")

    def _number(self) -> int:
        return int(self.store.execute("INSERT INTO written DEFAULT VALUES").lastrowid or 0)

    def _put(self, content: str, times: int) -> None:
        digest = hashlib.sha256(content.encode("ascii")).hexdigest()
        self.store.executemany(
            "INSERT INTO waiting (digest, content) VALUES (?, ?)", [(digest, content)] * times
        )

    def _incoming(self, request: Request) -> Response:
        """Another bank pays: settled at once, told by a NACHA file."""
        try:
            asked = json.loads(request.body)
            kind, order = str(asked.get("class", "PPD")), self._order(asked)
            made = writing.batch(
                writing.Company(str(asked.get("debtor_name", "ACME PAYROLL INC")), "1912345678", "PAYMENT"),
                [order],
                entry_class=kind,
                odfi=_BANKS[0][:8],
                number=1,
                effective=clock.today(),
            )
            parties = writing.Parties(self.own, "UMOJA BANK", self.routing, "ACH OPERATOR")
            file = writing.file(parties, [made], created_at=clock.now())
            content = writing.render(file)
            events.whole(content.encode("ascii"))
        except (BankError, events.Unreadable, KeyError, ValueError, TypeError) as problem:
            return Response.of({"reason": "FILE_REJECTED", "sentence": f"{problem}"[:200]}, 400)
        number = events.item(file, made, made.entries[0])
        with self._at_once():
            self._book(reports.Item(number, order.identification, order.amount, is_ours=False))
            self._put(content, int(asked.get("times", 1)))
        return Response.of({"reference": number})

    def _order(self, asked: dict[str, Any]) -> writing.Order:
        remittance = str(asked.get("remittance", ""))
        return writing.Order(
            transaction_code=str(asked.get("code", "22")),
            routing=self.own,
            account=str(asked["creditor_number"]),
            amount=int(Money.of(str(asked["amount"]), "USD").amount * 100),
            name=str(asked.get("creditor_name", "A CUSTOMER")),
            identification=str(asked.get("end_to_end_id", "")),
            information=(remittance,) if remittance else (),
            sequence=self._number(),
        )


def _answering(entry: Entry, ordered: Behaviour) -> Behaviour:
    """What is ordered of an entry; where nothing is, what the account answers by itself."""
    reason = "" if entry.return_code or entry.change_code else _ANSWERS.get(entry.record["account"], "")
    return Behaviour(What.RETURN, reason) if reason and ordered.what is What.ACCEPT else ordered


def _said(batch: Batch, entry: Entry) -> str:
    """Everything an entry says, for ``Behaviour.match``; the reference with its hyphens too."""
    words = [*batch.header.values.values(), *entry.record.values.values()]
    return " ".join([*words, orders.reference(entry.record["identification"])])


def _identity(content: str) -> str:
    """Header and control of a file: two files that agree in them are one."""
    lines = [line for line in content.split("\n") if line.strip("9")]
    return lines[0] + lines[-1]


def _given(raw: str, trace: str, behaviour: Behaviour) -> _Given:
    file = events.whole(raw.encode("ascii"))
    batch = file.batches[0]
    entry = next(each for each in batch.entries if each.record["trace"] == trace)
    return _Given(file, batch, entry, behaviour)


def _item(row: Any) -> reports.Item:
    return reports.Item(row["item"], row["identification"], row["cents"], bool(row["is_ours"]))


SANDBOX = AchOperator
