"""What camt.052, camt.053 and camt.054 (ISO 20022, version 08) have in common: account, sums, entries.

Amounts stand without a sign beside CRDT or DBIT. Remittance information is cut into as many
``Ustrd`` of 140 letters as it takes, so none is lost.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from bank.kernel.money import Money
from bank.statements.formats._xml import clean, pieces, put
from bank.statements.paper import Line, Paper

_NAME, _ID, _USTRD = 140, 35, 140


def write(
    paper: Paper, file: BinaryIO, *, message: str, root: str, part: str, balances: tuple[str, ...]
) -> None:
    """Streams one document with one statement, report or notification about the account."""
    from lxml import etree

    with etree.xmlfile(file, encoding="UTF-8") as xml:
        xml.write_declaration()
        name_space = f"urn:iso:std:iso:20022:tech:xsd:{message}"
        with xml.element("Document", nsmap={None: name_space}), xml.element(root):
            with xml.element("GrpHdr"):
                put(xml, "MsgId", paper.reference)
                put(xml, "CreDtTm", _instant(paper.made_at))
            with xml.element(part):
                _write_about(xml, paper)
                _write_balances(xml, paper, balances)
                _write_sums(xml, paper)
                for line in paper.lines:
                    _write_entry(xml, line)
    file.write(b"\n")


def _write_about(xml: Any, paper: Paper) -> None:
    put(xml, "Id", paper.reference)
    put(xml, "ElctrncSeqNb", str(paper.number))
    put(xml, "CreDtTm", _instant(paper.made_at))
    with xml.element("FrToDt"):
        put(xml, "FrDtTm", f"{paper.from_date}T00:00:00")
        put(xml, "ToDtTm", f"{paper.to_date}T23:59:59")
    with xml.element("Acct"):
        put(xml, "Id/Othr/Id", paper.account_number)
        put(xml, "Ccy", paper.currency)
        put(xml, "Nm", clean(paper.account_name)[:70])
        put(xml, "Ownr/Nm", clean(paper.holder)[:_NAME])
        put(xml, "Svcr/FinInstnId/BICFI", paper.bank_bic)


def _write_balances(xml: Any, paper: Paper, codes: tuple[str, ...]) -> None:
    figures = ((paper.opening, paper.from_date), (paper.closing, paper.to_date))
    for code, (amount, day) in zip(codes, figures, strict=False):
        with xml.element("Bal"):
            put(xml, "Tp/CdOrPrtry/Cd", code)
            _write_amount(xml, amount)
            _write_day(xml, "Dt", day)


def _write_sums(xml: Any, paper: Paper) -> None:
    net = paper.money_in + paper.money_out
    with xml.element("TxsSummry"):
        with xml.element("TtlNtries"):
            put(xml, "NbOfNtries", str(len(paper.lines)))
            put(xml, "Sum", str((paper.money_in - paper.money_out).amount))
            with xml.element("TtlNetNtry"):
                put(xml, "Amt", str(abs(net).amount))
                put(xml, "CdtDbtInd", _direction(net))
        _write_total(xml, "TtlCdtNtries", len(paper.credits), paper.money_in)
        _write_total(xml, "TtlDbtNtries", len(paper.debits), -paper.money_out)


def _write_total(xml: Any, name: str, count: int, total: Money) -> None:
    with xml.element(name):
        put(xml, "NbOfNtries", str(count))
        put(xml, "Sum", str(total.amount))


def _write_entry(xml: Any, line: Line) -> None:
    with xml.element("Ntry"):
        put(xml, "NtryRef", f"{line.entry_id}-{line.version}")
        _write_amount(xml, line.amount)
        put(xml, "Sts/Cd", "BOOK")
        _write_day(xml, "BookgDt", line.booking_date)
        _write_day(xml, "ValDt", line.value_date)
        put(xml, "AcctSvcrRef", str(line.entry_id))
        with xml.element("BkTxCd"):
            put(xml, "Prtry/Cd", line.code[:_ID] or "OTHER")
        with xml.element("NtryDtls"), xml.element("TxDtls"):
            _write_details(xml, line)


def _write_details(xml: Any, line: Line) -> None:
    put(xml, "Refs/EndToEndId", clean(line.reference)[:_ID] or "NOTPROVIDED")
    _write_amount(xml, line.amount)
    if name := clean(line.counterparty)[:_NAME]:
        party = "Dbtr" if line.amount.is_positive else "Cdtr"
        with xml.element("RltdPties"):
            put(xml, f"{party}/Pty/Nm", name)
            if line.counterparty_number:
                put(xml, f"{party}Acct/Id/Othr/Id", line.counterparty_number)
    _write_remittance(xml, pieces(line.description, _USTRD))


def _write_remittance(xml: Any, texts: Iterable[str]) -> None:
    found = list(texts)
    if found:
        with xml.element("RmtInf"):
            for text in found:
                put(xml, "Ustrd", text)


def _write_amount(xml: Any, amount: Money) -> None:
    put(xml, "Amt", str(abs(amount).amount), Ccy=amount.currency)
    put(xml, "CdtDbtInd", _direction(amount))


def _write_day(xml: Any, name: str, day: date) -> None:
    put(xml, f"{name}/Dt", str(day))


def _direction(amount: Money) -> str:
    return "DBIT" if amount.is_negative else "CRDT"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
