"""A network as small as can be: one JSON message an order, and a sandbox that does as it is told."""

import json
from collections.abc import Mapping, Sequence
from datetime import time
from decimal import Decimal

from bank.kernel.money import Money
from bank.payments import errors
from bank.payments.network import (
    Acknowledged,
    Event,
    Incoming,
    NetworkEntry,
    NetworkRail,
    Noted,
    Outgoing,
    RecallAnswered,
    Received,
    Rejected,
    Returned,
    Settled,
)
from bank.payments.rail import Capabilities, Destination, Instruction
from bank.payments.sandbox import Request, Response, Sandbox, What

_KINDS = {"ack": Acknowledged, "settled": Settled, "rejected": Rejected, "noted": Noted}


class TinySandbox(Sandbox):
    """Keeps orders by reference; what it has to say waits in a queue until it is collected."""

    code = "TINY"
    schema = (
        "CREATE TABLE IF NOT EXISTS orders (reference TEXT PRIMARY KEY, amount TEXT, currency TEXT,"
        " state TEXT);"
        "CREATE TABLE IF NOT EXISTS says (id INTEGER PRIMARY KEY, what TEXT, taken INTEGER DEFAULT 0);"
    )

    def answer(self, request: Request) -> Response:
        body = json.loads(request.body or b"{}")
        if request.path == "/orders":
            return self._take(body)
        if request.path == "/recalls":
            self.say({"kind": "recall", "reference": body["reference"], "is_accepted": True})
            self.send_back(body["reference"], "FOCR")
            return Response.of({})
        if request.path == "/returns":
            return Response.of({})
        state = self.store.execute("SELECT state FROM orders WHERE reference = ?", [body["reference"]])
        row = state.fetchone()
        return Response.of({"state": row["state"] if row else "UNKNOWN"})

    def _take(self, body: dict[str, str]) -> Response:
        told = self.behaviour_for(json.dumps(body))
        if told.what == What.DOWN:
            return Response.of({}, 503)
        known = self.store.execute("SELECT 1 FROM orders WHERE reference = ?", [body["reference"]]).fetchone()
        if not known:
            self._keep(body, told.what, told.reason)
        return Response.of({"taken": True}, 504 if told.what == What.TIMEOUT else 200)

    def _keep(self, body: dict[str, str], what: What, reason: str) -> None:
        state = {What.REJECT: "REJECTED", What.DELAY: "PENDING"}.get(what, "SETTLED")
        reference = body["reference"]
        self.store.execute(
            "INSERT INTO orders VALUES (?, ?, ?, ?)", [reference, body["amount"], body["currency"], state]
        )
        news = {"kind": "rejected", "reference": reference, "reason": reason or "AC04", "sentence": "Closed."}
        if what != What.REJECT:
            news = {"kind": "settled", "reference": reference, "network_reference": f"N-{reference}"}
        if what != What.DELAY:
            for _ in range(2 if what == What.DUPLICATE else 1):
                self.say(news)
        if what == What.RETURN:
            self.send_back(reference, reason or "AC04")

    def send_back(self, reference: str, reason: str) -> None:
        row = self.store.execute("SELECT * FROM orders WHERE reference = ?", [reference]).fetchone()
        self.say(
            {
                "kind": "returned",
                "reference": reference,
                "amount": row["amount"],
                "currency": row["currency"],
                "reason": reason,
            }
        )

    def say(self, what: dict[str, object]) -> None:
        self.store.execute("INSERT INTO says (what) VALUES (?)", [json.dumps(what)])

    def waiting(self) -> list[bytes]:
        rows = self.store.execute("SELECT id, what FROM says WHERE NOT taken ORDER BY id").fetchall()
        return [json.dumps({"id": row["id"], **json.loads(row["what"])}).encode() for row in rows]

    def took(self, content: bytes) -> None:
        self.store.execute("UPDATE says SET taken = 1 WHERE id = ?", [json.loads(content)["id"]])


class TinyRail(NetworkRail):
    code = "TINY"
    settlement_role = "NOSTRO_EFT"
    capabilities = Capabilities(
        currencies=frozenset({"KES"}),
        countries=frozenset({"TZ"}),
        minimum=Decimal(10),
        maximum=Decimal(40_000),
        opens=None,
        cut_off=None,
        fee_event="EFT",
        typical_s=5,
        is_recallable=True,
    )

    def __init__(self) -> None:
        self.sandbox = TinySandbox()

    def reaches(self, destination: Destination) -> bool:
        return destination.agent == "KILITZTZ"

    def emit(self, instructions: Sequence[Instruction]) -> list[Outgoing]:
        return [
            Outgoing(
                f"M-{one.reference}",
                "order",
                json.dumps(
                    {
                        "reference": one.reference,
                        "amount": str(one.amount.amount),
                        "currency": one.amount.currency,
                        "creditor": one.creditor_number,
                    }
                ),
                (one.reference,),
            )
            for one in instructions
        ]

    def send(self, outgoing: Outgoing) -> list[Event]:
        path = {"recall": "/recalls", "return": "/returns"}.get(outgoing.kind, "/orders")
        response = self.sandbox.handle(Request("POST", path, {}, outgoing.content.encode()))
        if response.status == 503:
            raise errors.NetworkUnreachable(rail=self.code)
        if response.status == 504:
            raise errors.NetworkUnclear(rail=self.code, reference=outgoing.key)
        return [Acknowledged(one) for one in outgoing.references] if path == "/orders" else []

    def ingest(self, content: bytes, headers: Mapping[str, str]) -> Received:
        if b"forged" in content:
            raise errors.NetworkMessageForged(rail=self.code)
        try:
            told = json.loads(content)
            return Received(f"S-{told['id']}", told["kind"], (self._event(told),))
        except (ValueError, KeyError, TypeError) as error:
            raise errors.NetworkMessageUnreadable(rail=self.code, problem=type(error).__name__) from error

    def _event(self, told: dict[str, str]) -> Event:
        kind = told["kind"]
        rest = {
            name: value for name, value in told.items() if name not in {"id", "kind", "amount", "currency"}
        }
        if kind == "returned":
            return Returned(amount=Money.of(told["amount"], told["currency"]), **rest)
        if kind == "incoming":
            return Incoming(amount=Money.of(told["amount"], told["currency"]), **rest)
        if kind == "recall":
            return RecallAnswered(**rest)
        return _KINDS[kind](**rest)

    def collect(self) -> list[bytes]:
        return self.sandbox.waiting()

    def collected(self, content: bytes) -> None:
        self.sandbox.took(content)

    def query(self, reference: str, network_reference: str) -> list[Event]:
        body = json.dumps({"reference": reference}).encode()
        state = json.loads(self.sandbox.handle(Request("POST", "/query", {}, body)).body)["state"]
        if state == "UNKNOWN":
            return [Rejected(reference, "NOT_RECEIVED")]
        if state == "REJECTED":
            return [Rejected(reference, "AC04", "Closed.")]
        return [Settled(reference)] if state == "SETTLED" else []

    def recall(self, instruction: Instruction, network_reference: str, reason: str) -> Outgoing:
        content = json.dumps({"reference": instruction.reference})
        return Outgoing(f"R-{instruction.reference}", "recall", content, (instruction.reference,))

    def give_back(self, incoming: Incoming, reason: str) -> Outgoing | None:
        content = json.dumps({"reference": incoming.network_reference, "reason": reason})
        return Outgoing(f"B-{incoming.network_reference}", "return", content, ())

    def day(self, business_day: str) -> list[NetworkEntry]:
        rows = self.sandbox.store.execute("SELECT * FROM orders WHERE state = 'SETTLED'").fetchall()
        return [
            NetworkEntry(f"N-{row['reference']}", row["reference"], -Money.of(row["amount"], row["currency"]))
            for row in rows
        ]


class ClosedRail(TinyRail):
    """The same, open for one minute a day."""

    code = "CLOSED"
    capabilities = Capabilities(
        currencies=frozenset({"KES"}),
        countries=frozenset({"UG"}),
        minimum=None,
        maximum=None,
        opens=time(0),
        cut_off=time(0, 0, 1),
        fee_event="RTGS",
        typical_s=60,
        is_recallable=False,
        calendar="KE",
    )

    def reaches(self, destination: Destination) -> bool:
        return destination.agent == "PEARUGKA"
