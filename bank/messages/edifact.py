"""Reads UN/EDIFACT interchanges (ISO 9735), and the payment orders in them: PAYMUL and PAYORD.

Delimiters are the interchange's own where UNA shows them. A PAYMUL is batches (LIN, one account and day
each) of payments (SEQ); a PAYORD is one of each. Counts, control references and totals are compared with
what was read; every fault names its segment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Final

from bank.messages import content, errors
from bank.messages import fields as xml_fields
from bank.messages.statements import Findings

_PLAIN: Final = ":+.? '"
_ORDERS: Final = frozenset({"PAYMUL", "PAYORD"})
_DAYS: Final = {"102": "%Y%m%d", "101": "%y%m%d", "203": "%Y%m%d%H%M", "201": "%y%m%d%H%M"}
_AMOUNTS: Final = frozenset({"9", "7", "57"})
_REFERENCES: Final = ("AEK", "CR", "PQ", "ACD", "AFO", "ACK")


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: name, elements of components, and which of the interchange it is, from 1."""

    name: str
    elements: tuple[tuple[str, ...], ...]
    number: int

    def part(self, element: int, component: int = 1) -> str:
        """A component, both counted from 1; empty where there is none."""
        found = self.elements[element - 1] if 0 < element <= len(self.elements) else ()
        return found[component - 1] if 0 < component <= len(found) else ""


@dataclass(slots=True)
class Payment:
    """SEQ: one payment of a batch."""

    amount: Decimal | None = None
    currency: str = ""
    reference: str = ""
    creditor_name: str = ""
    creditor_account: str = ""
    creditor_agent: str = ""
    remittance: str = ""


@dataclass(slots=True)
class Batch:
    """LIN: payments from one account on one day. ``total`` is what the batch states."""

    reference: str = ""
    execution_date: date | None = None
    total: Decimal | None = None
    currency: str = ""
    debtor_name: str = ""
    debtor_account: str = ""
    debtor_agent: str = ""
    payments: list[Payment] = field(default_factory=list)

    @property
    def sum(self) -> Decimal:
        return sum((payment.amount or Decimal(0) for payment in self.payments), Decimal(0))


@dataclass(slots=True)
class Order:
    """One message between UNH and UNT."""

    kind: str
    control: str
    identification: str = ""
    batches: list[Batch] = field(default_factory=list)


@dataclass(slots=True)
class Interchange:
    sender: str = ""
    receiver: str = ""
    control: str = ""
    orders: list[Order] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)


def read(source: bytes | str | IO[bytes], *, max_bytes: int = content.MAX_BYTES) -> Interchange:
    """The payment orders of an interchange.

    Raises ``MessageUnsupported`` where it holds none, ``TextBroken`` where it breaks off inside a segment,
    and ``FormatError`` as ``content``.
    """
    text = content.text(source, max_bytes=max_bytes).strip()
    if not text.startswith(("UNA", "UNB", "UNH")):
        raise errors.MessageUnsupported(
            message="this", wanted="an EDIFACT interchange, which begins with UNB"
        )
    found = Interchange()
    message: list[Segment] = []
    for segment in _segments(text):
        if segment.name == "UNB":
            found.sender, found.receiver = segment.part(2), segment.part(3)
            found.control = segment.part(5)
        elif segment.name == "UNZ":
            _compare(found, segment, 2, found.control, "UNZ repeats the control reference of UNB.")
        else:
            message.append(segment)
        if segment.name == "UNT":
            _take(found, message)
            message = []
    if message:
        sentence = "A message ends with UNT: send it whole."
        found.findings.add(message[-1].number, "MESSAGE_NOT_CLOSED", sentence, message[-1].name)
    if not found.orders:
        raise errors.MessageUnsupported(message="it holds", wanted="PAYMUL or PAYORD")
    return found


def _segments(text: str) -> Iterator[Segment]:
    signs = text[3:9] if text.startswith("UNA") else _PLAIN
    if len(signs) < len(_PLAIN):
        raise errors.TextBroken(line=1, position=1, problem="UNA breaks off; it shows six characters")
    component, element, _decimal, release, _reserved, end = tuple(signs)
    body = text[9:] if text.startswith("UNA") else text
    whole = _split(body, end, release)
    if whole.pop().strip():
        raise errors.TextBroken(line=1, position=len(text), problem="the last segment is not closed")
    for number, one in enumerate((each.strip() for each in whole), start=1):
        parts = tuple(
            tuple(_released(value, release) for value in _split(each, component, release))
            for each in _split(one, element, release)
        )
        yield Segment(parts[0][0], parts[1:], number)


def _split(text: str, sign: str, release: str) -> list[str]:
    """The pieces between the signs that are not released. Without a release sign every one divides."""
    if release == " " or release not in text:
        return text.split(sign)
    pieces, start, at = [], 0, 0
    while at < len(text):
        if text[at] == release:
            at += 1
        elif text[at] == sign:
            pieces.append(text[start:at])
            start = at + 1
        at += 1
    return [*pieces, text[start:]]


def _released(text: str, release: str) -> str:
    if release == " " or release not in text:
        return text
    signs = iter(text)
    return "".join(next(signs, "") if sign == release else sign for sign in signs)


def _compare(found: Interchange, segment: Segment, element: int, wanted: str, sentence: str) -> None:
    if segment.part(element) != wanted:
        found.findings.add(segment.number, "CONTROL_DIFFERS", sentence, segment.name, segment.part(element))


def _take(found: Interchange, message: list[Segment]) -> None:
    """One message: its batches and payments, or nothing where it is no payment order."""
    first, last = message[0], message[-1]
    if first.name != "UNH" or first.part(2) not in _ORDERS:
        return
    _compare(found, last, 2, first.part(1), "UNT repeats the reference of UNH.")
    if last.part(1) != str(len(message)):
        sentence = f"UNT states {last.part(1) or 'no'} segments; the message has {len(message)}."
        found.findings.add(last.number, "COUNT_MISMATCH", sentence, "UNT", last.part(1))
    order = Order(first.part(2), first.part(1))
    found.orders.append(order)
    for segment in message:
        _place(found, order, segment)
    for batch in order.batches:
        if batch.total is not None and batch.total != batch.sum:
            sentence = (
                f"Batch {batch.reference or '?'} states {batch.total:f}; its payments come to {batch.sum:f}."
            )
            found.findings.add(last.number, "TOTAL_MISMATCH", sentence, "MOA", f"{batch.total:f}")


def _place(found: Interchange, order: Order, segment: Segment) -> None:
    if segment.name == "BGM":
        order.identification = segment.part(2)
    elif segment.name == "LIN":
        order.batches.append(Batch())
    elif segment.name == "SEQ" and order.batches:
        order.batches[-1].payments.append(Payment())
    elif segment.name == "CNT":
        _count(found, order, segment)
    elif segment.name == "UNH" and order.kind == "PAYORD":
        order.batches.append(Batch(payments=[Payment()]))
    elif order.batches:
        _describe(found, order, segment)


def _describe(found: Interchange, order: Order, segment: Segment) -> None:
    """What a segment says of the payment it stands in, else of the batch."""
    batch = order.batches[-1]
    payment = batch.payments[-1] if batch.payments else None
    kind = segment.part(1)
    if segment.name == "MOA" and kind in _AMOUNTS:
        _amount(found, order, segment, payment)
    elif segment.name == "DTM" and kind in {"203", "209"}:
        batch.execution_date = _day(segment) or batch.execution_date
        if _day(segment) is None:
            found.findings.add(segment.number, "DAY", "Write the day as YYYYMMDD.", "DTM", segment.part(1, 2))
    elif segment.name == "RFF" and kind in _REFERENCES:
        target = payment or batch
        target.reference = target.reference or segment.part(1, 2)
    elif segment.name in {"FII", "NAD"}:
        _party(batch, payment, segment)
    elif segment.name == "FTX" and payment is not None:
        words = segment.elements[3] if len(segment.elements) > 3 else ()
        payment.remittance = " ".join([payment.remittance, *words]).strip()


def _amount(found: Interchange, order: Order, segment: Segment, payment: Payment | None) -> None:
    amount = xml_fields.decimal(segment.part(1, 2).replace(",", "."))
    currency, batch = segment.part(1, 3), order.batches[-1]
    if amount is None:
        found.findings.add(segment.number, "AMOUNT", "This is no amount.", "MOA", segment.part(1, 2))
    if payment is not None:
        payment.amount, payment.currency = amount, currency
    if payment is None or order.kind == "PAYORD":
        batch.total, batch.currency = amount, currency


def _day(segment: Segment) -> date | None:
    try:
        format = _DAYS[segment.part(1, 3) or "102"]
        return datetime.strptime(segment.part(1, 2), format).replace(tzinfo=UTC).date()
    except (KeyError, ValueError):
        return None


def _party(batch: Batch, payment: Payment | None, segment: Segment) -> None:
    """FII: an account with its bank (OR who pays, BF who is paid). NAD: a name (OY or PL, and BE)."""
    kind, agent = segment.part(1), segment.part(3) or segment.part(3, 4)
    name = " ".join(part for part in (segment.elements[3] if len(segment.elements) > 3 else ()) if part)
    if kind == "OR":
        batch.debtor_account, batch.debtor_agent = segment.part(2), agent
        batch.debtor_name = batch.debtor_name or segment.part(2, 2)
    elif kind in {"OY", "PL"}:
        batch.debtor_name = name or batch.debtor_name
    elif kind == "BF" and payment is not None:
        payment.creditor_account, payment.creditor_agent = segment.part(2), agent
        payment.creditor_name = payment.creditor_name or segment.part(2, 2)
    elif kind == "BE" and payment is not None:
        payment.creditor_name = name or payment.creditor_name


def _count(found: Interchange, order: Order, segment: Segment) -> None:
    """CNT: 39 the number of payments, 2 of lines; other totals are not compared."""
    payments = sum(len(batch.payments) for batch in order.batches)
    wanted = {"39": payments, "2": len(order.batches)}.get(segment.part(1))
    if wanted is not None and segment.part(1, 2) not in {str(wanted), str(payments)}:
        sentence = f"It states {segment.part(1, 2)}; the message has {wanted}."
        found.findings.add(segment.number, "COUNT_MISMATCH", sentence, "CNT", segment.part(1, 2))
