"""Translates ISO 20022 into MT as banks on the SWIFT network do (CBPR+ translation): pacs.008 to MT103,
pacs.009 to MT202, with its cover where it has one, camt.053 to MT940 and camt.052 to MT942.

What does not fit an MT field is cut at its end and the last character becomes ``+``, SWIFT's sign for text
lost in translation; characters SWIFT does not carry become ``.`` after accents are taken off.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from bank.messages import camt, errors, schemas, xml
from bank.messages import fields as read
from bank.messages.fields import Fields
from bank.messages.statements import Balance, BalanceKind, Entry, EntryStatus, Statement
from bank.messages.swift import advices_to_mt, returns
from bank.messages.swift import mt_parts as parts
from bank.messages.swift.blocks import Field, Message, render
from bank.messages.swift.formats import X

_HEAD_OFFICE: Final = "X" * 3
_BEARERS: Final = {"DEBT": "OUR", "SHAR": "SHA", "CRED": "BEN", "SLEV": "SHA"}
_INSTRUCTIONS: Final = frozenset({"CHQB", "HOLD", "PHOB", "TELB", "INTC", "CORT", "SDVA"})
_REFERENCE: Final = 16
_LINE: Final = 35
_REMITTANCE_LINES: Final = 4
_REGULATORY_LINES: Final = 3
_OPERATIONS: Final = frozenset({"CRTS", "SPAY", "SPRI", "SSTD"})
_TRACKED: Final = re.compile(r"G\d{3}")
_INSTRUCTION_LINES: Final = 6
_INFORMATION_LINE: Final = 65
_NOTHING: Final = frozenset({"", "NOTPROVIDED"})
_KINDS: Final = {"INDA": "", "INGA": "", "CLRG": ""}
_FOREIGN = re.compile(rf"[^{X}\n]")


def translate(content: bytes | str, *, target: str = "") -> str:
    """An ISO 20022 message as an MT, with the header of its business header or of its banks; a terminal
    that neither names is written XXXXXXXX, which SWIFT does not take.

    ``target`` is the MT wanted, such as MT103; by default the one that fits. Raises ``MessageUnsupported``
    for other pairs, and ``FormatError`` for what cannot be read.
    """
    raw = xml.prepared(content)
    element, message = schemas.document(raw)
    wanted = re.sub(r"\D", "", target)[:3]
    if message.startswith(("pacs.008", "pacs.009")):
        root = Fields(element)
        body = root.at("FIToFICstmrCdtTrf") or root.at("FICdtTrf")
        if body is not None:
            make = _customer_transfer if message.startswith("pacs.008") else _bank_transfer
            return render(make(body, parts.parties_of_header(raw)))
    if message.startswith(("camt.053", "camt.052")):
        return _statements(content, wanted or ("940" if message.startswith("camt.053") else "942"), raw)
    if message.startswith(advices_to_mt.FAMILIES):
        return advices_to_mt.translate(message, Fields(element), parts.parties_of_header(raw), wanted)
    if message.startswith(returns.FAMILY):
        return "\n".join(map(render, returns.to_mt(Fields(element), parts.parties_of_header(raw))))
    raise errors.MessageUnsupported(
        message=message, wanted="a pacs.002, 004, 008 or 009, a camt.029 or 052 to 056"
    )


def _customer_transfer(body: Fields, header: tuple[str, str]) -> Message:
    transfer = body.at("CdtTrfTxInf") or body
    tags = [
        Field("20", _reference(transfer, body)),
        *_times(transfer),
        Field("23B", _operation(transfer)),
        *(Field("23E", code) for code in _codes(transfer)),
        *parts.text("26T", transfer.one("Purp/Prtry")[:3], 3, 1),
        Field("32A", _dated(transfer, body)),
        *_instructed(transfer),
        *parts.customer("50", transfer, "Dbtr"),
        *parts.agent("52", transfer, "DbtrAgt"),
        *_reimbursement(body),
        *parts.agent("56", transfer, "IntrmyAgt1"),
        *parts.agent("57", transfer, "CdtrAgt"),
        *parts.customer("59", transfer, "Cdtr"),
        *parts.text("70", _remittance(transfer), _LINE, _REMITTANCE_LINES),
        Field("71A", _BEARERS.get(transfer.one("ChrgBr"), "SHA")),
        *_charges(transfer),
        *_instructions(transfer),
        Field("77B", "\n".join(list(_regulatory(transfer))[:_REGULATORY_LINES])),
    ]
    return _message("103", transfer, body, header, tags)


def _bank_transfer(body: Fields, header: tuple[str, str]) -> Message:
    transfer = body.at("CdtTrfTxInf") or body
    covered = transfer.at("UndrlygCstmrCdtTrf")
    tags = [
        Field("20", _reference(transfer, body)),
        Field("21", parts.cut(parts.plain(transfer.one("PmtId/EndToEndId")), _REFERENCE)),
        *_times(transfer),
        Field("32A", _dated(transfer, body)),
        *parts.agent("52", transfer, "Dbtr"),
        *_reimbursement(body),
        *parts.agent("56", transfer, "IntrmyAgt1"),
        *parts.agent("57", transfer, "CdtrAgt"),
        *parts.agent("58", transfer, "Cdtr"),
        *_instructions(transfer),
        *(_covered(covered) if covered else ()),
    ]
    return _message("202", transfer, body, header, tags, extra=(("119", "COV"),) if covered else ())


def _covered(transfer: Fields) -> Iterator[Field]:
    """Sequence B of a cover: the customer's transfer it settles."""
    yield from parts.customer("50", transfer, "Dbtr")
    yield from parts.agent("52", transfer, "DbtrAgt")
    yield from parts.agent("56", transfer, "IntrmyAgt1")
    yield from parts.agent("57", transfer, "CdtrAgt")
    yield from parts.customer("59", transfer, "Cdtr")
    yield from parts.text("70", _remittance(transfer), _LINE, _REMITTANCE_LINES)
    amount, currency = parts.amount(transfer, "InstdAmt")
    if amount:
        yield Field("33B", f"{currency}{amount}")


def _message(
    kind: str,
    transfer: Fields,
    body: Fields,
    header: tuple[str, str],
    tags: list[Field],
    extra: tuple[tuple[str, str], ...] = (),
) -> Message:
    header_agent = body.at("GrpHdr") or body
    named = [
        parts.agent_of(transfer, tag) or parts.agent_of(header_agent, tag) for tag in ("InstgAgt", "InstdAgt")
    ]
    sender, receiver = (
        given or (party.bic if party else "") for given, party in zip(header, named, strict=True)
    )
    tracker = re.sub(r"\AG", "", transfer.one("PmtTpInf/SvcLvl/Cd"))
    service = (("111", tracker),) if re.fullmatch(r"\d{3}", tracker) else ()
    return Message(
        type=kind,
        sender=parts.terminal(sender, "A"),
        receiver=parts.terminal(receiver, "X"),
        fields=tuple(field for field in tags if field.value),
        uetr=transfer.one("PmtId/UETR"),
        user_header=(*service, *extra),
        priority="U" if transfer.one("PmtTpInf/InstrPrty", "SttlmPrty") in {"HIGH", "URGT"} else "N",
    )


def _reference(transfer: Fields, body: Fields) -> str:
    found = transfer.one("PmtId/InstrId", "PmtId/TxId") or body.one("GrpHdr/MsgId")
    return parts.cut(parts.plain(found), _REFERENCE)


def _times(transfer: Fields) -> Iterator[Field]:
    """Field 13C of the times of settlement."""
    paths = (
        ("SNDTIME", "SttlmTmIndctn/DbtDtTm"),
        ("RNCTIME", "SttlmTmIndctn/CdtDtTm"),
        ("CLSTIME", "SttlmTmReq/CLSTm"),
        ("TILTIME", "SttlmTmReq/TillTm"),
        ("FROTIME", "SttlmTmReq/FrTm"),
        ("REJTIME", "SttlmTmReq/RjctTm"),
    )
    for code, path in paths:
        found = re.search(r"(\d\d):(\d\d):\d\d(?:\.\d+)?(?:([+-])(\d\d):(\d\d)|Z)?\Z", transfer.one(path))
        if found:
            zone = f"{found[3]}{found[4]}{found[5]}" if found[3] else "+0000"
            yield Field("13C", f"/{code}/{found[1]}{found[2]}{zone}")


def _codes(transfer: Fields) -> Iterator[str]:
    level, category = transfer.one("PmtTpInf/SvcLvl/Cd"), transfer.one("PmtTpInf/CtgyPurp/Cd")
    yield from (code for code in (level, category) if code in _INSTRUCTIONS)
    for instruction in transfer.each("InstrForCdtrAgt"):
        code, words = instruction.one("Cd"), parts.plain(instruction.one("InstrInf"))
        if code in _INSTRUCTIONS:
            yield f"{code}/{words[:30]}" if words else code


def _operation(transfer: Fields) -> str:
    """The agreed kind of operation, as a code or the banks' own word; CRED where there is none."""
    said = transfer.one("PmtTpInf/LclInstrm/Prtry", "PmtTpInf/LclInstrm/Cd")
    return said if said in _OPERATIONS else "CRED"


def _regulatory(transfer: Fields) -> Iterator[str]:
    """Lines of 77B: what is reported, and where the parties live where that does not say it."""
    details = [one for report in transfer.each("RgltryRptg") for one in report.each("Dtls")]
    lines = [parts.cut(parts.plain(line), _LINE) for one in details for line in one.every("Inf")]
    for code, path in (("ORDERRES", "Dbtr/CtryOfRes"), ("BENEFRES", "Cdtr/CtryOfRes")):
        country = transfer.one(path)
        if country and not any(f"/{code}/" in line for line in lines):
            lines.append(f"/{code}/{country}")
    yield from lines


def _dated(transfer: Fields, body: Fields) -> str:
    day = read.day(transfer.one("IntrBkSttlmDt") or body.one("GrpHdr/IntrBkSttlmDt"))
    amount, currency = parts.amount(transfer, "IntrBkSttlmAmt")
    return f"{parts.yymmdd(day)}{currency}{amount}"


def _instructed(transfer: Fields) -> Iterator[Field]:
    amount, currency = parts.amount(transfer, "InstdAmt")
    if amount:
        yield Field("33B", f"{currency}{amount}")
    rate = read.decimal(transfer.one("XchgRate"))
    if rate is not None:
        yield Field("36", parts.swift(rate)[:12])


def _reimbursement(body: Fields) -> Iterator[Field]:
    settlement = body.at("GrpHdr/SttlmInf")
    if settlement is None:
        return
    account = read.account(settlement, "SttlmAcct").number
    if account and settlement.one("SttlmMtd") in _KINDS:
        yield Field("53B", f"/{account}")
    for number, tag in (("53", "InstgRmbrsmntAgt"), ("54", "InstdRmbrsmntAgt"), ("55", "ThrdRmbrsmntAgt")):
        yield from parts.agent(number, settlement, tag)


def _charges(transfer: Fields) -> Iterator[Field]:
    tag = "71G" if transfer.one("ChrgBr") == "DEBT" else "71F"
    for charge in transfer.each("ChrgsInf"):
        amount, currency = parts.amount(charge, "Amt")
        if amount:
            yield Field(tag, f"{currency}{amount}")


def _instructions(transfer: Fields) -> Iterator[Field]:
    """Field 72: previous and later bank, how the payment is to be treated, and what is said to banks."""
    lines: list[str] = []
    earlier = parts.agent_of(transfer, "PrvsInstgAgt1")
    if earlier and earlier.bic:
        lines.append(f"/INS/{earlier.bic}")
    for tag, code in (("InstrForCdtrAgt", "ACC"), ("InstrForNxtAgt", "REC")):
        for instruction in transfer.each(tag):
            words = parts.plain(instruction.one("InstrInf"))
            if words and instruction.one("Cd") not in _INSTRUCTIONS:
                lines += parts.coded(words if words.startswith("/") else f"/{code}/{words}", _LINE)
    lines += [line for code, words in _treated(transfer) for line in parts.coded(f"/{code}/{words}", _LINE)]
    if lines:
        yield Field("72", "\n".join(lines[:_INSTRUCTION_LINES]))


def _treated(transfer: Fields) -> Iterator[tuple[str, str]]:
    """Later bank, service level, local instrument and category, where no other field says them."""
    later = parts.agent_of(transfer, "IntrmyAgt2")
    if later and later.bic:
        yield "INTA", later.bic
    kind = transfer.at("PmtTpInf") or transfer
    for level in kind.each("SvcLvl"):
        said = level.one("Cd", "Prtry")
        if said and said not in _INSTRUCTIONS and not _TRACKED.fullmatch(said):
            yield "SVCLVL", parts.plain(said)
    for code, tag in (("LOCINS", "LclInstrm"), ("CATPURP", "CtgyPurp")):
        said = kind.one(f"{tag}/Cd", f"{tag}/Prtry")
        if said and said not in _INSTRUCTIONS | _OPERATIONS | {"CRED"}:
            yield code, parts.plain(said)


def _remittance(transfer: Fields) -> str:
    """Who ultimately pays and is paid, the purpose, the payer's reference, and what the payment is for."""
    remittance = read.remittance(transfer)
    numbers = (f"/INV/{number}" for number in remittance.document_numbers)
    words = " ".join(
        word for word in (*remittance.unstructured, remittance.creditor_reference, *numbers) if word
    )
    paths = {"ULTB": "UltmtCdtr/Nm", "ULTD": "UltmtDbtr/Nm", "PURP": "Purp/Cd", "ROC": "PmtId/EndToEndId"}
    said = {code: transfer.one(path) for code, path in paths.items()}
    new = [
        f"/{code}/{value}"
        for code, value in said.items()
        if value not in _NOTHING and f"/{code}/" not in words
    ]
    if not new:
        return words
    return "//".join([*new, *([words if words.startswith("/") else f"/URI/{words}"] if words else [])])


def _statements(content: bytes | str, kind: str, raw: bytes) -> str:
    sender, receiver = parts.parties_of_header(raw)
    made = []
    for statement in camt.read(content):
        owner = sender or statement.servicer.bic
        message = Message(
            type=kind,
            sender=parts.terminal(owner, "A"),
            receiver=parts.terminal(receiver, "X"),
            fields=tuple(_statement_fields(statement, kind)),
        )
        made.append(render(message))
    return "\n".join(made)


def _statement_fields(statement: Statement, kind: str) -> Iterator[Field]:
    yield Field("20", parts.cut(parts.plain(statement.identification), _REFERENCE))
    yield Field("25", parts.plain(statement.account.number)[:_LINE])
    yield Field("28C", (statement.number or "1")[-5:] + (f"/{statement.page}" if statement.page else ""))
    if kind == "942":
        yield Field("34F", f"{statement.currency}0,")
    if statement.opening:
        yield Field("60F", _balance(statement.opening))
    made_on = read.day(statement.created_at)
    for entry in statement.entries:
        if entry.status != EntryStatus.BOOKED and kind != "942":
            continue  # a statement tells what is on the account; what is expected stands in interim reports
        yield Field("61", _entry(entry, made_on))
        yield from parts.text("86", entry.remittance or entry.narrative, _INFORMATION_LINE, 6)
    if statement.closing:
        yield Field("62F", _balance(statement.closing))
    for balance in statement.balances:
        tag = {BalanceKind.CLOSING_AVAILABLE: "64", BalanceKind.FORWARD_AVAILABLE: "65"}.get(
            BalanceKind(balance.kind) if balance.kind in set(BalanceKind) else BalanceKind.OPENING
        )
        if tag:
            yield Field(tag, _balance(balance))


def _balance(balance: Balance) -> str:
    mark = "D" if balance.amount < 0 else "C"
    return f"{mark}{parts.yymmdd(balance.day)}{balance.currency}{parts.swift(balance.amount)}"


def _entry(entry: Entry, made_on: date | None) -> str:
    """Field 61. An entry without days is valued when the statement was made: SWIFT asks for a day."""
    credit = entry.amount >= 0
    mark = ("RD" if credit else "RC") if entry.is_reversal else ("C" if credit else "D")
    if entry.status != EntryStatus.BOOKED:
        mark = "EC" if credit else "ED"
    booked = f"{entry.booking_date:%m%d}" if entry.booking_date else ""
    kind = entry.kind if re.fullmatch(r"[A-Z][A-Z0-9]{3}", entry.kind) else "NTRF"
    reference = (
        parts.cut(parts.plain(entry.customer_reference or entry.end_to_end_id), _REFERENCE) or "NONREF"
    )
    bank = f"//{parts.cut(parts.plain(entry.bank_reference), _REFERENCE)}" if entry.bank_reference else ""
    extra = f"\n{parts.cut(parts.plain(entry.narrative), 34)}" if entry.narrative and entry.remittance else ""
    day = parts.yymmdd(entry.value_date or entry.booking_date or made_on)
    return f"{day}{booked}{mark}{parts.swift(entry.amount)}{kind}{reference}{bank}{extra}"
