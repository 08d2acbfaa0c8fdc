"""ISO 20022 that tells of payments as MT: camt.054 as MT900 and MT910, camt.056 as MT192, camt.029 as MT196,
pacs.002 as the MT199 of a tracker (CBPR+ translation).
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from bank.messages import errors
from bank.messages import fields as read
from bank.messages.fields import Fields
from bank.messages.swift import mt_parts as parts
from bank.messages.swift import parties
from bank.messages.swift.blocks import Field, Message, render

FAMILIES: Final = ("camt.054", "camt.056", "camt.029", "pacs.002")
_REFERENCE: Final = 16
_LINE: Final = 35
_NARRATIVE: Final = 50
_AGENT: Final = "Agt/FinInstnId/BICFI"


def translate(message: str, root: Fields, header: tuple[str, str], wanted: str) -> str:
    """The MTs of a message: one an entry or answer. Raises ``MessageUnsupported`` where it has none."""
    made = [one for one in _MAKERS[message[:8]](root, header) if wanted in {"", one.type}]
    if not made:
        raise errors.MessageUnsupported(message=message, wanted="one with an entry, a request or an answer")
    return "\n".join(map(render, made))


def _message(kind: str, ends: tuple[str, str], fields: Iterator[Field], uetr: str) -> Message:
    kept = tuple(field for field in fields if field.value)
    return Message(kind, parts.terminal(ends[0], "A"), parts.terminal(ends[1], "X"), kept, uetr=uetr)


def _notified(root: Fields, header: tuple[str, str]) -> Iterator[Message]:
    body = root.at("BkToCstmrDbtCdtNtfctn") or root
    for notification in body.each("Ntfctn"):
        for entry in notification.each("Ntry"):
            kind = "910" if entry.one("CdtDbtInd") == "CRDT" else "900"
            uetr = entry.one("NtryDtls/TxDtls/Refs/UETR")
            yield _message(kind, header, _entry(notification, entry), uetr)


def _entry(notification: Fields, entry: Fields) -> Iterator[Field]:
    details = entry.at("NtryDtls/TxDtls") or entry
    related = details.one("Refs/EndToEndId", "Refs/InstrId") or entry.one("NtryRef") or "NONREF"
    amount, currency = parts.amount(entry, "Amt")
    day = read.day(entry.one("ValDt/Dt", "BookgDt/Dt")[:10])
    yield Field("20", _reference(entry.one("AcctSvcrRef") or notification.one("Id")))
    yield Field("21", _reference(related))
    yield Field("25", parts.plain(read.account(notification, "Acct").number)[:_LINE])
    yield from _booked(entry.one("BookgDt/DtTm"))
    yield Field("32A", f"{parts.yymmdd(day)}{currency}{amount}")
    yield from _sides(details, is_credit=entry.one("CdtDbtInd") == "CRDT")
    yield from parts.text("72", details.one("AddtlTxInf"), _LINE, 6)


def _sides(details: Fields, *, is_credit: bool) -> Iterator[Field]:
    """Who paid, told of a credit alone, and the banks between."""
    related = details.at("RltdPties")
    if is_credit and related is not None:
        tag = "Dbtr/Pty" if related.at("Dbtr/Pty") else "Dbtr"
        payer = parts.party_of(related, tag, account="DbtrAcct")
        if payer is not None:
            option, value = parties.write_customer(payer, ordering=True)
            yield Field(f"50{option}", parts.plain(value))
    agents = details.at("RltdAgts")
    if agents is not None:
        yield from parts.agent("52", agents, "DbtrAgt")
        yield from parts.agent("56", agents, "IntrmyAgt1")


def _booked(at: str) -> Iterator[Field]:
    found = re.match(r"(\d\d)(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d):\d\d(?:\.\d+)?(?:([+-]\d\d):(\d\d)|Z)?", at)
    if found:
        zone = f"{found[7]}{found[8]}" if found[7] else "+0000"
        yield Field("13D", f"{found[2]}{found[3]}{found[4]}{found[5]}{found[6]}{zone}")


def _asked(root: Fields, header: tuple[str, str]) -> Iterator[Message]:
    body = root.at("FIToFIPmtCxlReq") or root
    ends = _ends(body, header)
    for transfer in [one for under in body.each("Undrlyg") for one in under.each("TxInf")]:
        yield _message(_about("92", transfer), ends, _request(body, transfer), transfer.one("OrgnlUETR"))


def _request(body: Fields, transfer: Fields) -> Iterator[Field]:
    day = parts.yymmdd(read.day(transfer.one("OrgnlIntrBkSttlmDt")))
    reason = transfer.at("CxlRsnInf") or transfer
    amount, currency = parts.amount(transfer, "OrgnlIntrBkSttlmAmt")
    yield Field("20", _reference(transfer.one("CxlId") or body.one("Assgnmt/Id")))
    yield Field("21", _reference(_original(transfer)))
    yield Field("11S", f"{_kind(transfer)}\n{day}")
    words = f"/{reason.one('Rsn/Cd', 'Rsn/Prtry') or 'CUST'}/{reason.one('AddtlInf')}"
    yield from parts.text("79", words, _NARRATIVE, 35)
    if amount:
        yield Field("32A", f"{day}{currency}{amount}")


def _answered(root: Fields, header: tuple[str, str]) -> Iterator[Message]:
    body = root.at("RsltnOfInvstgtn") or root
    ends = _ends(body, header)
    for transfer in [one for under in body.each("CxlDtls") for one in under.each("TxInfAndSts")]:
        yield _message(_about("96", transfer), ends, _answer(body, transfer), transfer.one("OrgnlUETR"))


def _answer(body: Fields, transfer: Fields) -> Iterator[Field]:
    status = body.one("Sts/Conf") or "PDCR"
    reason = transfer.one("CxlStsRsnInf/Rsn/Cd")
    day = parts.yymmdd(read.day(transfer.one("OrgnlIntrBkSttlmDt")))
    yield Field("20", _reference(transfer.one("CxlStsId") or body.one("Assgnmt/Id")))
    yield Field("21", _reference(transfer.one("RslvdCase/Id") or body.one("RslvdCase/Id")))
    yield Field("76", f"/{status}/{reason}")
    yield from parts.text("77A", transfer.one("CxlStsRsnInf/AddtlInf"), _LINE, 20)
    yield Field("11R", "\n".join(one for one in (_kind(transfer), day) if one))


def _reported(root: Fields, header: tuple[str, str]) -> Iterator[Message]:
    body = root.at("FIToFIPmtStsRpt") or root
    for transfer in body.each("TxInfAndSts"):
        named = (transfer.one("InstgAgt/FinInstnId/BICFI"), transfer.one("InstdAgt/FinInstnId/BICFI"))
        ends = (header[0] or named[0], header[1] or named[1])
        yield _message(_about("99", transfer), ends, _step(body, transfer), transfer.one("OrgnlUETR"))


def _step(body: Fields, transfer: Fields) -> Iterator[Field]:
    at = transfer.one("FctvIntrBkSttlmDt/DtTm") or body.one("GrpHdr/CreDtTm")
    (moment,) = [field.value for field in _booked(at)] or [""]
    reason = transfer.one("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
    status = f"{transfer.one('TxSts')}/{reason}" if reason else transfer.one("TxSts")
    bank = transfer.one("StsRsnInf/Orgtr/Id/OrgId/AnyBIC", "InstgAgt/FinInstnId/BICFI")
    yield Field("20", _reference(body.one("GrpHdr/MsgId")))
    yield Field("21", _reference(_original(transfer)))
    yield Field("79", "\n".join(f"//{told}" for told in (moment, status, bank) if told))


def _ends(body: Fields, header: tuple[str, str]) -> tuple[str, str]:
    """Sender and receiver: the header's, else who assigns the case to whom."""
    assignment = body.at("Assgnmt") or body
    named = assignment.one(f"Assgnr/{_AGENT}"), assignment.one(f"Assgne/{_AGENT}")
    return header[0] or named[0], header[1] or named[1]


def _original(transfer: Fields) -> str:
    return transfer.one("OrgnlInstrId", "OrgnlEndToEndId", "OrgnlGrpInf/OrgnlMsgId", "OrgnlTxId")


def _kind(transfer: Fields) -> str:
    """The MT of the original: as named, else what its ISO 20022 message is as MT."""
    named = transfer.one("OrgnlGrpInf/OrgnlMsgNmId")
    found = re.match(r"MT(\d{3})", named)
    return found[1] if found else ("202" if named.startswith("pacs.009") else "103")


def _about(common: str, transfer: Fields) -> str:
    """The common message of the category of what it is about: a customer's transfer or a bank's."""
    return _kind(transfer)[0] + common


def _reference(text: str) -> str:
    return parts.cut(parts.plain(text), _REFERENCE)


_MAKERS: Final[dict[str, Callable[[Fields, tuple[str, str]], Iterator[Message]]]] = {
    "camt.054": _notified,
    "camt.056": _asked,
    "camt.029": _answered,
    "pacs.002": _reported,
}
