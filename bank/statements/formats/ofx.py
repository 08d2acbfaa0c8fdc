"""The statement as OFX 2.2 (XML), which accounting programs import.

``NAME`` holds 32 letters; where the other side's name is longer it stands in ``MEMO`` as well, in
front of the description. ``MEMO`` holds 255. ``DTAVAIL`` is the value date.
"""

from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from bank.statements.formats._format import Format, gettext_noop
from bank.statements.formats._xml import clean, put
from bank.statements.paper import Line, Paper

_HEADER = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    b'<?OFX OFXHEADER="200" VERSION="220" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)
_NAME, _MEMO, _REFERENCE = 32, 255, 32
_KINDS = (("INTEREST", "INT"), ("FEE", "FEE"), ("CHEQUE", "CHECK"), ("TRANSFER", "XFER"))


def write(paper: Paper, file: BinaryIO) -> None:
    """Streams the response to a statement request that was never sent, as OFX files are."""
    from lxml import etree

    file.write(_HEADER)
    with etree.xmlfile(file, encoding="UTF-8") as xml, xml.element("OFX"):
        with xml.element("SIGNONMSGSRSV1"), xml.element("SONRS"):
            _write_status(xml)
            put(xml, "DTSERVER", _instant(paper.made_at))
            put(xml, "LANGUAGE", "ENG")
            with xml.element("FI"):
                put(xml, "ORG", clean(paper.bank_name)[:32])
                put(xml, "FID", paper.bank_bic)
        with xml.element("BANKMSGSRSV1"), xml.element("STMTTRNRS"):
            put(xml, "TRNUID", paper.reference)
            _write_status(xml)
            with xml.element("STMTRS"):
                _write_statement(xml, paper)
    file.write(b"\n")


def _write_status(xml: Any) -> None:
    with xml.element("STATUS"):
        put(xml, "CODE", "0")
        put(xml, "SEVERITY", "INFO")


def _write_statement(xml: Any, paper: Paper) -> None:
    put(xml, "CURDEF", paper.currency)
    with xml.element("BANKACCTFROM"):
        put(xml, "BANKID", paper.bank_bic[:9])
        put(xml, "ACCTID", paper.account_number[:22])
        put(xml, "ACCTTYPE", _account_type(paper))
    with xml.element("BANKTRANLIST"):
        put(xml, "DTSTART", _day(paper.from_date))
        put(xml, "DTEND", _day(paper.to_date))
        for line in paper.lines:
            _write_line(xml, line)
    with xml.element("LEDGERBAL"):
        put(xml, "BALAMT", str(paper.closing.amount))
        put(xml, "DTASOF", _day(paper.to_date))


def _account_type(paper: Paper) -> str:
    if paper.is_deposit:
        return "CD"
    return "SAVINGS" if "saving" in paper.account_name.lower() else "CHECKING"


def _write_line(xml: Any, line: Line) -> None:
    with xml.element("STMTTRN"):
        put(xml, "TRNTYPE", _kind(line))
        put(xml, "DTPOSTED", _day(line.booking_date))
        put(xml, "DTAVAIL", _day(line.value_date))
        put(xml, "TRNAMT", str(line.amount.amount))
        put(xml, "FITID", f"{line.entry_id}-{line.version}")
        if reference := clean(line.reference)[:_REFERENCE]:
            put(xml, "REFNUM", reference)
        name = clean(line.counterparty) or clean(line.description) or line.code
        put(xml, "NAME", name[:_NAME].strip())
        if memo := _memo(line, name):
            put(xml, "MEMO", memo)


def _memo(line: Line, name: str) -> str:
    parts = [name if len(name) > _NAME and line.counterparty else "", clean(line.description)]
    return " - ".join(part for part in parts if part)[:_MEMO].strip()


def _kind(line: Line) -> str:
    plain = "CREDIT" if line.amount.is_positive else "DEBIT"
    return next((kind for word, kind in _KINDS if word in line.code), plain)


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}[0:GMT]"


FORMAT = Format(
    code="OFX",
    title=gettext_noop("OFX, for accounting programs"),
    content_type="application/x-ofx",
    extension="ofx",
    write=write,
    rank=10,
)
