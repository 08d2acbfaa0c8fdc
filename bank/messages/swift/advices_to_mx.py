"""MT that tell of payments, in ISO 20022: MT900 and MT910 as camt.054, MT192 as camt.056, MT196 as camt.029,
and the tracker's MT199 as pacs.002 (CBPR+ translation).
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bank.messages import errors
from bank.messages.build import branch, leaf
from bank.messages.swift import mx_parts as parts
from bank.messages.swift.blocks import Message
from bank.messages.swift.parties import MtParty

_NONE: Final = "NOTPROVIDED"
_TRACKED = re.compile(
    r"//(\d{6})(\d{4})([+-]\d{4})\n//([A-Z]{4})(?:/([A-Z0-9]{4}))?(?:\n//([A-Z0-9]{8,11}))?"
)
_REASON = re.compile(r"\A/([A-Z]{4})/(.*)", re.DOTALL)
_ANSWERS: Final = {"CNCL": "CNCL", "RJCR": "RJCR", "PDCR": "PDCR"}
_MOST_WORDS: Final = 105


def _notification(message: Message, created_at: datetime) -> Any:
    """camt.054 of one entry: our account was debited (MT900) or credited (MT910)."""
    is_credit = message.type == "910"
    related = message.value("21")
    details = branch(
        "TxDtls",
        branch("Refs", leaf("EndToEndId", related or _NONE), leaf("UETR", message.uetr)),
        parts.amount("Amt", message.value("32A")[6:]),
        leaf("CdtDbtInd", "CRDT" if is_credit else "DBIT"),
        branch("RltdPties", _payer(message), parts.account("DbtrAcct", parts.found(message, "50"))),
        branch(
            "RltdAgts",
            parts.agent("DbtrAgt", parts.found(message, "52")),
            parts.agent("IntrmyAgt1", parts.found(message, "56")),
        ),
        leaf("AddtlTxInf", parts.joined(message.value("72"))[:500]),
    )
    entry = branch(
        "Ntry",
        leaf("NtryRef", related),
        parts.amount("Amt", message.value("32A")[6:]),
        leaf("CdtDbtInd", "CRDT" if is_credit else "DBIT"),
        branch("Sts", leaf("Cd", "BOOK")),
        branch("BookgDt", _booked(message)),
        branch("ValDt", leaf("Dt", parts.day(message.value("32A")[:6]))),
        leaf("AcctSvcrRef", message.value("20")),
        branch("BkTxCd", branch("Prtry", leaf("Cd", "NTRF"))),
        branch("NtryDtls", details),
    )
    return branch(
        "BkToCstmrDbtCdtNtfctn",
        branch("GrpHdr", leaf("MsgId", message.value("20")), leaf("CreDtTm", parts.instant(created_at))),
        branch(
            "Ntfctn",
            leaf("Id", message.value("20")),
            leaf("CreDtTm", parts.instant(created_at)),
            parts.account("Acct", MtParty(account=message.value("25", "25P").partition("\n")[0])),
            entry,
        ),
    )


def _booked(message: Message) -> Any:
    """Field 13D, when it was booked, to the minute."""
    found = re.fullmatch(r"(\d{6})(\d\d)(\d\d)([+-]\d\d)(\d\d)", message.value("13D"))
    if found is None:
        return None
    return leaf("DtTm", f"{parts.day(found[1])}T{found[2]}:{found[3]}:00{found[4]}:{found[5]}")


def _payer(message: Message) -> Any:
    ordering = parts.party("Pty", parts.found(message, "50"))
    return branch("Dbtr", ordering) if ordering is not None else None


def _cancellation(message: Message, created_at: datetime) -> Any:
    """camt.056: asks for one payment back, with the reason of field 79."""
    kind, _end, rest = message.value("11S").partition("\n")
    reason = _REASON.match(message.value("79"))
    asked = branch(
        "TxInf",
        leaf("CxlId", message.value("20")),
        _original(message, "OrgnlGrpInf", kind),
        leaf("OrgnlInstrId", message.value("21")),
        leaf("OrgnlUETR", message.uetr),
        parts.amount("OrgnlIntrBkSttlmAmt", message.value("32A")[6:]),
        leaf("OrgnlIntrBkSttlmDt", parts.day(message.value("32A")[:6] or rest[:6])),
        branch(
            "CxlRsnInf",
            branch("Rsn", leaf("Cd", reason[1] if reason else "")),
            leaf("AddtlInf", _words(reason[2] if reason else message.value("79"))),
        ),
    )
    body = branch("Undrlyg", asked)
    return branch("FIToFIPmtCxlReq", _assignment(message, created_at), body)


def _resolution(message: Message, created_at: datetime) -> Any:
    """camt.029: the answer of field 76 to a request to cancel."""
    found = re.match(r"/(CNCL|RJCR|PDCR)/([A-Z0-9]{4})?", message.value("76"))
    kind = message.value("11R").partition("\n")[0]
    status = _ANSWERS.get(found[1], "") if found else ""
    reason = branch("Rsn", leaf("Cd", found[2] or "" if found else ""))
    answered = branch(
        "TxInfAndSts",
        leaf("CxlStsId", message.value("20")),
        branch("RslvdCase", leaf("Id", message.value("21")), _creator("Cretr", message.receiver)),
        _original(message, "OrgnlGrpInf", kind),
        leaf("OrgnlUETR", message.uetr),
        branch("CxlStsRsnInf", reason, leaf("AddtlInf", _words(message.value("77A", "79")))),
    )
    return branch(
        "RsltnOfInvstgtn",
        _assignment(message, created_at),
        branch("Sts", leaf("Conf", status)),
        branch("CxlDtls", answered),
    )


def _status(message: Message, created_at: datetime) -> Any:
    """pacs.002: a step of the tracker, from field 79 of an MT199; a free text has no such message."""
    found = _TRACKED.search(message.value("79"))
    if found is None:
        raise errors.MessageUnsupported(message="MT199", wanted="one of the tracker, or read its text")
    day, clock, zone, status, reason, bank = found.groups()
    at = f"{parts.day(day)}T{clock[:2]}:{clock[2:]}:00{zone[:3]}:{zone[3:]}"
    told = branch(
        "TxInfAndSts",
        branch(
            "OrgnlGrpInf",
            leaf("OrgnlMsgId", message.value("21")),
            leaf("OrgnlMsgNmId", "pacs.008.001.08" if message.type == "199" else "pacs.009.001.08"),
        ),
        leaf("OrgnlInstrId", message.value("21")),
        leaf("OrgnlUETR", message.uetr),
        leaf("TxSts", status),
        branch(
            "StsRsnInf",
            branch("Orgtr", branch("Id", branch("OrgId", leaf("AnyBIC", bank or "")))),
            branch("Rsn", leaf("Prtry" if (reason or "").startswith("G0") else "Cd", reason or "")),
        ),
        branch("FctvIntrBkSttlmDt", leaf("DtTm", at)),
        parts.agent("InstgAgt", MtParty(bic=parts.bic(message.sender))),
        parts.agent("InstdAgt", MtParty(bic=parts.bic(message.receiver))),
    )
    header = branch("GrpHdr", leaf("MsgId", message.value("20")), leaf("CreDtTm", parts.instant(created_at)))
    return branch("FIToFIPmtStsRpt", header, told)


def _assignment(message: Message, created_at: datetime) -> Any:
    return branch(
        "Assgnmt",
        leaf("Id", message.value("20")),
        _creator("Assgnr", message.sender),
        _creator("Assgne", message.receiver),
        leaf("CreDtTm", parts.instant(created_at)),
    )


def _creator(tag: str, terminal: str) -> Any:
    return branch(tag, parts.agent("Agt", MtParty(bic=parts.bic(terminal))))


def _original(message: Message, tag: str, kind: str) -> Any:
    return branch(
        tag, leaf("OrgnlMsgId", message.value("21")), leaf("OrgnlMsgNmId", f"MT{kind}" if kind else "")
    )


def _words(text: str) -> str:
    return parts.joined(text)[:_MOST_WORDS]


DEFAULTS: Final = {
    **dict.fromkeys(("192", "292"), "camt.056.001.08"),
    **dict.fromkeys(("196", "296"), "camt.029.001.09"),
    **dict.fromkeys(("199", "299"), "pacs.002.001.10"),
    "900": "camt.054.001.08",
    "910": "camt.054.001.08",
}
TRANSLATIONS: Final[tuple[tuple[frozenset[str], str, Callable[[Message, datetime], Any]], ...]] = (
    (frozenset({"900", "910"}), "camt.054", _notification),
    (frozenset({"192", "292"}), "camt.056", _cancellation),
    (frozenset({"196", "296"}), "camt.029", _resolution),
    (frozenset({"199", "299"}), "pacs.002", _status),
)
