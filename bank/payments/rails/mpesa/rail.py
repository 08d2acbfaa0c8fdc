"""Kenya shillings to phones, and from them, by M-Pesa (Safaricom Daraja 2.0: B2C, C2B, STK push)."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, Final

from bank.kernel import clock
from bank.messages.canonical import Fault
from bank.messages.mpesa import EAST_AFRICA_TIME
from bank.payments import errors
from bank.payments.network import (
    Acknowledged,
    Event,
    Incoming,
    NetworkEntry,
    NetworkRail,
    Outgoing,
    Received,
    Reply,
)
from bank.payments.rail import Capabilities, Destination, Instruction
from bank.payments.rails.mpesa import callbacks, connection, phones, requests, statement

_PATHS: Final = {"B2C": requests.B2C, "RECALL": requests.REVERSAL, "GIVE_BACK": requests.REVERSAL}
_LOOKS_BACK: Final = timedelta(hours=2)
_PAGE: Final = 1000
_MOST_PAGES: Final = 50


class MpesaRail(NetworkRail):
    """Pays phones in seconds, day and night, up to 150,000 shillings (the wallet's legal bound)."""

    code = "MPESA"
    settlement_role: ClassVar[str] = "NOSTRO"
    capabilities = Capabilities(
        currencies=frozenset({"KES"}),
        countries=frozenset({"KE"}),
        minimum=Decimal(10),
        maximum=Decimal(150_000),
        opens=None,
        cut_off=None,
        fee_event="MOBILE_MONEY",
        typical_s=15,
        is_recallable=True,
    )

    @property
    def is_available(self) -> bool:
        return bool(connection.setup().url)

    def reaches(self, destination: Destination) -> bool:
        is_wallet = destination.agent.upper().replace("-", "") == callbacks.AGENT
        is_here = destination.country == "KE" and destination.currency == "KES"
        return is_wallet and is_here and not destination.is_internal

    def check(self, instruction: Instruction) -> list[Fault]:
        found = []
        if not phones.read(instruction.creditor_number):
            sentence = "Enter a Safaricom number, such as 0712 345 678."
            found.append(Fault(0, "PHONE", sentence, "creditor_number", instruction.creditor_number))
        if instruction.amount.amount % 1:
            sentence = "M-Pesa carries whole shillings: leave the cents out."
            found.append(Fault(0, "WHOLE_SHILLINGS", sentence, "amount", str(instruction.amount.amount)))
        return found

    def emit(self, instructions: Sequence[Instruction]) -> list[Outgoing]:
        return [self._emitted(instruction) for instruction in instructions]

    def _emitted(self, one: Instruction) -> Outgoing:
        phone = phones.read(one.creditor_number)
        body = requests.payment(one.reference, one.amount.amount, phone, one.remittance)
        return Outgoing(one.reference, "B2C", json.dumps(body), (one.reference,))

    def send(self, outgoing: Outgoing) -> list[Event]:
        """M-Pesa's own name of a payment is its receipt, which comes when it is settled."""
        body = json.loads(outgoing.content) | {"SecurityCredential": connection.credential()}
        try:
            connection.call(_PATHS[outgoing.kind], body, about=outgoing.key)
        except errors.NetworkSaysNo as refusal:
            if "Duplicate OriginatorConversationID" not in str(refusal):
                raise  # else it has it already: what became of it is told or asked
        return [Acknowledged(outgoing.key)] if outgoing.kind == "B2C" else []

    def ingest(self, content: bytes, headers: Mapping[str, str]) -> Received:
        return callbacks.read(content, headers)

    def reply(self, received: Received) -> Reply:
        """A validation is answered whether the customer may pay into that account."""
        if received.kind == callbacks.REFUSED:
            return Reply(body=b'{"ResultCode": "C2B00012", "ResultDesc": "Rejected"}')
        return Reply(body=b'{"ResultCode": "0", "ResultDesc": "Accepted"}')

    def collect(self) -> list[bytes]:
        """Payments to the pay bill of the last two hours, whether or not a callback told of them, and
        payments that M-Pesa took back today. What is known already is dropped by its receipt."""
        now = clock.now().astimezone(EAST_AFRICA_TIME)
        daraja = connection.setup()
        rows = statement.read(connection.statement(daraja.bulk_account, now.date().isoformat()))
        taken_back = [
            {"reference": row.reference, "amount": str(row.amount.amount), "receipt": row.receipt}
            for row in rows
            if row.kind == statement.REVERSAL and row.reference
        ]
        paid = self._paid(f"{now - _LOOKS_BACK:%Y-%m-%d %H:%M:%S}", f"{now:%Y-%m-%d %H:%M:%S}")
        found = [{"paid": row} for row in paid] + [{"reversed": row} for row in taken_back]
        return [json.dumps(row, sort_keys=True).encode() for row in found]

    def _paid(self, since: str, until: str) -> list[dict[str, str]]:
        """The pull API, page by page."""
        found: list[dict[str, str]] = []
        asked = {"ShortCode": connection.setup().paybill, "StartDate": since, "EndDate": until}
        for page in range(_MOST_PAGES):
            body = {**asked, "OffSetValue": str(page * _PAGE)}
            answer = connection.call(requests.PULL, body, about="the pay bill")
            rows = [row for part in answer.get("Response", []) for row in part]
            found += rows
            if len(rows) < _PAGE:
                break
        return found

    def query(self, reference: str, network_reference: str) -> list[Event]:
        """Daraja answers later, at the address given for it: nothing is known at once."""
        body = requests.status(reference) | {"SecurityCredential": connection.credential()}
        connection.call(requests.STATUS, body, about=reference)
        return []

    def recall(self, instruction: Instruction, network_reference: str, reason: str) -> Outgoing:
        amount = instruction.amount.amount
        short_code = connection.setup().bulk_account
        body = requests.reversal("recall", instruction.reference, network_reference, amount, short_code)
        key = f"RECALL-{instruction.reference}"
        return Outgoing(key, "RECALL", json.dumps(body), (instruction.reference,))

    def give_back(self, incoming: Incoming, reason: str) -> Outgoing:
        receipt, paybill = incoming.network_reference, connection.setup().paybill
        body = requests.reversal("giveback", receipt, receipt, incoming.amount.amount, paybill)
        return Outgoing(f"GIVE-BACK-{receipt}", "GIVE_BACK", json.dumps(body), ())

    def day(self, business_day: str) -> list[NetworkEntry]:
        """The statements of the pay bill and of the bulk account."""
        daraja = connection.setup()
        found = []
        for short_code in (daraja.paybill, daraja.bulk_account):
            rows = statement.read(connection.statement(short_code, business_day))
            found += [NetworkEntry(row.receipt, row.reference or row.linked, row.amount) for row in rows]
        return found


RAIL = MpesaRail()
