"""The contract of a rail with a network behind it: messages out, events in, and the proof that they meet.

The hub (``bank/payments/services/networks/``) owns orders, books, retries and timelines; a rail owns the
format and the transport, and holds no state of its own. What the hub does with the books:

- released: debit the debtor amount and charges, credit IN_TRANSIT, in one ledger call;
- ``Settled``: debit IN_TRANSIT, credit the rail's ``settlement_role`` (a nostro);
- ``Rejected``: debit IN_TRANSIT, credit the debtor; the charges are given back too;
- ``Returned``: debit the nostro, credit the debtor what came back; the charges stay earned;
- ``Incoming``: debit the nostro, credit the creditor, or SUSPENSE where there is none, and it is returned;
- ``RecallAsked``: nothing, until two of the staff agree: creditor to SUSPENSE, and back it goes.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeAlias

from bank import ledger
from bank.kernel.money import Money
from bank.ledger.entries import Entry
from bank.ledger.errors import LedgerError
from bank.payments import errors, postings
from bank.payments.rail import Instruction, Outcome, Rail
from bank.payments.rules import PaymentStatus

_RELEASED = Outcome(PaymentStatus.RELEASED)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for the network, written once and sent until the network has it.

    ``key`` is the network's own identification of the message (message id, file name, UETR) and
    unique per rail: the other side drops what comes twice. ``references`` are the orders in it.
    Content that is not text goes as base64.
    """

    key: str
    kind: str
    content: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The network has the order: RELEASED becomes SENT. ``network_reference`` is its name for it."""

    reference: str
    network_reference: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    reference: str
    network_reference: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Before settlement. ``reason`` is the network's code, ``sentence`` says it to a person."""

    reference: str
    reason: str
    sentence: str = ""
    network_reference: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """After settlement: the money comes back, perhaps less than was sent."""

    reference: str
    amount: Money
    reason: str
    sentence: str = ""
    network_reference: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money for an account here. ``network_reference`` is unique per rail: the same twice is one."""

    network_reference: str
    amount: Money
    creditor_number: str
    creditor_name: str
    debtor_number: str
    debtor_name: str
    debtor_agent: str = ""
    end_to_end_id: str = ""
    uetr: str = ""
    remittance: str = ""


@dataclass(frozen=True, slots=True)
class RecallAnswered:
    """Accepted: a ``Returned`` follows. Refused: the order stays SETTLED."""

    reference: str
    is_accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecallAsked:
    """The payer's bank wants back what came in as ``network_reference``. ``recall_id`` names the wish, once
    per rail; ``transaction_id`` is what that bank calls the payment; some networks tell no amount. The answer
    is ``refuse_recall``, or ``give_back`` with reason FOCR.
    """

    recall_id: str
    network_reference: str
    amount: Money | None
    reason: str
    sentence: str = ""
    uetr: str = ""
    transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """News that changes no status: a tracker's step, a notification of change and what is right from now on
    (empty what stays); a prenote that came back, ``is_refusal``."""

    reference: str
    reason: str
    sentence: str
    number: str = ""
    agent: str = ""
    account_type: str = ""
    is_refusal: bool = False


Event: TypeAlias = (
    Acknowledged | Settled | Rejected | Returned | Incoming | RecallAnswered | RecallAsked | Noted
)


@dataclass(frozen=True, slots=True)
class Received:
    """One message of the network read: ``key`` is unique per rail, the same key twice is one message."""

    key: str
    kind: str
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a caller of ``POST /networks/<rail>/...`` is answered once its message is kept."""

    status: int = 200
    body: bytes = b"{}"
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class NetworkEntry:
    """One movement in the network's own record of a day. Incoming is positive, outgoing negative."""

    network_reference: str
    reference: str
    amount: Money


class NetworkRail(Rail):
    """A rail whose other side is elsewhere. Methods marked pure touch neither network nor database."""

    settlement_role: ClassVar[str]
    """The GL role of the nostro in which the network settles, such as NOSTRO_EFT."""

    prenote_days: ClassVar[int] = 0
    """Banking days (of ``capabilities.calendar``) after a prenote till money may follow; 0: has none."""

    gathers: ClassVar[bool] = False
    """Whether orders are gathered (ACCEPTED) and emitted together a few times an hour, as batches are."""

    def release(self, instructions: Iterable[Instruction], *, each: bool = False) -> list[Outcome]:
        """Books into transit; the hub sends afterwards (``bank.payments.services.networks``)."""
        if each:
            booked = ledger.post(map(_entry, instructions), outcome="EACH")
            return [_outcome(posted.refusal) for posted in booked]
        entries = [_entry(instruction) for instruction in instructions]
        ledger.post(entries[0] if len(entries) == 1 else entries)
        return [_RELEASED] * len(entries)

    @abstractmethod
    def emit(self, instructions: Sequence[Instruction]) -> list[Outgoing]:
        """Pure. The messages that carry these released orders; a batch rail puts many in one.

        Called in the database transaction that releases them; what it returns is stored with it.
        """

    @abstractmethod
    def send(self, outgoing: Outgoing) -> list[Event]:
        """Hands one message to the network; returns what it answered at once, often nothing.

        Raises ``NetworkUnreachable`` where it surely has not got it (it is sent again, with back-off),
        ``NetworkUnclear`` where it may have (it is asked with ``query`` before anything else is done),
        ``NetworkSaysNo`` where it refused the message as a whole (every order in it is rejected).
        """

    @abstractmethod
    def ingest(self, content: bytes, headers: Mapping[str, str]) -> Received:
        """Pure. Reads one message of the network; hostile input. Raises ``NetworkMessageUnreadable``,
        ``NetworkMessageForged``. Names of headers are in small letters; what was posted to
        ``/networks/<rail>/<path>`` has the path under ``:path``, what was collected has no headers."""

    def reply(self, received: Received) -> Reply:
        """Pure. What the network wants to hear when it posted this."""
        return Reply()

    @abstractmethod
    def collect(self) -> list[bytes]:
        """What waits for us on the other side and is not pushed to us: files, polled reports.

        Each is given to ``ingest``. Collecting does not remove: ``collected`` does, after the commit.
        """

    def collected(self, content: bytes) -> None:
        """Tells the other side that this was taken in and need not be offered again."""

    @abstractmethod
    def query(self, reference: str, network_reference: str) -> list[Event]:
        """Asks what became of an order sent and not heard of; nothing where the network says pending.

        ``Rejected`` with reason ``NOT_RECEIVED`` where the network never had it.
        """

    def recall(self, instruction: Instruction, network_reference: str, reason: str) -> Outgoing:
        """Pure. The message that asks for the money back. Raises ``NotRecallable``."""
        raise errors.NotRecallable(rail=self.code)

    def give_back(self, incoming: Incoming, reason: str) -> Outgoing | None:
        """Pure. The message that returns an incoming payment nobody here can have; None where the rail
        has none and the money stays in suspense."""
        return None

    def prenote(self, instructions: Sequence[Instruction]) -> Outgoing | None:
        """Pure. The message that tries the creditors' accounts without money; None where the rail has none.
        What comes back is ``Noted`` or ``Rejected`` under the same references, silence is consent."""
        return None

    def refuse_recall(self, asked: RecallAsked, reason: str, sentence: str) -> Outgoing | None:
        """Pure. The message that says no to a wish to have money back, by a code of ISO 20022
        (ExternalPaymentCancellationRejection1Code); None where the rail has none."""
        return None

    @abstractmethod
    def day(self, business_day: str) -> list[NetworkEntry]:
        """The network's own record of a day (ISO date), to reconcile with ours."""


def _outcome(refusal: LedgerError | None) -> Outcome:
    if refusal is None:
        return _RELEASED
    return Outcome(PaymentStatus.REJECTED, refusal.code, str(refusal))


def _entry(instruction: Instruction) -> Entry:
    return postings.internal_transfer(
        reference=instruction.reference,
        debtor=instruction.debtor_number,
        creditor=instruction.transit_account,
        amount=instruction.amount,
        fee=instruction.fee,
        excise=instruction.excise,
        fee_account=instruction.fee_account,
        excise_account=instruction.excise_account,
        narrative=f"To {instruction.creditor_name} {instruction.remittance}".strip(),
        code=postings.PAYMENT_SENT,
    )
