"""Reads pain.001 (Customer Credit Transfer Initiation), versions 01 to 13, as a stream.

Versions 01 call a payment PmtTx, later ones CdtTrfTxInf; an element of the one name is the other.

One ``CreditTransfer`` is in memory at a time, so a message of 100,000 costs no more than one
of ten. Reading is tolerant of versions and of faults: what a field should have held is for
the schema (``schemas``) and for the bank's own checks to say.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from bank.messages import canonical, errors, schemas, xml

_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,15}", re.ASCII)
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
            fields = _Fields(element)
            if fields.name == "PmtInf":
                self._check_part(information or _payment_information(fields), part)
                information, part = None, canonical.Totals()
            else:
                information = information or _payment_information(_Fields(element.getparent()))
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


class _Fields:
    """One element, asked by paths of local names. Its children are listed once: every field is looked
    up in a dictionary, which is what makes reading fast.
    """

    __slots__ = ("_children", "element", "name")

    def __init__(self, element: Any) -> None:
        self.element = element
        self.name = element.tag.rpartition("}")[2]
        self._children: dict[str, _Fields] | None = None

    def one(self, *paths: str) -> str:
        """The text at the first of the paths that holds any."""
        for path in paths:
            found = self.at(path)
            if found is not None and (text := found.text):
                return text
        return ""

    def every(self, tag: str) -> tuple[str, ...]:
        """The texts of all children with the name, in order."""
        found = (child.text for child in self.element.iterchildren(f"{{*}}{tag}"))
        return tuple(text.strip() for text in found if text and text.strip())

    @property
    def text(self) -> str:
        return (self.element.text or "").strip()

    def at(self, path: str) -> "_Fields | None":
        """The first element at the path."""
        name, _slash, rest = path.partition("/")
        child = self._listed().get(name)
        return child.at(rest) if child is not None and rest else child

    def _listed(self) -> "dict[str, _Fields]":
        if self._children is None:
            self._children = {}
            for element in self.element:
                child = _Fields(element)
                self._children.setdefault(child.name, child)
        return self._children


def _group_header(element: Any) -> canonical.GroupHeader:
    fields = _Fields(element)
    return canonical.GroupHeader(
        message_id=fields.one("MsgId", "GrpId"),
        created_at=fields.one("CreDtTm"),
        initiating_party=_party(fields, "InitgPty"),
        count=_count(fields.one("NbOfTxs")),
        control_sum=decimal(fields.one("CtrlSum")),
    )


def _payment_information(fields: _Fields) -> canonical.PaymentInformation:
    requested = fields.one("ReqdExctnDt/Dt", "ReqdExctnDt/DtTm", "ReqdExctnDt")
    batch_booking = fields.one("BtchBookg")
    return canonical.PaymentInformation(
        payment_information_id=fields.one("PmtInfId"),
        method=fields.one("PmtMtd"),
        requested_date=_day(requested),
        requested_date_text=requested,
        debtor=_party(fields, "Dbtr"),
        debtor_account=_account(fields, "DbtrAcct"),
        debtor_agent=_agent(fields, "DbtrAgt", "FrstAgt"),
        ultimate_debtor=_party(fields, "UltmtDbtr"),
        charge_bearer=fields.one("ChrgBr"),
        service_level=fields.one("PmtTpInf/SvcLvl/Cd", "PmtTpInf/SvcLvl/Prtry"),
        category_purpose=fields.one("PmtTpInf/CtgyPurp/Cd", "PmtTpInf/CtgyPurp/Prtry", "PmtTpInf/CtgyPurp"),
        batch_booking=batch_booking in {"true", "1"} if batch_booking else None,
        count=_count(fields.one("NbOfTxs")),
        control_sum=decimal(fields.one("CtrlSum")),
    )


def _credit_transfer(
    fields: _Fields, line: int, information: canonical.PaymentInformation
) -> canonical.CreditTransfer:
    text, currency, is_equivalent = _amount(fields)
    return canonical.CreditTransfer(
        line=line,
        information=information,
        instruction_id=fields.one("PmtId/InstrId"),
        end_to_end_id=fields.one("PmtId/EndToEndId"),
        uetr=fields.one("PmtId/UETR"),
        amount=decimal(text),
        amount_text=text,
        currency=currency,
        is_equivalent=is_equivalent,
        creditor=_party(fields, "Cdtr"),
        creditor_account=_account(fields, "CdtrAcct"),
        creditor_agent=_agent(fields, "CdtrAgt", "FnlAgt"),
        charge_bearer=fields.one("ChrgBr") or information.charge_bearer,
        ultimate_debtor=_party(fields, "UltmtDbtr"),
        ultimate_creditor=_party(fields, "UltmtCdtr"),
        purpose=fields.one("Purp/Cd", "Purp/Prtry"),
        remittance=_remittance(fields),
    )


def _amount(fields: _Fields) -> tuple[str, str, bool]:
    instructed = fields.at("Amt/InstdAmt")
    if instructed is not None:
        return instructed.text, instructed.element.get("Ccy", ""), False
    equivalent = fields.at("Amt/EqvtAmt/Amt")
    if equivalent is None:
        return "", "", False
    return equivalent.text, equivalent.element.get("Ccy", ""), True


def _party(fields: _Fields, tag: str) -> canonical.Party:
    party = fields.at(tag)
    if party is None:
        return canonical.Party()
    return canonical.Party(
        name=party.one("Nm"),
        country=party.one("CtryOfRes", "PstlAdr/Ctry"),
        identification=party.one(
            "Id/OrgId/LEI", "Id/OrgId/AnyBIC", "Id/OrgId/BICOrBEI", "Id/OrgId/Othr/Id", "Id/PrvtId/Othr/Id"
        ),
    )


def _account(fields: _Fields, tag: str) -> canonical.AccountIdentification:
    account = fields.at(tag)
    if account is None:
        return canonical.AccountIdentification()
    return canonical.AccountIdentification(
        iban=account.one("Id/IBAN", "IBAN").replace(" ", ""),
        other=account.one(
            "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id", "Id/DmstAcct/Id", "BBAN", "DmstAcct/Id"
        ),
        currency=account.one("Ccy"),
        proxy=account.one("Prxy/Id"),
    )


def _agent(fields: _Fields, tag: str, early_tag: str) -> canonical.Agent:
    agent = fields.at(tag) or fields.at(early_tag)
    if agent is None:
        return canonical.Agent()
    return canonical.Agent(
        bic=agent.one("FinInstnId/BICFI", "FinInstnId/BIC", "FinInstnId/CmbndId/BIC", "BIC"),
        clearing_member=agent.one(
            "FinInstnId/ClrSysMmbId/MmbId", "FinInstnId/Othr/Id", "FinInstnId/PrtryId/Id"
        ),
        name=agent.one("FinInstnId/Nm"),
    )


def _remittance(fields: _Fields) -> canonical.Remittance:
    remittance = fields.at("RmtInf")
    if remittance is None:
        return canonical.Remittance()
    return canonical.Remittance(
        unstructured=remittance.every("Ustrd"),
        creditor_reference=remittance.one("Strd/CdtrRefInf/Ref", "Strd/CdtrRefInf/CdtrRef"),
        document_numbers=_document_numbers(remittance),
    )


def _document_numbers(remittance: _Fields) -> tuple[str, ...]:
    documents = (_Fields(each) for each in remittance.element.iterfind("{*}Strd/{*}RfrdDocInf"))
    return tuple(number for document in documents if (number := document.one("Nb", "RfrdDocNb")))


def decimal(text: str) -> Decimal | None:
    """An xs:decimal (XML Schema part 2, 3.2.3): no exponent, no NaN, no grouping, ASCII digits."""
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if "T" in text else date.fromisoformat(text[:10])
    except ValueError:
        return None
