"""Reads pain.001 (Customer Credit Transfer Initiation), versions 01 to 13, as a stream.

Versions 01 call a payment PmtTx, later ones CdtTrfTxInf; an element of the one name is the other.

One ``CreditTransfer`` is in memory at a time, so a message of 100,000 costs no more than one
of ten. Reading is tolerant of versions and of faults: what a field should have held is for
the schema (``schemas``) and for the bank's own checks to say.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from bank.messages import canonical, errors, schemas, xml
from bank.messages import fields as read
from bank.messages.fields import Fields

_KIND = "pain.001"


class Initiation:
    """A pain.001 being read: the group header at once, the credit transfers one by one.

    ``totals`` is complete, and ``control_faults`` meaningful, only when ``transfers`` has been
    read to the end.
    """

    def __init__(self, content: bytes | str, *, max_bytes: int = xml.MAX_BYTES) -> None:
        """Raises ``FormatError`` for what is not a readable pain.001."""
        self.raw = xml.prepared(content, max_bytes=max_bytes)
        self.totals = canonical.Totals()
        self.message = ""
        self.header = self._read_header()
        self._control_faults: list[canonical.Fault] = []

    def _read_header(self) -> canonical.GroupHeader:
        root = xml.root_name(self.raw)
        self.message = schemas.message_named_in(root.namespace or "")
        if not self.message or root.localname != "Document" or self.message.startswith(_KIND):
            for element in xml.ends(self.raw, ("GrpHdr",)):
                self.message = schemas.message_named_in(etree.QName(element).namespace or "") or self.message
                if self.message.startswith(_KIND):
                    return _group_header(element)
        raise errors.MessageUnsupported(message=self.message or "it holds")

    def transfers(self) -> Iterator[canonical.CreditTransfer]:
        """Every credit transfer in the order of the message. Raises ``NotWellFormed`` where it breaks off."""
        self.totals = canonical.Totals()
        self._control_faults = []
        information, part = None, canonical.Totals()
        for element in xml.ends(self.raw, ("CdtTrfTxInf", "PmtTx", "PmtInf")):
            fields = Fields(element)
            if fields.name == "PmtInf":
                self._check_part(information or _payment_information(fields), part)
                information, part = None, canonical.Totals()
            else:
                information = information or _payment_information(Fields(element.getparent()))
                transfer = _credit_transfer(fields, self.totals.count + 1, information)
                self.totals.add(transfer)
                part.add(transfer)
                yield transfer
            xml.forget(element)

    def control_faults(self) -> list[canonical.Fault]:
        """Where the counts and control sums of header and parts differ from what was read."""
        return [*_control_faults(self.header, self.totals, "GrpHdr"), *self._control_faults]

    def _check_part(self, information: canonical.PaymentInformation, part: canonical.Totals) -> None:
        place = f"PmtInf {information.payment_information_id}"
        self._control_faults.extend(_control_faults(information, part, place))


def _control_faults(
    stated: canonical.GroupHeader | canonical.PaymentInformation, read: canonical.Totals, place: str
) -> list[canonical.Fault]:
    faults = []
    if stated.count is not None and stated.count != read.count:
        sentence = f"{place} states {stated.count} payments (NbOfTxs), the file holds {read.count}."
        faults.append(canonical.Fault(0, "COUNT_MISMATCH", sentence, "NbOfTxs", str(stated.count)))
    if stated.control_sum is not None and stated.control_sum != read.control_sum:
        sentence = (
            f"{place} states the sum {stated.control_sum} (CtrlSum), the file holds {read.control_sum}."
        )
        faults.append(
            canonical.Fault(0, "CONTROL_SUM_MISMATCH", sentence, "CtrlSum", str(stated.control_sum))
        )
    return faults


def _group_header(element: Any) -> canonical.GroupHeader:
    fields = Fields(element)
    return canonical.GroupHeader(
        message_id=fields.one("MsgId", "GrpId"),
        created_at=fields.one("CreDtTm"),
        initiating_party=read.party(fields, "InitgPty"),
        count=read.count(fields.one("NbOfTxs")),
        control_sum=read.decimal(fields.one("CtrlSum")),
    )


def _payment_information(fields: Fields) -> canonical.PaymentInformation:
    requested = fields.one("ReqdExctnDt/Dt", "ReqdExctnDt/DtTm", "ReqdExctnDt")
    batch_booking = fields.one("BtchBookg")
    return canonical.PaymentInformation(
        payment_information_id=fields.one("PmtInfId"),
        method=fields.one("PmtMtd"),
        requested_date=read.day(requested),
        requested_date_text=requested,
        debtor=read.party(fields, "Dbtr"),
        debtor_account=read.account(fields, "DbtrAcct"),
        debtor_agent=read.agent(fields, "DbtrAgt", "FrstAgt"),
        ultimate_debtor=read.party(fields, "UltmtDbtr"),
        charge_bearer=fields.one("ChrgBr"),
        service_level=fields.one("PmtTpInf/SvcLvl/Cd", "PmtTpInf/SvcLvl/Prtry"),
        category_purpose=fields.one("PmtTpInf/CtgyPurp/Cd", "PmtTpInf/CtgyPurp/Prtry", "PmtTpInf/CtgyPurp"),
        batch_booking=batch_booking in {"true", "1"} if batch_booking else None,
        count=read.count(fields.one("NbOfTxs")),
        control_sum=read.decimal(fields.one("CtrlSum")),
    )


def _credit_transfer(
    fields: Fields, line: int, information: canonical.PaymentInformation
) -> canonical.CreditTransfer:
    text, currency, is_equivalent = _amount(fields)
    return canonical.CreditTransfer(
        line=line,
        information=information,
        instruction_id=fields.one("PmtId/InstrId"),
        end_to_end_id=fields.one("PmtId/EndToEndId"),
        uetr=fields.one("PmtId/UETR"),
        amount=read.decimal(text),
        amount_text=text,
        currency=currency,
        is_equivalent=is_equivalent,
        creditor=read.party(fields, "Cdtr"),
        creditor_account=read.account(fields, "CdtrAcct"),
        creditor_agent=read.agent(fields, "CdtrAgt", "FnlAgt"),
        charge_bearer=fields.one("ChrgBr") or information.charge_bearer,
        ultimate_debtor=read.party(fields, "UltmtDbtr"),
        ultimate_creditor=read.party(fields, "UltmtCdtr"),
        purpose=fields.one("Purp/Cd", "Purp/Prtry"),
        remittance=read.remittance(fields),
    )


def _amount(fields: Fields) -> tuple[str, str, bool]:
    instructed = fields.at("Amt/InstdAmt")
    if instructed is not None:
        return instructed.text, instructed.element.get("Ccy", ""), False
    equivalent = fields.at("Amt/EqvtAmt/Amt")
    if equivalent is None:
        return "", "", False
    return equivalent.text, equivalent.element.get("Ccy", ""), True
