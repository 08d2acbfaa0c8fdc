"""Translates MT into ISO 20022 as banks on the SWIFT network do (CBPR+ translation): MT103 to pacs.008, MT202
and its cover to pacs.009, MT940 and MT950 to camt.053, MT942 to camt.052.

Nothing is invented: what the MT does not say is left out, or is the network's own NOTPROVIDED where the
schema asks for it. Names and texts are taken over whole.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bank.messages import errors, mt940
from bank.messages.build import branch, document, leaf, text
from bank.messages.statements import Balance, Entry, EntryStatus, Statement
from bank.messages.swift import advices_to_mx, parties, returns
from bank.messages.swift import mx_parts as parts
from bank.messages.swift.blocks import Field, Message, one, render
from bank.messages.swift.parties import MtParty

_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"
_HEADER: Final = "head.001.001.02"
_SERVICE: Final = "swift.cbprplus.02"
_BEARERS: Final = {"OUR": "DEBT", "SHA": "SHAR", "BEN": "CRED"}
_FOR_CREDITOR_AGENT: Final = frozenset({"CHQB", "HOLD", "PHOB", "TELB"})
_CATEGORIES: Final = frozenset({"CORT", "INTC"})
_OPERATIONS: Final = frozenset({"CRTS", "SPAY", "SPRI", "SSTD"})
#: Code words of field 72 that ISO 20022 has a place of its own for, and those not said to the next agent.
_PLACED: Final = frozenset({"ACC", "CATPURP", "INS", "INTA", "LOCINS", "SVCLVL"})
_LEVELS: Final = frozenset({"SDVA"})
_PRIORITIES: Final = {"U": "HIGH", "N": "NORM"}
_DEFAULTS: Final = {
    "103": "pacs.008.001.08",
    "200": "pacs.009.001.08",
    "202": "pacs.009.001.08",
    "205": "pacs.009.001.08",
    "940": "camt.053.001.08",
    "942": "camt.052.001.08",
    "950": "camt.053.001.08",
    **advices_to_mx.DEFAULTS,
}
_MOST_INSTRUCTION: Final = 140
_NAME: Final = 140


def translate(message: bytes | str, *, created_at: datetime, target: str = "") -> str:
    """An MT as an ISO 20022 message with its business header.

    ``target`` names the message wanted, such as pacs.008.001.08; by default the one that fits. An MT that
    lacks what the schema asks for gives a message that its schema does not accept: ask ``schemas``. Raises
    ``MessageUnsupported`` for other pairs and what the reader raises for what is no MT.
    """
    read = one(message)
    if read.value("72").startswith("/REJT/"):
        raise errors.MessageUnsupported(
            message=f"MT{read.type} REJT", wanted="a payment, or one that is returned"
        )
    wanted = target or (returns.DEFAULT if returns.is_return(read) else _DEFAULTS.get(read.type, ""))
    for kind, family, make in _TRANSLATIONS:
        if read.type in kind and wanted.startswith(family):
            body = make(read, created_at)
            return text(_application_header(read, wanted, created_at), document(_NAMESPACE + wanted, body))
    raise errors.MessageUnsupported(
        message=f"MT{read.type}",
        wanted="an MT103, 200, 202, 205, 192, 196, 199, 292, 296, 299, 900, 910, 940, 942 or 950",
    )


def _application_header(message: Message, wanted: str, created_at: datetime) -> Any:
    body = branch(
        "AppHdr",
        branch("Fr", branch("FIId", parts.institution(MtParty(bic=parts.bic(message.sender))))),
        branch("To", branch("FIId", parts.institution(MtParty(bic=parts.bic(message.receiver))))),
        leaf("BizMsgIdr", message.value("20")),
        leaf("MsgDefIdr", wanted),
        leaf("BizSvc", _SERVICE),
        leaf("CreDt", parts.instant(created_at)),
    )
    return document(_NAMESPACE + _HEADER, body, tag="AppHdr")


def _customer_transfer(message: Message, created_at: datetime) -> Any:
    transfer = branch(
        "CdtTrfTxInf",
        _payment_id(message, _end_to_end(message)),
        _payment_type(message),
        parts.amount("IntrBkSttlmAmt", message.value("32A")[6:]),
        leaf("IntrBkSttlmDt", parts.day(message.value("32A")[:6])),
        *_times(message),
        parts.amount("InstdAmt", message.value("33B") or message.value("32A")[6:]),
        leaf("XchgRate", parts.number(message.value("36"))),
        leaf("ChrgBr", _BEARERS.get(message.value("71A"), "")),
        *_charges(message),
        *_chain(message),
        parts.party("UltmtDbtr", _named_in_70(message, "ULTD")),
        parts.party("Dbtr", _resident(message, "50", "ORDERRES")),
        parts.account("DbtrAcct", parts.found(message, "50")),
        parts.agent("DbtrAgt", parts.found(message, "52") or MtParty(bic=parts.bic(message.sender))),
        parts.account("DbtrAgtAcct", parts.found(message, "52")),
        parts.agent("CdtrAgt", parts.found(message, "57") or MtParty(bic=parts.bic(message.receiver))),
        parts.account("CdtrAgtAcct", parts.found(message, "57")),
        parts.party("Cdtr", _resident(message, "59", "BENEFRES")),
        parts.account("CdtrAcct", parts.found(message, "59")),
        parts.party("UltmtCdtr", _named_in_70(message, "ULTB")),
        *_instructions(message),
        _purpose(message),
        *_regulatory(message),
        branch("RmtInf", leaf("Ustrd", parts.joined(message.value("70")))),
    )
    return branch("FIToFICstmrCdtTrf", _group_header(message, created_at), transfer)


def _bank_transfer(message: Message, created_at: datetime) -> Any:
    own, underlying = _sequences(message)
    transfer = branch(
        "CdtTrfTxInf",
        _payment_id(message, own.value("21")),
        _payment_type(own),
        parts.amount("IntrBkSttlmAmt", own.value("32A")[6:]),
        leaf("IntrBkSttlmDt", parts.day(own.value("32A")[:6])),
        *_times(own),
        *_chain(own),
        parts.agent("Dbtr", parts.found(own, "52") or MtParty(bic=parts.bic(message.sender))),
        parts.account("DbtrAcct", parts.found(own, "52")),
        parts.agent("CdtrAgt", parts.found(own, "57")),
        parts.account("CdtrAgtAcct", parts.found(own, "57")),
        parts.agent("Cdtr", parts.found(own, "58") or _own(message)),
        parts.account("CdtrAcct", parts.found(own, "58")),
        *_instructions(own),
        _underlying(underlying, message) if underlying.fields else None,
    )
    return branch("FICdtTrf", _group_header(own, created_at), transfer)


def _own(message: Message) -> MtParty | None:
    """An MT200 moves the sender's own money."""
    return MtParty(bic=parts.bic(message.sender)) if message.type == "200" else None


def _sequences(message: Message) -> tuple[Message, Message]:
    """The transfer itself and, in a cover payment, the customer's transfer that it covers (from 50a on)."""
    fields = message.fields
    cut = next((at for at, field in enumerate(fields) if field.tag[:2] == "50"), len(fields))
    return _with(message, fields[:cut]), _with(message, fields[cut:])


def _with(message: Message, fields: Iterable[Field]) -> Message:
    return Message(message.type, message.sender, message.receiver, tuple(fields), uetr=message.uetr)


def _underlying(covered: Message, message: Message) -> Any:
    return branch(
        "UndrlygCstmrCdtTrf",
        parts.party("Dbtr", parts.found(covered, "50")),
        parts.account("DbtrAcct", parts.found(covered, "50")),
        parts.agent("DbtrAgt", parts.found(covered, "52") or MtParty(bic=parts.bic(message.sender))),
        parts.agent("IntrmyAgt1", parts.found(covered, "56")),
        parts.agent("CdtrAgt", parts.found(covered, "57") or MtParty(bic=parts.bic(message.receiver))),
        parts.party("Cdtr", parts.found(covered, "59")),
        parts.account("CdtrAcct", parts.found(covered, "59")),
        branch("RmtInf", leaf("Ustrd", parts.joined(covered.value("70")))),
        parts.amount("InstdAmt", covered.value("33B")),
    )


def _group_header(message: Message, created_at: datetime) -> Any:
    return branch(
        "GrpHdr",
        leaf("MsgId", message.value("20")),
        leaf("CreDtTm", parts.instant(created_at)),
        leaf("NbOfTxs", "1"),
        _settlement(message),
    )


def _settlement(message: Message) -> Any:
    """COVE where reimbursing banks are named, else INDA, over the account of 53B when there is one."""
    sender, receiver, third = (parts.found(message, number) for number in ("53", "54", "55"))
    if message.type == "103" and (receiver or third or (sender and (sender.bic or sender.name))):
        return branch(
            "SttlmInf",
            leaf("SttlmMtd", "COVE"),
            parts.agent("InstgRmbrsmntAgt", sender),
            parts.account("InstgRmbrsmntAgtAcct", sender),
            parts.agent("InstdRmbrsmntAgt", receiver),
            parts.account("InstdRmbrsmntAgtAcct", receiver),
            parts.agent("ThrdRmbrsmntAgt", third),
            parts.account("ThrdRmbrsmntAgtAcct", third),
        )
    return branch("SttlmInf", leaf("SttlmMtd", "INDA"), parts.account("SttlmAcct", sender))


def _payment_id(message: Message, end_to_end: str) -> Any:
    return branch(
        "PmtId",
        leaf("InstrId", message.value("20")),
        leaf("EndToEndId", end_to_end or "NOTPROVIDED"),
        leaf("UETR", message.uetr),
    )


def _end_to_end(message: Message) -> str:
    """The payer's own reference, which stands in 70 after /ROC/."""
    return _said_in_70(message, "ROC")[:35].strip()


def _said_in_70(message: Message, code: str) -> str:
    """What stands after a code word of field 70, up to the next one."""
    found = re.search(rf"/{code}/(.*?)(?://|/[A-Z]{{3,5}}/|\Z)", parts.joined(message.value("70")))
    return found[1].strip() if found else ""


def _named_in_70(message: Message, code: str) -> MtParty | None:
    """The ultimate payer or payee, which have no field of their own."""
    name = _said_in_70(message, code)
    return MtParty(name=name[:_NAME]) if name else None


def _resident(message: Message, number: str, code: str) -> MtParty | None:
    """A party with the country it lives in, from field 77B."""
    found = parts.found(message, number)
    lives = re.search(rf"/{code}/([A-Z]{{2}})\b", message.value("77B"))
    return replace(found, residence=lives[1]) if found and lives else found


def _purpose(message: Message) -> Any:
    """From field 26T, else a code after /PURP/ in 70."""
    kind, code = message.value("26T"), _said_in_70(message, "PURP")
    known = code if re.fullmatch(r"[A-Z0-9]{4}", code) else ""
    return branch("Purp", leaf("Prtry", kind) if kind else leaf("Cd", known))


def _payment_type(message: Message) -> Any:
    codes = [field.value[:4] for field in message.every("23E")]
    level = next((code for code in codes if code in _LEVELS), "")
    category = next((code for code in codes if code in _CATEGORIES), "")
    tracker = dict(message.user_header).get("111", "")
    return branch(
        "PmtTpInf",
        leaf("InstrPrty", _PRIORITIES.get(message.priority, "") if not message.is_output else ""),
        branch("SvcLvl", leaf("Cd", f"G{tracker}")) if tracker else None,
        branch("SvcLvl", leaf("Cd", level)),
        *(_coded("SvcLvl", said) for said in _said_in_72(message, "SVCLVL")),
        _local(message),
        next(
            (_coded("CtgyPurp", said) for said in [category, *_said_in_72(message, "CATPURP")] if said), None
        ),
    )


def _local(message: Message) -> Any:
    """The agreed kind of operation of 23B; CRED, the ordinary one, says nothing."""
    operation = message.value("23B")
    if operation in _OPERATIONS:
        return branch("LclInstrm", leaf("Prtry", operation))
    return next((_coded("LclInstrm", said) for said in _said_in_72(message, "LOCINS")), None)


def _said_in_72(message: Message, code: str) -> list[str]:
    return [value for said, value in parts.codes_72(message) if said == code and value]


def _coded(tag: str, said: str) -> Any:
    """A code of four letters as one, anything else as the bank's own word."""
    return branch(tag, leaf("Cd" if re.fullmatch(r"[A-Z]{4}", said) else "Prtry", said[:35]))


def _times(message: Message) -> Iterable[Any]:
    """Field 13C: when it was debited, credited, or has to be settled by."""
    stated = {}
    for field in message.every("13C"):
        found = re.fullmatch(r"/([A-Z]{1,8})/(\d\d)(\d\d)([+-])(\d\d)(\d\d)", field.value)
        if found:
            stated[found[1]] = f"{found[2]}:{found[3]}:00{found[4]}{found[5]}:{found[6]}"
    day = parts.day(message.value("32A")[:6])
    yield branch(
        "SttlmTmIndctn",
        leaf("DbtDtTm", f"{day}T{stated['SNDTIME']}" if "SNDTIME" in stated else ""),
        leaf("CdtDtTm", f"{day}T{stated['RNCTIME']}" if "RNCTIME" in stated else ""),
    )
    yield branch(
        "SttlmTmReq",
        leaf("CLSTm", stated.get("CLSTIME", "")),
        leaf("TillTm", stated.get("TILTIME", "")),
        leaf("FrTm", stated.get("FROTIME", "")),
        leaf("RjctTm", stated.get("REJTIME", "")),
    )


def _charges(message: Message) -> Iterable[Any]:
    for tag, terminal in (("71F", message.sender), ("71G", message.receiver)):
        for field in message.every(tag):
            payer = parts.agent("Agt", MtParty(bic=parts.bic(terminal)))
            yield branch("ChrgsInf", parts.amount("Amt", field.value), payer)


def _chain(message: Message) -> Iterable[Any]:
    """The banks between: who instructed before (72 /INS/), sender, receiver, intermediary."""
    earlier = next(
        (parties.read("A", value) for code, value in parts.codes_72(message) if code == "INS"), None
    )
    yield parts.agent("PrvsInstgAgt1", earlier)
    yield parts.agent("InstgAgt", MtParty(bic=parts.bic(message.sender)))
    yield parts.agent("InstdAgt", MtParty(bic=parts.bic(message.receiver)))
    yield parts.agent("IntrmyAgt1", parts.found(message, "56"))
    yield parts.account("IntrmyAgt1Acct", parts.found(message, "56"))
    later = next((value for value in _said_in_72(message, "INTA") if parties.is_bic(value)), "")
    yield parts.agent("IntrmyAgt2", MtParty(bic=later) if later else None)


def _instructions(message: Message) -> Iterable[Any]:
    for field in message.every("23E"):
        code, _slash, words = field.value.partition("/")
        if code in _FOR_CREDITOR_AGENT:
            yield branch("InstrForCdtrAgt", leaf("Cd", code), leaf("InstrInf", words))
    for value in _said_in_72(message, "ACC"):
        yield branch("InstrForCdtrAgt", leaf("InstrInf", value[:_MOST_INSTRUCTION]))
    for code, value in parts.codes_72(message):
        words = value if code == "REC" else f"/{code}/{value}"
        if code not in _PLACED:
            yield branch("InstrForNxtAgt", leaf("InstrInf", words[:_MOST_INSTRUCTION]))


def _regulatory(message: Message) -> Iterable[Any]:
    """Field 77B, a line each."""
    lines = [line.strip()[:_REGULATORY] for line in message.value("77B").split("\n") if line.strip()]
    if lines:
        yield branch("RgltryRptg", branch("Dtls", *(leaf("Inf", line) for line in lines)))


_REGULATORY: Final = 35


def _statement(message: Message, created_at: datetime) -> Any:
    found = next(mt940.read(render(message)))
    is_report = found.message == "942"
    return branch(
        "BkToCstmrAcctRpt" if is_report else "BkToCstmrStmt",
        branch("GrpHdr", leaf("MsgId", found.identification), leaf("CreDtTm", parts.instant(created_at))),
        branch(
            "Rpt" if is_report else "Stmt",
            leaf("Id", found.identification),
            branch(
                "RptPgntn" if is_report else "StmtPgntn",
                leaf("PgNb", found.page.lstrip("0") or "1"),
                leaf("LastPgInd", "true"),
            ),
            leaf("ElctrncSeqNb", found.number.lstrip("0")),
            leaf("CreDtTm", parts.instant(created_at)),
            _owned_account(found),
            *(_balance(balance) for balance in found.balances),
            *(_entry(entry) for entry in found.entries),
            leaf("AddtlRptInf" if is_report else "AddtlStmtInf", parts.joined(found.information)[:500]),
        ),
    )


def _owned_account(found: Statement) -> Any:
    number = found.account.number
    made = parts.account("Acct", MtParty(account=number))
    if made is not None and found.currency:
        made.append(leaf("Ccy", found.currency))
    return made


def _balance(balance: Balance) -> Any:
    return branch(
        "Bal",
        branch("Tp", branch("CdOrPrtry", leaf("Cd", balance.kind))),
        leaf("Amt", f"{abs(balance.amount):f}", Ccy=balance.currency),
        leaf("CdtDbtInd", parts.direction(balance.amount)),
        branch("Dt", leaf("Dt", balance.day.isoformat() if balance.day else "")),
    )


def _entry(entry: Entry) -> Any:
    details = branch(
        "TxDtls",
        branch("Refs", leaf("EndToEndId", entry.end_to_end_id or entry.customer_reference)),
        branch("RmtInf", leaf("Ustrd", parts.joined(entry.remittance))),
    )
    return branch(
        "Ntry",
        leaf("NtryRef", entry.customer_reference),
        leaf("Amt", f"{abs(entry.amount):f}", Ccy=entry.currency),
        leaf("CdtDbtInd", parts.direction(entry.amount)),
        leaf("RvslInd", "true" if entry.is_reversal else ""),
        branch("Sts", leaf("Cd", EntryStatus(entry.status))),
        branch("BookgDt", leaf("Dt", entry.booking_date.isoformat() if entry.booking_date else "")),
        branch("ValDt", leaf("Dt", entry.value_date.isoformat() if entry.value_date else "")),
        leaf("AcctSvcrRef", entry.bank_reference),
        branch("BkTxCd", branch("Prtry", leaf("Cd", entry.kind or "NMSC"))),
        branch("NtryDtls", details),
        leaf("AddtlNtryInf", entry.narrative),
    )


_TRANSLATIONS: Final[tuple[tuple[frozenset[str], str, Callable[[Message, datetime], Any]], ...]] = (
    (frozenset({"103"}), "pacs.008", _customer_transfer),
    (frozenset({"200", "202", "205"}), "pacs.009", _bank_transfer),
    (returns.KINDS, returns.FAMILY, returns.to_mx),
    (frozenset({"940", "950"}), "camt.053", _statement),
    (frozenset({"942"}), "camt.052", _statement),
    *advices_to_mx.TRANSLATIONS,
)
