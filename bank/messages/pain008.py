"""Reads pain.008 (Customer Direct Debit Initiation), versions 01 to 11, as a stream.

One ``DirectDebit`` is in memory at a time. Reading is tolerant of versions and of faults: what a field
should have held is for the schema (``schemas``) and for the bank's own checks to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from bank.messages import canonical, errors, schemas, xml
from bank.messages import fields as read
from bank.messages.fields import Fields

KIND: Final = "pain.008"
_SCHEME_ID: Final = ("CdtrSchmeId/Id/PrvtId/Othr/Id", "CdtrSchmeId/Id/PrvtId/OthrId/Id")


@dataclass(frozen=True, slots=True)
class Part:
    """What a block of collections has in common: who collects, into which account, on which day."""

    identification: str
    method: str
    due: date | None
    due_text: str
    creditor_account: canonical.AccountIdentification
    creditor_identifier: str
    kind: str
    sequence: str


@dataclass(frozen=True, slots=True)
class DirectDebit:
    """One collection as the company wrote it; ``line`` counts them from 1."""

    line: int
    part: Part
    instruction_id: str
    end_to_end_id: str
    amount_text: str
    amount: Decimal | None
    currency: str
    mandate: str
    is_amended: bool
    creditor_identifier: str
    kind: str
    sequence: str
    debtor_name: str
    debtor_account: canonical.AccountIdentification
    remittance: str


@dataclass(slots=True)
class Totals:
    """Counted while reading."""

    count: int = 0
    control_sum: Decimal = field(default=Decimal(0))

    def add(self, one: DirectDebit) -> None:
        self.count += 1
        self.control_sum += one.amount or 0


class Initiation:
    """A pain.008 being read: the group header at once, the collections one by one.

    ``totals`` is complete, and ``control_faults`` meaningful, only when ``collections`` was read to the end.
    """

    def __init__(self, content: bytes, *, max_bytes: int = xml.MAX_BYTES) -> None:
        """Raises ``FormatError`` for what is not a readable pain.008."""
        self.raw = xml.prepared(content, max_bytes=max_bytes)
        self.totals = Totals()
        self.message, self.message_id = "", ""
        self._stated: list[tuple[str, int | None, Decimal | None, Totals]] = []
        self._read_header()

    def _read_header(self) -> None:
        for element in xml.ends(self.raw, ("GrpHdr",)):
            self.message = schemas.message_named_in(etree.QName(element).namespace or "")
            if not self.message.startswith(KIND):
                break
            header = Fields(element)
            self.message_id = header.one("MsgId", "GrpId")
            self._stated = [("GrpHdr", *_stated(header), self.totals)]
            return
        raise errors.MessageUnsupported(message=self.message or "it holds")

    def collections(self) -> Iterator[DirectDebit]:
        """Every collection in the order of the message. Raises ``NotWellFormed`` where it breaks off."""
        part, totals = None, Totals()
        for element in xml.ends(self.raw, ("DrctDbtTxInf", "PmtInf")):
            fields = Fields(element)
            if fields.name == "PmtInf":
                self._stated.append((f"PmtInf {fields.one('PmtInfId')}", *_stated(fields), totals))
                part, totals = None, Totals()
            else:
                part = part or _part(Fields(element.getparent()))
                one = _direct_debit(fields, self.totals.count + 1, part)
                self.totals.add(one)
                totals.add(one)
                yield one
            xml.forget(element)

    def control_faults(self) -> list[canonical.Fault]:
        """Where the counts and control sums of header and parts differ from what was read."""
        return [fault for stated in self._stated for fault in _control_faults(*stated)]


def _stated(fields: Fields) -> tuple[int | None, Decimal | None]:
    return read.count(fields.one("NbOfTxs")), read.decimal(fields.one("CtrlSum"))


def _control_faults(
    place: str, count: int | None, control_sum: Decimal | None, found: Totals
) -> Iterator[canonical.Fault]:
    if count is not None and count != found.count:
        sentence = f"{place} states {count} collections (NbOfTxs), the file holds {found.count}."
        yield canonical.Fault(0, "COUNT_MISMATCH", sentence, "NbOfTxs", str(count))
    if control_sum is not None and control_sum != found.control_sum:
        sentence = f"{place} states the sum {control_sum} (CtrlSum), the file holds {found.control_sum}."
        yield canonical.Fault(0, "CONTROL_SUM_MISMATCH", sentence, "CtrlSum", str(control_sum))


def _part(fields: Fields) -> Part:
    due = fields.one("ReqdColltnDt")
    return Part(
        identification=fields.one("PmtInfId"),
        method=fields.one("PmtMtd"),
        due=read.day(due),
        due_text=due,
        creditor_account=read.account(fields, "CdtrAcct"),
        creditor_identifier=fields.one(*_SCHEME_ID),
        kind=_kind(fields),
        sequence=fields.one("PmtTpInf/SeqTp"),
    )


def _direct_debit(fields: Fields, line: int, part: Part) -> DirectDebit:
    amount: Any = fields.at("InstdAmt")
    text = amount.text if amount else ""
    related = fields.at("DrctDbtTx") or fields
    return DirectDebit(
        line=line,
        part=part,
        instruction_id=fields.one("PmtId/InstrId"),
        end_to_end_id=fields.one("PmtId/EndToEndId"),
        amount_text=text,
        amount=read.decimal(text),
        currency=amount.element.get("Ccy", "") if amount else "",
        mandate=related.one("MndtRltdInf/MndtId"),
        is_amended=related.one("MndtRltdInf/AmdmntInd") in {"true", "1"},
        creditor_identifier=related.one(*_SCHEME_ID) or part.creditor_identifier,
        kind=_kind(fields) or part.kind,
        sequence=fields.one("PmtTpInf/SeqTp") or part.sequence,
        debtor_name=read.party(fields, "Dbtr").name,
        debtor_account=read.account(fields, "DbtrAcct"),
        remittance=" ".join(read.remittance(fields).unstructured),
    )


def _kind(fields: Fields) -> str:
    return fields.one("PmtTpInf/LclInstrm/Cd", "PmtTpInf/LclInstrm/Prtry")
