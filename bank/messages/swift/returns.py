"""Returned payments both ways: an MT103, MT202 or MT205 whose field 72 says /RETN/, and pacs.004 (CBPR+
translation). Field 72 names why (/AC01/words), the original's reference (/MREF/) and what was kept (/CHGS/).
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from bank.messages import fields as read
from bank.messages.build import branch, leaf
from bank.messages.fields import Fields
from bank.messages.swift import mt_parts, mx_parts, parties
from bank.messages.swift.blocks import Field, Message
from bank.messages.swift.parties import MtParty

FAMILY: Final = "pacs.004"
DEFAULT: Final = "pacs.004.001.10"
KINDS: Final = frozenset({"103", "202", "205"})
BEARERS: Final = {"OUR": "DEBT", "SHA": "SHAR", "BEN": "CRED"}
_CODES: Final = {code: bearer for bearer, code in BEARERS.items()} | {"SLEV": "SHA"}
_REASON: Final = re.compile(r"[A-Z]{2}[0-9]{2}|[A-Z]{4}")
_NOT_REASONS: Final = frozenset({"RETN", "MREF", "TREF", "CHGS", "TEXT"})
_REFERENCE, _LINE, _LINES, _WORDS = 16, 35, 6, 105


def is_return(message: Message) -> bool:
    return message.type in KINDS and message.value("72").startswith("/RETN/")


def to_mx(message: Message, created_at: datetime) -> Any:
    """The body of a pacs.004."""
    group = branch(
        "GrpHdr",
        leaf("MsgId", message.value("20")),
        leaf("CreDtTm", mx_parts.instant(created_at)),
        leaf("NbOfTxs", "1"),
        branch("SttlmInf", leaf("SttlmMtd", "INDA")),
    )
    return branch("PmtRtr", group, _returned(message))


def _returned(message: Message) -> Any:
    said = dict(mx_parts.codes_72(message))
    original = said.get("MREF", "")
    return branch(
        "TxInf",
        leaf("RtrId", message.value("20")),
        branch("OrgnlGrpInf", leaf("OrgnlMsgId", original), leaf("OrgnlMsgNmId", f"MT{message.type}")),
        leaf("OrgnlInstrId", original),
        leaf("OrgnlEndToEndId", message.value("21")),
        leaf("OrgnlUETR", message.uetr),
        mx_parts.amount("RtrdIntrBkSttlmAmt", message.value("32A")[6:]),
        leaf("IntrBkSttlmDt", mx_parts.day(message.value("32A")[:6])),
        mx_parts.amount("RtrdInstdAmt", message.value("33B")),
        leaf("XchgRate", mx_parts.number(message.value("36"))),
        leaf("ChrgBr", BEARERS.get(message.value("71A"), "")),
        *_kept(message, said.get("CHGS", "")),
        mx_parts.agent("InstgAgt", MtParty(bic=mx_parts.bic(message.sender))),
        mx_parts.agent("InstdAgt", MtParty(bic=mx_parts.bic(message.receiver))),
        _chain(message),
        _why(message),
    )


def _kept(message: Message, said: str) -> Iterator[Any]:
    """What a bank kept of the money, from 71F or, where that has none, from 72."""
    bank = MtParty(bic=mx_parts.bic(message.sender))
    for amount in [field.value for field in message.every("71F")] or [said.strip()]:
        told = mx_parts.amount("Amt", amount)
        if told is not None:
            yield branch("ChrgsInf", told, mx_parts.agent("Agt", bank))


def _chain(message: Message) -> Any:
    """Who returns to whom: customers in an MT103, banks else."""
    if message.type == "103":
        payer = branch("Dbtr", mx_parts.party("Pty", mx_parts.found(message, "50")))
        payee = branch("Cdtr", mx_parts.party("Pty", mx_parts.found(message, "59")))
    else:
        own = MtParty(bic=mx_parts.bic(message.sender))
        payer = branch("Dbtr", mx_parts.agent("Agt", mx_parts.found(message, "52") or own))
        payee = branch("Cdtr", mx_parts.agent("Agt", mx_parts.found(message, "58")))
    return branch(
        "RtrChain",
        payer,
        mx_parts.account("DbtrAcct", mx_parts.found(message, "50")),
        mx_parts.agent("DbtrAgt", mx_parts.found(message, "52") if message.type == "103" else None),
        mx_parts.agent("IntrmyAgt1", mx_parts.found(message, "56")),
        mx_parts.agent("CdtrAgt", mx_parts.found(message, "57")),
        payee,
        mx_parts.account("CdtrAcct", mx_parts.found(message, "59")),
    )


def _why(message: Message) -> Any:
    codes = mx_parts.codes_72(message)
    code, words = next((one for one in codes if _is_reason(one[0])), ("", ""))
    more = " ".join(value for name, value in codes if name == "TEXT")
    told = f"{words} {more}".strip()[:_WORDS]
    return branch("RtrRsnInf", branch("Rsn", leaf("Cd", code)), leaf("AddtlInf", told))


def _is_reason(code: str) -> bool:
    return bool(_REASON.fullmatch(code)) and code not in _NOT_REASONS


def to_mt(root: Fields, header: tuple[str, str]) -> Iterator[Message]:
    """The MT of each returned payment: MT103 where a customer is to have it, else MT202."""
    body = root.at("PmtRtr") or root
    for returned in body.each("TxInf"):
        chain = returned.at("RtrChain") or returned
        kind = "103" if chain.at("Cdtr/Pty") or chain.at("Dbtr/Pty") else "202"
        named = [returned.one(f"{tag}/FinInstnId/BICFI") for tag in ("InstgAgt", "InstdAgt")]
        sender, receiver = (given or bic for given, bic in zip(header, named, strict=True))
        made = _fields_103(returned, chain) if kind == "103" else _fields_202(returned, chain)
        yield Message(
            kind,
            mt_parts.terminal(sender, "A"),
            mt_parts.terminal(receiver, "X"),
            tuple(field for field in made if field.value),
            uetr=returned.one("OrgnlUETR"),
        )


def _fields_103(returned: Fields, chain: Fields) -> Iterator[Field]:
    yield Field("20", _reference(returned.one("RtrId")))
    yield Field("23B", "CRED")
    yield from _amounts(returned)
    yield from _customer("50", chain, "Dbtr")
    yield from mt_parts.agent("52", chain, "DbtrAgt")
    yield from mt_parts.agent("56", chain, "IntrmyAgt1")
    yield from mt_parts.agent("57", chain, "CdtrAgt")
    yield from _customer("59", chain, "Cdtr")
    yield Field("71A", _CODES.get(returned.one("ChrgBr"), "SHA"))
    yield from _charges(returned)
    yield _told(returned, "59")


def _fields_202(returned: Fields, chain: Fields) -> Iterator[Field]:
    yield Field("20", _reference(returned.one("RtrId")))
    yield Field("21", _reference(returned.one("OrgnlEndToEndId", "OrgnlInstrId", "OrgnlTxId")))
    yield from [field for field in _amounts(returned) if field.tag == "32A"]
    yield from mt_parts.agent("52", chain, "Dbtr/Agt")
    yield from mt_parts.agent("56", chain, "IntrmyAgt1")
    yield from mt_parts.agent("57", chain, "CdtrAgt")
    yield from mt_parts.agent("58", chain, "Cdtr/Agt")
    yield _told(returned, "58")


def _amounts(returned: Fields) -> Iterator[Field]:
    amount, currency = mt_parts.amount(returned, "RtrdIntrBkSttlmAmt")
    yield Field("32A", f"{mt_parts.yymmdd(read.day(returned.one('IntrBkSttlmDt')))}{currency}{amount}")
    amount, currency = mt_parts.amount(returned, "RtrdInstdAmt")
    if amount:
        yield Field("33B", f"{currency}{amount}")
    if (rate := read.decimal(returned.one("XchgRate"))) is not None:
        yield Field("36", mt_parts.swift(rate)[:12])


def _customer(number: str, chain: Fields, tag: str) -> Iterator[Field]:
    found = mt_parts.party_of(chain, f"{tag}/Pty", account=f"{tag}Acct")
    if found is not None:
        option, value = parties.write_customer(found, ordering=number == "50")
        yield Field(number + option, mt_parts.plain(value))


def _charges(returned: Fields) -> Iterator[Field]:
    for charge in returned.each("ChrgsInf"):
        amount, currency = mt_parts.amount(charge, "Amt")
        if amount:
            yield Field("71F", f"{currency}{amount}")


def _told(returned: Fields, about: str) -> Field:
    """Field 72: which field the return is about, why, and the original's reference."""
    reason = returned.one("RtrRsnInf/Rsn/Cd", "RtrRsnInf/Rsn/Prtry")
    words = mt_parts.plain(returned.one("RtrRsnInf/AddtlInf"))
    original = _reference(returned.one("OrgnlInstrId", "OrgnlGrpInf/OrgnlMsgId", "OrgnlTxId"))
    lines = [f"/RETN/{about}", *mt_parts.coded(f"/{reason or 'NARR'}/{words}", _LINE)]
    return Field("72", "\n".join([*lines[: _LINES - 1], f"/MREF/{original}"]))


def _reference(text: str) -> str:
    return mt_parts.cut(mt_parts.plain(text), _REFERENCE)
