"""Payments in foreign money to banks abroad: MT103 to the correspondent that keeps our account (SWIFT)."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

from django.conf import settings

from bank.kernel import bic, clock
from bank.kernel.errors import BankError
from bank.kernel.money import Money
from bank.messages import mt940
from bank.messages.canonical import Fault
from bank.messages.swift import blocks, charset, checks
from bank.payments import errors, transport
from bank.payments.network import (
    Acknowledged,
    Event,
    Incoming,
    NetworkEntry,
    NetworkRail,
    Outgoing,
    RecallAsked,
    Received,
    Rejected,
)
from bank.payments.rail import Capabilities, Destination, Instruction
from bank.payments.rails.swift import reading, references, sealing, writing

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_NAK = re.compile(r"\{405:([A-Z0-9]{3})")
_WORDS: Final = ("debtor_name", "creditor_name", "creditor_address", "remittance", "end_to_end_id")
_DAY_S: Final = 24 * 3600


class SwiftRail(NetworkRail):
    """Carries any currency in which a correspondent keeps an account of ours, to any BIC."""

    code = "SWIFT"
    settlement_role: ClassVar[str] = "NOSTRO_SWIFT"
    capabilities = Capabilities(
        currencies=frozenset(settings.CORRESPONDENTS),
        countries=None,
        minimum=None,
        maximum=None,
        opens=None,
        cut_off=None,
        fee_event="INTERNATIONAL_WIRE",
        typical_s=_DAY_S,
        is_recallable=True,
    )

    @property
    def is_available(self) -> bool:
        return bool(transport.address("SWIFT"))

    def reaches(self, destination: Destination) -> bool:
        is_named = bool(_BIC.fullmatch(destination.agent))
        return is_named and bool(writing.correspondent(destination.currency)) and not destination.is_internal

    def check(self, instruction: Instruction) -> list[Fault]:
        """What SWIFT would refuse the MT103 for, and what its letters cannot say."""
        return [*_unfit(instruction), *self._faults(instruction)]

    def _faults(self, instruction: Instruction) -> Iterator[Fault]:
        for fault in checks.faults(writing.payment(instruction)):
            if not fault.is_warning:
                yield Fault(0, fault.code, fault.sentence, fault.field, fault.value)

    def emit(self, instructions: Sequence[Instruction]) -> list[Outgoing]:
        return [
            _outgoing(one.reference, "MT103", writing.payment(one), (one.reference,)) for one in instructions
        ]

    def send(self, outgoing: Outgoing) -> list[Event]:
        """The gateway answers with SWIFT's ACK, or with its NAK and why."""
        content = outgoing.content.encode()
        headers = {sealing.HEADER: sealing.seal(transport.key("SWIFT"), content)}
        answer = transport.call(
            "SWIFT", "POST", "/messages", body=content, headers=headers, about=outgoing.key
        )
        if "{451:0}" not in answer.text:
            refused = _NAK.search(answer.text)
            raise errors.NetworkSaysNo(
                rail="SWIFT", reason=refused[1] if refused else "NAK", explanation="SWIFT refused its form."
            )
        if outgoing.kind != "MT103":
            return []
        return [Acknowledged(outgoing.key, blocks.one(outgoing.content).uetr)]

    def ingest(self, content: bytes, headers: Mapping[str, str]) -> Received:
        """What is posted to the bank must bear the gateway's seal; what was collected was fetched."""
        is_ours = ":path" not in headers
        if not is_ours and not sealing.is_sealed(
            transport.key("SWIFT"), content, headers.get(sealing.HEADER, "")
        ):
            raise errors.NetworkMessageForged(rail="SWIFT")
        return reading.read(content)

    def collect(self) -> list[bytes]:
        answer = transport.call("SWIFT", "GET", "/messages", headers=_proof("/messages"))
        found = [(one["text"].encode(), one["lau"]) for one in answer.json()["messages"]]
        if not all(sealing.is_sealed(transport.key("SWIFT"), text, given) for text, given in found):
            raise errors.NetworkMessageForged(rail="SWIFT")
        return [text for text, _given in found]

    def collected(self, content: bytes) -> None:
        path = f"/messages/{hashlib.sha256(content).hexdigest()}"
        transport.call("SWIFT", "DELETE", path, headers=_proof(path))

    def query(self, reference: str, network_reference: str) -> list[Event]:
        """The tracker's whole word on a payment: its last status decides, steps before it are noted."""
        path = f"/tracker/{references.short(reference)}"
        try:
            told = transport.call("SWIFT", "GET", path, headers=_proof(path), about=reference).json()
        except errors.NetworkSaysNo:
            return [Rejected(reference, "NOT_RECEIVED", "SWIFT never had this payment.")]
        status, reason = told["transaction_status"], told.get("transaction_status_reason", "")
        return [reading.news(reference, status, reason, told["uetr"])] if status else []

    def recall(self, instruction: Instruction, network_reference: str, reason: str) -> Outgoing:
        uetr = network_reference or instruction.uetr or references.uetr(instruction.reference)
        message = writing.cancellation(instruction, uetr, reason)
        return _outgoing(f"RECALL-{instruction.reference}", "MT192", message, (instruction.reference,))

    def give_back(self, incoming: Incoming, reason: str) -> Outgoing:
        message = writing.returned(incoming, reason, charset.spelt(settings.BANK_NAME))
        return _outgoing(message.value("20"), "MT103 RETN", message, ())

    def refuse_recall(self, asked: RecallAsked, reason: str, sentence: str) -> Outgoing:
        return _outgoing(f"ANSWER-{asked.recall_id}", "MT196", writing.refusal(asked, reason), ())

    def day(self, business_day: str) -> list[NetworkEntry]:
        """The correspondents' MT940 of our accounts."""
        path = f"/statements?day={business_day}"
        answer = transport.call("SWIFT", "GET", path, headers=_proof(path))
        return [entry for text in answer.json()["statements"] for entry in _entries(text)]


def _entries(statement: str) -> Iterator[NetworkEntry]:
    bank = blocks.one(statement).sender[:8]
    for found in mt940.read(statement):
        for entry in found.entries:
            ours = references.whole(entry.customer_reference)
            theirs = f"{bank}/{entry.bank_reference}"
            yield NetworkEntry(theirs, ours, Money(entry.amount, entry.currency))


def _outgoing(key: str, kind: str, message: blocks.Message, orders: tuple[str, ...]) -> Outgoing:
    return Outgoing(key, kind, blocks.render(message), orders)


def _proof(path: str) -> dict[str, Any]:
    """A call without a body is sealed over its path and minute, so that one heard cannot be made later."""
    stamp = f"{clock.now():%Y%m%d%H%M%S}"
    return {"x-date": stamp, sealing.HEADER: sealing.seal(transport.key("SWIFT"), f"{stamp}{path}".encode())}


def _unfit(instruction: Instruction) -> Iterator[Fault]:
    if not references.short(instruction.reference):
        yield Fault(0, "REFERENCE", "The reference does not fit the 16 characters SWIFT has.", "20")
    for name in _WORDS:
        if signs := charset.foreign(getattr(instruction, name)):
            sentence = f"SWIFT cannot carry {' '.join(signs)[:20]!r}: write it in letters and digits."
            yield Fault(0, "CHARACTER_SET", sentence, name, getattr(instruction, name)[:140])
    try:
        bic.validate(instruction.creditor_agent)
    except BankError as refusal:
        yield Fault(0, "BIC", str(refusal), "creditor_agent", instruction.creditor_agent[:40])


RAIL = SwiftRail()
