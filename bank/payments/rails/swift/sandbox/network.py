"""What SWIFT and the correspondents do with what they are sent."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from bank.kernel import clock
from bank.messages import errors
from bank.messages.swift import blocks, checks, rules
from bank.messages.swift.blocks import Field, Message
from bank.payments.rails.swift import sealing
from bank.payments.sandbox import Behaviour, Request, Response, Sandbox, What

KEY: Final = "sandbox-swift"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS payment (
    reference TEXT PRIMARY KEY, uetr TEXT NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL,
    reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (sha256 TEXT NOT NULL, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entry (
    day TEXT NOT NULL, bank TEXT NOT NULL, currency TEXT NOT NULL, amount TEXT NOT NULL,
    reference TEXT NOT NULL, own TEXT NOT NULL);
"""
_NAK = re.compile(r"[A-Z][0-9]{2}")
_STALE: Final = timedelta(minutes=5)


class Correspondents(Sandbox):
    """Whoever a message is addressed to keeps an account of the bank that sent it."""

    code = "SWIFT"
    schema = _SCHEMA

    def answer(self, request: Request) -> Response:
        path, _mark, query = request.path.partition("?")
        if path == "/_pay":
            return self._paid_from_abroad(json.loads(request.body))
        if path == "/_recall":
            return self._wants_back(json.loads(request.body))
        if not self._is_sealed(request):
            return Response.of({"reason": "LAU", "sentence": "The seal is wrong."}, 403)
        if request.method == "POST" and path == "/messages":
            return self._taken(request.body)
        if path == "/messages":
            return self._offered()
        if request.method == "DELETE":
            self.store.execute("DELETE FROM waiting WHERE sha256 = ?", (path.rpartition("/")[2],))
            return Response.of({})
        if path.startswith("/tracker/"):
            return self._tracked(path.removeprefix("/tracker/"))
        return Response.of({"statements": list(self._statements(query.removeprefix("day=")))})

    def _is_sealed(self, request: Request) -> bool:
        given, stamp = request.headers.get(sealing.HEADER, ""), request.headers.get("x-date", "")
        if request.method == "POST":
            return sealing.is_sealed(KEY, request.body, given)
        now = f"{clock.now():%Y%m%d%H%M%S}"
        return abs(_moment(now) - _moment(stamp)) < _STALE and sealing.is_sealed(
            KEY, f"{stamp}{request.path}".encode(), given
        )

    def behave(self, behaviour: Behaviour) -> None:
        """ACCEPT for a payment that is held lets it go on; everything else waits for what comes next."""
        held = self.store.execute("SELECT * FROM payment WHERE reason = 'G002'").fetchall()
        freed = [row for row in held if behaviour.match in row["text"]]
        if behaviour.what is not What.ACCEPT or not freed:
            super().behave(behaviour)
            return
        for row in freed:
            self._credited(blocks.one(row["text"]), times=1)

    def _taken(self, content: bytes) -> Response:
        text = content.decode("latin-1")
        behaviour = self.behaviour_for(text)
        if behaviour.what is What.DOWN:
            return Response(503, b"")
        try:
            message = blocks.one(text)
        except errors.FormatError:
            return _acknowledged("", "H01")
        code = _refusal(message, behaviour)
        if code:
            return _acknowledged(message.sender, code)
        does: dict[str, Callable[[Message, Behaviour], None]] = {"103": self._pay, "192": self._cancel}
        does.get(message.type, _ignore)(message, behaviour)
        if behaviour.what is What.TIMEOUT:
            return Response(504, b"")
        return _acknowledged(message.sender, "")

    def _pay(self, message: Message, behaviour: Behaviour) -> None:
        """The same reference twice is one payment."""
        reference = message.value("20")
        if self._payment(reference) is not None:
            return
        self.store.execute(
            "INSERT INTO payment VALUES (?, ?, ?, 'ACSP', 'G000')",
            (reference, message.uetr, blocks.render(message)),
        )
        if message.value("72").startswith("/RETN/"):
            self._credited(message, times=0)
            return
        self._tell(message, "ACSP", "G000", times=2 if behaviour.what is What.DUPLICATE else 1)
        if behaviour.what is What.DELAY:
            self._tell(message, "ACSP", "G002", times=1)
        elif behaviour.what is What.REJECT:
            self._tell(message, "RJCT", behaviour.reason or "AC01", times=1)
        else:
            self._credited(message, times=2 if behaviour.what is What.DUPLICATE else 1)
            if behaviour.what is What.RETURN:
                self._send_back(message, behaviour.reason or "AC04")

    def _credited(self, message: Message, *, times: int) -> None:
        settled = message.value("32A")
        self._enter(message.receiver, settled[6:], "-", message.value("20"))
        self._tell(message, "ACCC", "", times=times)

    def _cancel(self, message: Message, behaviour: Behaviour) -> None:
        original = self._payment(message.value("21"))
        is_refused = behaviour.what is What.REJECT or original is None or original["status"] == "RETN"
        said = f"/RJCR/{behaviour.reason or 'CUST'}" if is_refused else "/CNCL/"
        if behaviour.what is What.DELAY:
            said = "/PDCR/"
        fields = (
            Field("20", _drawn()),
            Field("21", message.value("20")),
            Field("76", said),
            Field("11R", message.value("11S")),
        )
        self._offer(Message("196", message.receiver, message.sender, fields, uetr=message.uetr))
        if said == "/CNCL/" and original is not None:
            self._send_back(blocks.one(original["text"]), "CUST")

    def _send_back(self, message: Message, reason: str) -> None:
        settled, drawn = message.value("32A"), _drawn()
        beneficiary = message.tagged("59", "59A", "59F") or Field("59", "/0")
        number = beneficiary.value.partition("\n")[0]
        fields = (
            Field("20", drawn),
            Field("23B", "CRED"),
            Field("32A", settled),
            Field("33B", settled[6:]),
            Field("50K", f"{number}\nBENEFICIARY"),
            Field("59", message.value("50K", "50F", "50A")),
            Field("71A", "SHA"),
            Field("72", f"/RETN/59\n/{reason}/\n/MREF/{message.value('20')}"),
        )
        self.store.execute("UPDATE payment SET status = 'RETN' WHERE reference = ?", (message.value("20"),))
        self._enter(message.receiver, settled[6:], "", message.value("20"), drawn)
        self._offer(Message("103", message.receiver, message.sender, fields, uetr=message.uetr))

    def _paid_from_abroad(self, asked: dict[str, Any]) -> Response:
        """``account``, ``amount`` (1250,50), ``currency``, ``to`` (our BIC), ``from`` (the correspondent)."""
        drawn, sender = asked.get("reference") or _drawn(), asked.get("from", "SNBXUS33")
        settled = f"{asked['currency']}{asked['amount']}"
        fields = (
            Field("20", drawn),
            Field("23B", "CRED"),
            Field("32A", f"{clock.today():%y%m%d}{settled}"),
            Field("33B", settled),
            Field("50K", f"/{asked.get('debtor', '1234567890')}\n{asked.get('name', 'JOHN DOE')}"),
            Field("52A", asked.get("agent", sender)),
            Field("59", f"/{asked['account']}\n{asked.get('payee', 'AMINA OTIENO')}"),
            Field("70", asked.get("remittance", "/ROC/E2E-1///URI/INVOICE 7")),
            Field("71A", "SHA"),
        )
        uetr = asked.get("uetr") or str(uuid4())
        self._enter(sender, settled, "", drawn, drawn)
        message = Message("103", f"{sender[:8]}AXXX", f"{asked['to'][:8]}XXXX", fields, uetr=uetr)
        for _ in range(2 if self.behaviour_for(drawn).what is What.DUPLICATE else 1):
            self._offer(message)
        return Response.of({"reference": drawn, "uetr": uetr})

    def _wants_back(self, asked: dict[str, Any]) -> Response:
        """``reference`` of a payment to us, ``to`` (our BIC), ``from``, ``reason``: an MT192."""
        drawn, sender = _drawn(), asked.get("from", "SNBXUS33")
        fields = (
            Field("20", drawn),
            Field("21", asked["reference"]),
            Field("11S", f"103\n{clock.today():%y%m%d}"),
            Field("79", f"/{asked.get('reason', 'DUPL')}/"),
        )
        message = Message("192", f"{sender[:8]}AXXX", f"{asked['to'][:8]}XXXX", fields, uetr=str(uuid4()))
        self._offer(message)
        return Response.of({"recall": f"{sender[:8]}/{drawn}"})

    def _tell(self, message: Message, status: str, reason: str, *, times: int) -> None:
        """The tracker's MT199: when, what, who says so, how much."""
        self.store.execute(
            "UPDATE payment SET status = ?, reason = ? WHERE reference = ?",
            (status, reason, message.value("20")),
        )
        told = f"{status}/{reason}" if reason else status
        lines = (f"//{clock.now():%y%m%d%H%M}+0000", f"//{told}", f"//{message.receiver[:8]}")
        fields = (
            Field("20", _drawn()),
            Field("21", message.value("20")),
            Field("79", "\n".join((*lines, f"//{message.value('32A')[6:]}"))),
        )
        made = Message("199", message.receiver, message.sender, fields, uetr=message.uetr)
        for _ in range(times):
            self._offer(made)

    def _offer(self, message: Message) -> None:
        text = blocks.render(message)
        digest = hashlib.sha256(text.encode()).hexdigest()
        self.store.execute("INSERT INTO waiting VALUES (?, ?)", (digest, text))

    def _offered(self) -> Response:
        rows = self.store.execute("SELECT text FROM waiting ORDER BY rowid LIMIT 500")
        sealed = [{"text": text, "lau": sealing.seal(KEY, text.encode())} for (text,) in rows]
        return Response.of({"messages": sealed})

    def _payment(self, reference: str) -> Any:
        return self.store.execute("SELECT * FROM payment WHERE reference = ?", (reference,)).fetchone()

    def _tracked(self, reference: str) -> Response:
        row = self._payment(reference)
        if row is None:
            return Response.of({"reason": "NOT_FOUND", "sentence": "There is no such payment."}, 404)
        status = "ACCC" if row["status"] == "RETN" else row["status"]
        made = {"uetr": row["uetr"], "transaction_status": status, "transaction_status_reason": row["reason"]}
        return Response.of(made)

    def _enter(self, bank: str, money: str, sign: str, reference: str, own: str = "") -> None:
        day, currency, amount = clock.today().isoformat(), money[:3], sign + money[3:]
        self.store.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
            (day, bank[:8], currency, amount, reference, own or _drawn()),
        )

    def _statements(self, day: str) -> Iterable[str]:
        """MT940 of each account; balances are not kept and stand at what the day moved."""
        short = datetime.fromisoformat(day).strftime("%y%m%d")
        found = self.store.execute("SELECT * FROM entry WHERE day = ? ORDER BY rowid", (day,)).fetchall()
        for bank, currency in sorted({(row["bank"], row["currency"]) for row in found}):
            own = [row for row in found if (row["bank"], row["currency"]) == (bank, currency)]
            fields = (
                Field("20", f"STMT{short}"),
                Field("25", f"UMOJA{currency}"),
                Field("28C", "1/1"),
                Field("60F", f"C{short}{currency}0,"),
                *(Field("61", _line(row, short)) for row in own),
                Field("62F", f"C{short}{currency}0,"),
            )
            yield blocks.render(Message("940", f"{bank}AXXX", "UMOJKENAXXXX", fields))


def _line(row: Any, day: str) -> str:
    mark, amount = ("D", row["amount"][1:]) if row["amount"].startswith("-") else ("C", row["amount"])
    return f"{day}{day[2:]}{mark}{amount}S103{row['reference']}//{row['own']}"


def _refusal(message: Message, behaviour: Behaviour) -> str:
    """SWIFT's error code for the first fault of form; empty where it takes the message."""
    if behaviour.what is What.REJECT and _NAK.fullmatch(behaviour.reason):
        return behaviour.reason
    found = next((fault for fault in checks.faults(message) if not fault.is_warning), None)
    return rules.ERRORS.get(found.code, "T13") if found else ""


def _acknowledged(sender: str, code: str) -> Response:
    """Block F21: taken (451:0), or refused (451:1) with why (405)."""
    said = f"{{451:1}}{{405:{code}}}" if code else "{451:0}"
    text = f"{{1:F21{sender.ljust(12, 'X')}0000000000}}{{4:{{177:{clock.now():%y%m%d%H%M}}}{said}}}"
    return Response(body=text.encode(), content_type="text/plain")


def _ignore(_message: Message, _behaviour: Behaviour) -> None:
    """Free texts are read by nobody here."""


def _moment(stamp: str) -> datetime:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S")  # noqa: DTZ007  both are of UTC
    except ValueError:
        return datetime(1970, 1, 1)  # noqa: DTZ001  both are of UTC


def _drawn() -> str:
    return secrets.token_hex(7).upper()
