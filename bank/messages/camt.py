"""Reads camt.052, camt.053 and camt.054 (account report, statement, advice) of any version, as a stream.

One statement is in memory at a time, and of its XML never more than one payment. Reading is tolerant of
versions; what does not add up or cannot be read is a fault of the statement. The schema is asked apart
(``schemas``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import IO, Any, Final

from lxml import etree

from bank.messages import content, errors, schemas, xml
from bank.messages import fields as read_fields
from bank.messages.canonical import AccountIdentification, Agent, Party, Remittance
from bank.messages.fields import Fields
from bank.messages.statements import (
    Balance,
    BalanceKind,
    Detail,
    Entry,
    EntryStatus,
    Findings,
    Statement,
    check_balances,
)

WANTED: Final = "camt.052, camt.053 or camt.054"
MAX_PARTS: Final = 200_000
_KINDS: Final = ("camt.052", "camt.053", "camt.054")
_STATEMENTS: Final = frozenset({"Stmt", "Rpt", "Ntfctn"})
_ENTRY: Final = frozenset({"Ntry"})
_NUMBERS_NOTHING: Final = frozenset({"", "NOTPROVIDED", "NONREF"})


@dataclass(slots=True)
class _Reading:
    """A statement as it grows."""

    header: Statement
    findings: Findings
    line: int
    entries: list[Entry] = field(default_factory=list)
    details: list[Detail] = field(default_factory=list)
    sign: int = 1


def read(source: bytes | str | IO[bytes], *, max_bytes: int = xml.MAX_BYTES) -> Iterator[Statement]:
    """Every statement of a message, in its order.

    Raises ``FormatError`` for what is not a readable camt.052, 053 or 054, on the way where it breaks off.
    """
    raw = xml.prepared(content.whole(source, max_bytes=max_bytes), max_bytes=max_bytes)
    reading: _Reading | None = None
    is_empty = True
    for element in xml.ends(raw, ("TxDtls", "Ntry", *sorted(_STATEMENTS))):
        name = etree.QName(element).localname
        if name in _STATEMENTS:
            is_empty = False
            yield _finished(reading or _begun(element))
            reading = None
            xml.forget(element)
            continue
        parent = _statement_above(element)
        if parent is None:
            xml.forget(element)
            continue
        reading = reading or _begun(parent)
        if name == "TxDtls":
            _take_detail(reading, element)
        else:
            _take_entry(reading, element)
            xml.forget(element)
    if is_empty:
        raise errors.MessageUnsupported(message="it holds", wanted=WANTED)


def _statement_above(element: Any) -> Any:
    return _above(element, _STATEMENTS)


def _above(element: Any, names: frozenset[str]) -> Any:
    return next((each for each in element.iterancestors() if etree.QName(each).localname in names), None)


def _begun(element: Any) -> _Reading:
    """What stands before the entries of a statement. Raises ``MessageUnsupported``."""
    message = schemas.message_named_in(etree.QName(element).namespace or "")
    if not message.startswith(_KINDS):
        raise errors.MessageUnsupported(message=message or "it holds", wanted=WANTED)
    fields, findings = Fields(element), Findings()
    line = element.sourceline or 0
    balances = tuple(_balances(fields, findings))
    account = read_fields.account(fields, "Acct")
    if not account.number:
        sentence = "The statement does not say whose account it is about (Acct/Id)."
        findings.add(line, "FIELD_MISSING", sentence, "Acct")
    currency = account.currency or next((balance.currency for balance in balances), "")
    header = Statement(
        message=message,
        identification=fields.one("Id"),
        account=account,
        currency=currency,
        servicer=_servicer(fields),
        number=fields.one("ElctrncSeqNb", "LglSeqNb"),
        page=fields.one("StmtPgntn/PgNb", "RptPgntn/PgNb", "NtfctnPgntn/PgNb"),
        created_at=fields.one("CreDtTm"),
        balances=balances,
        opening=_first(balances, BalanceKind.OPENING, "PRCD") or _first(balances, BalanceKind.INTERIM),
        closing=_first(balances, BalanceKind.CLOSING) or _second_interim(balances),
    )
    return _Reading(header, findings, line)


def _servicer(fields: Fields) -> Agent:
    account = fields.at("Acct")
    return read_fields.agent(account, "Svcr") if account else Agent()


def _balances(fields: Fields, findings: Findings) -> Iterator[Balance]:
    for balance in fields.each("Bal"):
        amount, currency = _money(balance, "Amt")
        line = balance.element.sourceline or 0
        if amount is None:
            sentence = "Write the balance as a decimal number with a point, such as 1250.00."
            findings.add(line, "BALANCE_UNREADABLE", sentence, "Bal/Amt", balance.one("Amt"))
            continue
        kind = balance.one("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd")
        day = read_fields.day(balance.one("Dt/Dt", "Dt/DtTm"))
        yield Balance(kind, amount * _sign(balance), currency, day)


def _first(balances: tuple[Balance, ...], *kinds: str) -> Balance | None:
    return next((balance for kind in kinds for balance in balances if balance.kind == kind), None)


def _second_interim(balances: tuple[Balance, ...]) -> Balance | None:
    """The balance a page closes with: the second interim one, or the only one after a real opening."""
    interim = [balance for balance in balances if balance.kind == BalanceKind.INTERIM]
    opens = _first(balances, BalanceKind.OPENING, "PRCD") is not None
    return interim[-1] if len(interim) > (0 if opens else 1) else None


def _sign(fields: Fields) -> int:
    """Minus one for a debit. A reversal is marked apart and has its direction in the mark already."""
    return -1 if fields.one("CdtDbtInd") == "DBIT" else 1


def _entry_sign(element: Any) -> int:
    """The direction of a payment that states none: its entry's."""
    entry = _above(element, _ENTRY)
    return 1 if entry is None else _sign(Fields(entry))


def _money(fields: Fields, path: str) -> tuple[Decimal | None, str]:
    found = fields.at(path)
    if found is None:
        return None, ""
    return read_fields.decimal(found.text), found.element.get("Ccy", "")


def _take_detail(reading: _Reading, element: Any) -> None:
    if not reading.details:
        reading.sign = _entry_sign(element)
    reading.details.append(_detail(Fields(element), reading.sign))
    if len(reading.details) > MAX_PARTS:
        raise errors.TooManyParts(limit=MAX_PARTS)
    element.clear()
    previous = element.getprevious()
    if previous is not None and etree.QName(previous).localname == "TxDtls":
        element.getparent().remove(previous)


def _take_entry(reading: _Reading, element: Any) -> None:
    fields, line = Fields(element), element.sourceline or 0
    details, reading.details = tuple(reading.details), []
    amount, currency = _money(fields, "Amt")
    if amount is None or not fields.one("CdtDbtInd"):
        sentence = "An entry needs a decimal amount (Amt) and a direction (CdtDbtInd, CRDT or DBIT)."
        reading.findings.add(line, "ENTRY_UNREADABLE", sentence, "Ntry", fields.one("Amt"))
        return
    if reading.header.currency and currency != reading.header.currency:
        sentence = f"The entry is in {currency}, the account in {reading.header.currency}."
        reading.findings.warn(line, "ENTRY_IN_OTHER_CURRENCY", sentence, "Ntry/Amt", currency)
    number, signed = len(reading.entries) + 1, amount * _sign(fields)
    if number > MAX_PARTS:
        raise errors.TooManyParts(limit=MAX_PARTS)
    reading.entries.append(_entry(fields, number, line, signed, currency, details))


def _entry(
    fields: Fields, number: int, line: int, amount: Decimal, currency: str, details: tuple[Detail, ...]
) -> Entry:
    single = details[0] if len(details) == 1 else Detail()
    counterparty, account = _other_side(single, is_credit=amount >= 0)
    remittance = "\n".join(detail.remittance for detail in details if detail.remittance)
    value_day = read_fields.day(fields.one("ValDt/Dt", "ValDt/DtTm"))
    return Entry(
        number=number,
        line=line,
        amount=amount,
        currency=currency,
        booking_date=read_fields.day(fields.one("BookgDt/Dt", "BookgDt/DtTm")) or value_day,
        value_date=value_day,
        status=_status(fields),
        is_reversal=fields.one("RvslInd") in {"true", "1"},
        kind=_kind(fields),
        customer_reference=fields.one("NtryRef") or single.instruction_id or _real(single.end_to_end_id),
        bank_reference=fields.one("AcctSvcrRef") or single.bank_reference,
        end_to_end_id=_real(single.end_to_end_id),
        counterparty=counterparty,
        counterparty_account=account,
        remittance=remittance,
        narrative=fields.one("AddtlNtryInf"),
        details=details,
    )


def _other_side(detail: Detail, *, is_credit: bool) -> tuple[Party, AccountIdentification]:
    """Who paid what came in, who got what went out."""
    if is_credit:
        return detail.debtor, detail.debtor_account
    return detail.creditor, detail.creditor_account


def _real(reference: str) -> str:
    return "" if reference in _NUMBERS_NOTHING else reference


def _status(fields: Fields) -> EntryStatus:
    """BOOK, PDNG, INFO; FUTR of later versions is pending."""
    code = fields.one("Sts/Cd", "Sts/Prtry", "Sts")
    return {"BOOK": EntryStatus.BOOKED, "INFO": EntryStatus.INFORMATION}.get(code, EntryStatus.PENDING)


def _kind(fields: Fields) -> str:
    """The bank transaction code: domain, family and sub-family, or the bank's own."""
    parts = ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd")
    return "/".join(text for part in parts if (text := fields.one(part))) or fields.one("BkTxCd/Prtry/Cd")


def _detail(fields: Fields, entry_sign: int) -> Detail:
    amount, currency = _detail_amount(fields)
    sign = _sign(fields) if fields.one("CdtDbtInd") else entry_sign
    parties = fields.at("RltdPties") or fields
    remittance = read_fields.remittance(fields)
    return Detail(
        amount=amount * sign if amount is not None else None,
        currency=currency,
        end_to_end_id=fields.one("Refs/EndToEndId"),
        instruction_id=fields.one("Refs/InstrId", "Refs/PmtInfId"),
        transaction_id=fields.one("Refs/TxId"),
        uetr=fields.one("Refs/UETR"),
        mandate_id=fields.one("Refs/MndtId"),
        bank_reference=fields.one("Refs/AcctSvcrRef", "Refs/ClrSysRef"),
        creditor_reference=remittance.creditor_reference,
        debtor=read_fields.party(parties, "Dbtr"),
        debtor_account=read_fields.account(parties, "DbtrAcct"),
        creditor=read_fields.party(parties, "Cdtr"),
        creditor_account=read_fields.account(parties, "CdtrAcct"),
        purpose=fields.one("Purp/Cd", "Purp/Prtry"),
        return_reason=fields.one("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        remittance=_words(remittance, fields),
    )


def _detail_amount(fields: Fields) -> tuple[Decimal | None, str]:
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        amount, currency = _money(fields, path)
        if amount is not None:
            return amount, currency
    return None, ""


def _words(remittance: Remittance, fields: Fields) -> str:
    """Everything said about the purpose, each line as sent."""
    words = [*remittance.unstructured, remittance.creditor_reference, *remittance.document_numbers]
    return "\n".join(word for word in (*words, fields.one("AddtlTxInf")) if word)


def _finished(reading: _Reading) -> Statement:
    header, findings = reading.header, reading.findings
    check_balances(header.opening, header.closing, reading.entries, findings, reading.line)
    return replace(header, entries=tuple(reading.entries), faults=tuple(findings.faults))
