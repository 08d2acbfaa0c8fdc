"""Credit transfers between banks in ISO 20022, over a switch that clears and settles them.

Out go pacs.008, pacs.004 (what nobody here can have), camt.056 (recall), camt.029 (no to theirs) and
pacs.028 (enquiry); in come pacs.002, pacs.004, pacs.008, camt.029, camt.056, camt.054, and camt.053 as the
record of a day. Every message is
sealed (``bank/messages/interbank/envelope.py``) and read only where its published schema accepts it.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import ClassVar, Final

from django.conf import settings

from bank.kernel import clock
from bank.messages import camt, xml
from bank.messages.canonical import Fault
from bank.messages.errors import FormatError, SealBroken
from bank.messages.interbank import envelope, movements, outcomes, reasons, recalls, transfers
from bank.messages.interbank.records import (
    Header,
    Original,
    Recall,
    RecallAnswer,
    Return,
    Status,
    Transfer,
)
from bank.payments import errors, transport
from bank.payments.network import (
    Acknowledged,
    Event,
    Incoming,
    NetworkEntry,
    NetworkRail,
    Noted,
    Outgoing,
    RecallAnswered,
    RecallAsked,
    Received,
    Rejected,
    Returned,
    Settled,
)
from bank.payments.rail import Capabilities, Destination, Instruction
from bank.payments.rules import FOLLOWING_RECALL

NOT_RECEIVED: Final = "NOT_RECEIVED"
#: A BIC of a bank in Kenya, or its code in the Kenyan clearing.
_AGENT = re.compile(r"[A-Z0-9]{4}KE[A-Z0-9]{2}(?:[A-Z0-9]{3})?|[0-9]{2}", re.ASCII)
_CODE = re.compile(r"[A-Z]{4}|[A-Z]{2}[0-9]{2}", re.ASCII)
_AT_REQUEST: Final = "CUST"
_SETTLED: Final = frozenset({"ACSC", "ACCC"})
#: The switch has these already: that is no reason to give the money back, but to ask.
_TWICE: Final = "DU01"
_SENT_BEFORE: Final = frozenset({"AM05", "DUPL", "DU01"})
_UNDER_WAY: Final = frozenset({"ACCP", "ACTC", "ACSP", "RCVD", "PDNG"})
_LIMITS: Final = {
    "creditor_name": 140,
    "debtor_name": 140,
    "creditor_number": 34,
    "remittance": 140,
    "end_to_end_id": 35,
    "instruction_id": 35,
    "reference": 35,
    "creditor_reference": 35,
    "ultimate_debtor": 140,
    "ultimate_creditor": 140,
}


class CreditTransferRail(NetworkRail):
    """One service of the interbank switch; the services differ in what stands below."""

    code: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    settlement_role: ClassVar[str]
    many: ClassVar[int] = 1
    """How many transfers one pacs.008 carries at most."""

    @property
    def is_available(self) -> bool:
        return bool(transport.address(self.code) and transport.key(self.code))

    def reaches(self, destination: Destination) -> bool:
        """Other banks in Kenya, in shillings."""
        return (
            self.is_available
            and not destination.is_internal
            and destination.currency == "KES"
            and destination.country in {"KE", ""}
            and bool(_AGENT.fullmatch(destination.agent))
            and destination.agent[:8] != settings.BANK_BIC[:8]
        )

    def check(self, instruction: Instruction) -> list[Fault]:
        return [*self._amount_faults(instruction), *_text_faults(instruction)]

    def _amount_faults(self, instruction: Instruction) -> list[Fault]:
        amount, can = instruction.amount, self.capabilities
        if amount.currency != "KES":
            return [_fault("CURRENCY_NOT_CARRIED", f"{self.code} carries KES only.", "amount")]
        if can.minimum is not None and amount.amount < can.minimum:
            sentence = f"{self.code} takes payments from KES {can.minimum:,f} on."
            return [_fault("AMOUNT_BELOW_MINIMUM", sentence, "amount")]
        if can.maximum is not None and amount.amount > can.maximum:
            return [
                _fault("AMOUNT_ABOVE_MAXIMUM", f"{self.code} takes at most KES {can.maximum:,f}.", "amount")
            ]
        return []

    def emit(self, instructions: Sequence[Instruction]) -> list[Outgoing]:
        """pacs.008, as many transfers in each as the service takes and settle on one day."""
        made: list[Outgoing] = []
        days = sorted({_day(each) for each in instructions})
        for day in days:
            of_day = [each for each in instructions if _day(each) == day]
            parts = (of_day[at : at + self.many] for at in range(0, len(of_day), self.many))
            made += [self._transfers(part) for part in parts]
        return made

    def _transfers(self, instructions: Sequence[Instruction]) -> Outgoing:
        references = tuple(each.reference for each in instructions)
        key = f"{self.code}{hashlib.sha256(' '.join(references).encode()).hexdigest()[:24].upper()}"
        header = self._header(key)
        body = transfers.body(header, [_transfer(each) for each in instructions], instrument=self.code)
        return self._outgoing(header, transfers.MESSAGE, body, references)

    def _header(self, key: str) -> Header:
        return Header(
            key, settings.BANK_BIC, settings.INTERBANK_SWITCH_BIC, clock.now().replace(microsecond=0)
        )

    def _outgoing(self, header: Header, message: str, body: object, references: tuple[str, ...]) -> Outgoing:
        content = envelope.sealed(header, message, body, transport.key(self.code))
        return Outgoing(header.message_id, message, content, references)

    def send(self, outgoing: Outgoing) -> list[Event]:
        """The switch says at once that it has the message, and what it thinks of it later."""
        try:
            self._post("/messages", outgoing.content.encode(), about=outgoing.key)
        except errors.NetworkSaysNo as refusal:
            if refusal.params["reason"] == _TWICE:
                raise errors.NetworkUnclear(rail=self.code, reference=outgoing.key) from refusal
            raise
        if outgoing.kind != transfers.MESSAGE:
            return []
        return [Acknowledged(reference) for reference in outgoing.references]

    def _post(self, path: str, body: bytes, *, about: str) -> bytes:
        headers = self._credentials() | {"Content-Type": "application/xml"}
        return transport.call(self.code, "POST", path, body=body, headers=headers, about=about).content

    def _credentials(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {transport.key(self.code)}", "X-Member": settings.BANK_BIC}

    def ingest(self, content: bytes, headers: Mapping[str, str]) -> Received:
        """Reads a sealed message. It must be to us and from the switch, whoever hands it over."""
        try:
            opened = envelope.opened(content, transport.key(self.code))
            told = (opened.header.sender, opened.header.receiver)
            if told != (settings.INTERBANK_SWITCH_BIC, settings.BANK_BIC):
                raise errors.NetworkMessageForged(rail=self.code)
            return Received(opened.header.message_id, opened.message, tuple(_events(opened, content)))
        except SealBroken as refusal:
            raise errors.NetworkMessageForged(rail=self.code) from refusal
        except FormatError as refusal:
            raise errors.NetworkMessageUnreadable(rail=self.code, problem=refusal.message) from refusal

    def collect(self) -> list[bytes]:
        """The messages that wait at the switch, oldest first."""
        answer = transport.call(self.code, "GET", "/messages", headers=self._credentials())
        return [str(waiting["content"]).encode() for waiting in answer.json()["messages"]]

    def collected(self, content: bytes) -> None:
        key = self.ingest(content, {}).key
        transport.call(self.code, "DELETE", f"/messages/{key}", headers=self._credentials())

    def query(self, reference: str, network_reference: str) -> list[Event]:
        """pacs.028, answered at once by a pacs.002."""
        asked = hashlib.sha256(f"{reference} {clock.now().isoformat()}".encode()).hexdigest()[:24].upper()
        header = self._header(f"ENQ{asked}")
        body = outcomes.enquiry_body(header, reference, "", network_reference)
        content = self._outgoing(header, outcomes.ENQUIRY, body, (reference,)).content
        answer = self._post("/enquiries", content.encode(), about=reference)
        return [event for event in self.ingest(answer, {}).events if not isinstance(event, Acknowledged)]

    def recall(self, instruction: Instruction, network_reference: str, reason: str) -> Outgoing:
        key = f"REC{hashlib.sha256(instruction.reference.encode()).hexdigest()[:24].upper()}"
        header = self._header(key)
        code = reason if _CODE.fullmatch(reason) else _AT_REQUEST
        wish = Recall(
            recall_id=key,
            transaction_id=instruction.reference,
            uetr=_uetr(instruction),
            amount=instruction.amount,
            reason=code,
            clearing_reference=network_reference,
            sentence="" if code == reason else reason,
        )
        return self._outgoing(
            header, recalls.RECALL, recalls.recall_body(header, wish), (instruction.reference,)
        )

    def give_back(self, incoming: Incoming, reason: str) -> Outgoing | None:
        """pacs.004 for the whole amount. What was asked back is another message than what nobody had."""
        named = incoming.network_reference + (reason if reason == FOLLOWING_RECALL else "")
        key = f"RTN{hashlib.sha256(named.encode()).hexdigest()[:24].upper()}"
        header = self._header(key)
        back = Return(
            return_id=key,
            amount=incoming.amount,
            reason=reason,
            settles_on=clock.today(),
            original_uetr=incoming.uetr,
            original_clearing_reference=incoming.network_reference,
            original_end_to_end_id=incoming.end_to_end_id,
        )
        original = Original(incoming.network_reference, transfers.MESSAGE)
        return self._outgoing(header, outcomes.RETURN, outcomes.return_body(header, original, back), ())

    def refuse_recall(self, asked: RecallAsked, reason: str, sentence: str) -> Outgoing | None:
        """camt.029, the transfer's cancellation rejected (RJCR)."""
        key = f"ANS{hashlib.sha256(asked.recall_id.encode()).hexdigest()[:24].upper()}"
        header = self._header(key)
        answer = RecallAnswer(
            asked.recall_id,
            asked.transaction_id,
            is_accepted=False,
            uetr=asked.uetr,
            reason=reason,
            sentence=sentence,
        )
        return self._outgoing(header, recalls.ANSWER, recalls.answer_body(header, answer), ())

    def day(self, business_day: str) -> list[NetworkEntry]:
        """The camt.053 of our settlement account."""
        answer = transport.call(
            self.code, "GET", f"/statements?date={business_day}", headers=self._credentials()
        )
        self.ingest(answer.content, {})
        found = [each for one in camt.read(answer.content) for each in movements.movements_of(one)]
        return [
            NetworkEntry(each.network_reference, each.transaction_id if each.is_ours else "", each.amount)
            for each in found
        ]


def _transfer(instruction: Instruction) -> Transfer:
    return Transfer(
        transaction_id=instruction.reference,
        uetr=_uetr(instruction),
        amount=instruction.amount,
        settles_on=_day(instruction),
        debtor_name=instruction.debtor_name,
        debtor_account=instruction.debtor_number,
        debtor_agent=settings.BANK_BIC,
        creditor_name=instruction.creditor_name,
        creditor_account=instruction.creditor_number,
        creditor_agent=instruction.creditor_agent,
        end_to_end_id=instruction.end_to_end_id,
        instruction_id=instruction.instruction_id,
        charge_bearer=instruction.charge_bearer or "SHAR",
        purpose=instruction.purpose,
        remittance=instruction.remittance,
        creditor_address=instruction.creditor_address,
        creditor_country=instruction.creditor_country,
        creditor_reference=instruction.creditor_reference,
        ultimate_debtor=instruction.ultimate_debtor,
        ultimate_creditor=instruction.ultimate_creditor,
    )


def _day(instruction: Instruction) -> date:
    """The day asked for; today where that is past, for an order may have waited for the opening."""
    return max(instruction.requested_date or clock.today(), clock.today())


def _uetr(instruction: Instruction) -> str:
    """The order's own, else one that follows from its reference: asked twice it is the same."""
    if instruction.uetr:
        return instruction.uetr
    return str(uuid.UUID(bytes=hashlib.sha256(instruction.reference.encode()).digest()[:16], version=4))


def _fault(code: str, sentence: str, field: str, value: str = "") -> Fault:
    return Fault(0, code, sentence, field, value[:80])


def _text_faults(instruction: Instruction) -> list[Fault]:
    found = [
        _fault("FIELD_TOO_LONG", f"{field} may have at most {limit} characters.", field, text)
        for field, limit in _LIMITS.items()
        if len(text := getattr(instruction, field)) > limit
    ]
    for field in ("creditor_name", "creditor_number"):
        if not getattr(instruction, field).strip():
            found.append(_fault("FIELD_MISSING", f"The network asks for {field}.", field))
    if not _AGENT.fullmatch(instruction.creditor_agent):
        sentence = "Name the payee's bank by its BIC in Kenya, such as SAVNKENA, or its bank code."
        found.append(_fault("BIC_INVALID", sentence, "creditor_agent", instruction.creditor_agent))
    return found


def _events(opened: envelope.Opened, content: bytes) -> list[Event]:
    read = _READERS.get(opened.message.rpartition(".")[0].rpartition(".")[0])
    return read(opened, content) if read else []


def _of_statuses(opened: envelope.Opened, content: bytes) -> list[Event]:
    found = [event for status in outcomes.read_statuses(opened.content) for event in _of_status(status)]
    if not found:
        raise errors.NetworkMessageUnreadable(rail="pacs.002", problem="it names no payment and no status")
    return found


def _of_status(status: Status) -> list[Event]:
    reference, network = status.transaction_id, status.clearing_reference
    if status.status in _SETTLED:
        return [Settled(reference, network, status.at)]
    if status.status == "RJCT" and status.reason not in _SENT_BEFORE:
        sentence = reasons.sentence(status.reason, status.sentence)
        return [Rejected(reference, status.reason, sentence, network)]
    if status.status in _UNDER_WAY:
        return [Acknowledged(reference, network)]
    return [Noted(reference, status.status, reasons.sentence(status.reason, status.sentence))]


def _of_returns(opened: envelope.Opened, content: bytes) -> list[Event]:
    return [
        Returned(
            each.original_transaction_id,
            each.amount,
            each.reason,
            reasons.sentence(each.reason, each.sentence),
            each.return_id,
        )
        for each in outcomes.read_returns(opened.content, today=opened.header.created_at.date())
    ]


def _of_transfers(opened: envelope.Opened, content: bytes) -> list[Event]:
    return [
        Incoming(
            network_reference=each.clearing_reference or each.uetr or each.transaction_id,
            amount=each.amount,
            creditor_number=each.creditor_account,
            creditor_name=each.creditor_name,
            debtor_number=each.debtor_account,
            debtor_name=each.debtor_name,
            debtor_agent=each.debtor_agent,
            end_to_end_id=each.end_to_end_id,
            uetr=each.uetr,
            remittance=each.remittance,
        )
        for each in transfers.read(opened.content, today=opened.header.created_at.date())
    ]


def _of_answers(opened: envelope.Opened, content: bytes) -> list[Event]:
    return [
        RecallAnswered(each.transaction_id, each.is_accepted, each.reason)
        for each in recalls.read_answers(opened.content)
    ]


def _of_recalls(opened: envelope.Opened, content: bytes) -> list[Event]:
    """What the other bank calls the transfer when it names no reference of the network's."""
    return [
        RecallAsked(
            recall_id=each.recall_id,
            network_reference=each.clearing_reference or each.uetr or each.transaction_id,
            amount=each.amount,
            reason=each.reason,
            sentence=reasons.sentence(each.reason, each.sentence),
            uetr=each.uetr,
            transaction_id=each.transaction_id,
        )
        for each in recalls.read_recalls(opened.content)
    ]


def _of_notifications(opened: envelope.Opened, content: bytes) -> list[Event]:
    """A debit of ours that was booked is a settled transfer; what comes in comes as pacs.008 or 004 too."""
    found = [each for one in camt.read(xml.prepared(content)) for each in movements.movements_of(one)]
    return [
        Settled(each.transaction_id, each.network_reference)
        for each in found
        if each.is_ours and not each.is_return and each.transaction_id
    ]


_READERS: Final[dict[str, Callable[[envelope.Opened, bytes], list[Event]]]] = {
    "pacs.002": _of_statuses,
    "pacs.004": _of_returns,
    "pacs.008": _of_transfers,
    "camt.029": _of_answers,
    "camt.056": _of_recalls,
    "camt.054": _of_notifications,
}
