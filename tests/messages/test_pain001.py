"""Reading pain.001: what it says, in whatever version; what hostile or broken content is refused for."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bank.messages import errors, fields, pain001, schemas, xml
from tests import vectors
from tests.payments.messages import File, Line


def read(content: bytes | str) -> tuple[pain001.Initiation, list]:
    initiation = pain001.Initiation(content)
    return initiation, list(initiation.transfers())


@pytest.mark.parametrize("version", ["03", "05", "09", "12"])
def test_every_field_is_read(version: str) -> None:
    content = File("1000000000017", [Line(amount="12.50"), Line(amount="1")], version=version).xml()
    initiation, (first, second) = read(content)
    assert initiation.message == f"pain.001.001.{version}"
    assert (initiation.header.message_id, initiation.header.count) == ("MSG-1", 2)
    assert initiation.header.control_sum == Decimal("13.50")
    assert first.information.debtor_account.number == "1000000000017"
    assert first.information.requested_date.isoformat() == "2026-01-15"
    assert first.information.debtor_agent.bic == first.creditor_agent.bic == "UMOJKENA"
    assert (first.line, first.amount, first.currency) == (1, Decimal("12.50"), "KES")
    assert (first.creditor.name, first.creditor_account.number) == ("Amina Otieno", "1000000000009")
    assert str(first.remittance) == "Salary"
    assert (second.line, second.end_to_end_id) == (2, "E2E-1")
    assert initiation.control_faults() == []
    assert schemas.faults(initiation.raw, initiation.message) == []


def test_control_figures_are_compared_with_what_was_read() -> None:
    initiation, _ = read(File("1", [Line()], count="2", control_sum="99.99").xml())
    assert [fault.code for fault in initiation.control_faults()] == ["COUNT_MISMATCH", "CONTROL_SUM_MISMATCH"]


def test_control_sum_is_compared_by_value_not_by_spelling() -> None:
    initiation, _ = read(File("1", [Line()], control_sum="100").xml())
    assert initiation.control_faults() == []


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "windows-1252"])
def test_encodings_companies_use(encoding: str) -> None:
    content = File("1", [Line(name="Zoë Müller")], encoding=encoding).xml()
    assert read(content)[1][0].creditor.name == "Zoë Müller"


def test_text_wins_over_the_encoding_it_declares() -> None:
    content = File("1", [Line(name="Zoë")], encoding="ISO-8859-1").xml().decode("latin-1")
    assert read(content)[1][0].creditor.name == "Zoë"


def test_byte_order_mark_is_dropped() -> None:
    assert len(read(b"\xef\xbb\xbf" + File("1", [Line()]).xml())[1]) == 1


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
GOOD = File("1", [Line()]).xml()
REFUSED = {
    "external entity": (
        File("1", [Line()], prolog='<!DOCTYPE D [<!ENTITY x SYSTEM "file:///etc/passwd">]>').xml(),
        1,
    ),
    "external DTD": (File("1", [Line()], prolog='<!DOCTYPE D SYSTEM "http://127.0.0.1:9/x.dtd">').xml(), 1),
    "billion laughs": (File("1", [], prolog=f'<!DOCTYPE D [<!ENTITY a0 "ha">{BOMB}]>').xml(), 1),
    "quadratic blow-up": (File("1", [], prolog=f'<!DOCTYPE D [<!ENTITY a "{"x" * 50_000}">]>').xml(), 1),
    "DTD behind a comment": (File("1", [Line()], prolog="<!-- x --><?y z?>\n<!DOCTYPE D>").xml(), 1),
    "DTD in UTF-16": (File("1", [Line()], prolog="<!DOCTYPE D>", encoding="UTF-16").xml(), 1),
    "empty": (b" \n", errors.ContentEmpty),
    "cut off": (GOOD[:-30], errors.NotWellFormed),
    "not XML": (b"account;amount\n1;2", errors.NotWellFormed),
    "JSON": (b'{"amount": 1}', errors.NotWellFormed),
    "null byte": (GOOD.replace(b"Salary", b"Sal\x00ary"), errors.NotWellFormed),
    "undefined entity": (GOOD.replace(b"Salary", b"&secret;"), errors.NotWellFormed),
    "wrong bytes for UTF-8": (GOOD.replace(b"Salary", b"M\xfcller"), errors.EncodingBroken),
    "EBCDIC": (GOOD.replace(b"UTF-8", b"IBM037"), errors.EncodingUnsupported),
    "UTF-7": (GOOD.replace(b"UTF-8", b"UTF-7"), errors.EncodingUnsupported),
    "UTF-32": ("\ufeff<a/>".encode("utf-32"), errors.EncodingUnsupported),
    "half a UTF-16": (File("1", [Line()], encoding="UTF-16").xml()[:-1], errors.EncodingBroken),
    "claims UTF-16, is not": (GOOD.replace(b"UTF-8", b"UTF-16"), errors.EncodingBroken),
    "too deep": (b"<a>" * 5000 + b"</a>" * 5000, errors.TooDeep),
    "another message": (
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>',
        errors.MessageUnsupported,
    ),
    "no namespace": (b"<Document><GrpHdr/></Document>", errors.MessageUnsupported),
}


@pytest.mark.parametrize("name", REFUSED)
def test_g48_hostile_and_broken_content_is_refused_in_a_moment(name: str) -> None:
    content, expected = REFUSED[name]
    started = time.perf_counter()
    with pytest.raises(errors.DoctypeForbidden if expected == 1 else expected) as refusal:
        read(content)
    assert time.perf_counter() - started < 1
    assert "root:" not in str(refusal.value)


def test_oversized_content_is_refused_unread() -> None:
    with pytest.raises(errors.ContentTooLarge):
        pain001.Initiation(GOOD, max_bytes=len(GOOD) - 1)


def test_xinclude_is_left_alone() -> None:
    content = GOOD.replace(
        b"Salary", b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    )
    _, (transfer,) = read(content)
    assert "root:" not in str(transfer.remittance)


@pytest.mark.parametrize(
    "text", ["1e9", "NaN", "Infinity", "1,000.00", "1.000,00", "０１", "0x10", "", " ", "1 0"]
)
def test_amount_tricks_are_no_decimals(text: str) -> None:
    assert fields.decimal(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**15))
def test_decimals_are_exact(amount: Decimal) -> None:
    assert fields.decimal(f"{amount:f}") == amount


@given(st.lists(st.decimals(places=2, min_value="0.01", max_value=10**9), min_size=1, max_size=20))
def test_totals_are_exact_and_order_is_kept(amounts: list[Decimal]) -> None:
    initiation, transfers = read(File("1", [Line(amount=f"{amount:f}") for amount in amounts]).xml())
    assert [transfer.amount for transfer in transfers] == amounts
    assert initiation.totals.control_sum == sum(amounts)
    assert initiation.control_faults() == []


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_coded_refusal(content: bytes) -> None:
    with pytest.raises(errors.FormatError):
        read(content)


_OWN_MEMORY = """
import pathlib, re, sys
from bank.messages import pain001, schemas, xml
def peak():
    # Of this program alone: ru_maxrss begins at what the program that started it had.
    return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
content = pathlib.Path(sys.argv[1]).read_bytes()
xml.prepared(content[:0] + b"<a/>"), schemas.schema("pain.001.001.03")
before = peak()
try:
    initiation = pain001.Initiation(content)
    faults = schemas.faults(initiation.raw, initiation.message)
    lines = sum(1 for _ in initiation.transfers())
except pain001.errors.FormatError as refusal:
    faults, lines = [refusal.code], 0
print(len(faults), lines, peak() - before)
"""
_PAYMENT = b"<CdtTrfTxInf>"
LINES = 30_000
"""As a tree in memory they take 93 MB, as a list of payments 36 MB, as a tree of emptied elements 4 MB."""
FLAT_KB, PARTS_KB, JUNK_KB = 3_000, 9_000, 80_000
"""Some 1, 2 to 5 and 66 MB are used: nothing is given up before two million bytes had no payment."""


def many() -> bytes:
    return File("1", [Line()] * LINES).xml()


LARGE: dict[str, tuple[Callable[[], bytes], int, int, int]] = {
    "sound": (many, 0, LINES, FLAT_KB),
    "one payment faulty, the last": (lambda: b'"kes"'.join(many().rsplit(b'"KES"', 1)), 1, LINES, FLAT_KB),
    "every payment faulty": (
        lambda: many().replace(b"100.00", b"1OO.00"),
        schemas.MAX_FAULTS,
        LINES,
        PARTS_KB,
    ),
    "junk between the payments": (
        lambda: many().replace(_PAYMENT, b"<x/>" * 40 + _PAYMENT),
        1,
        LINES,
        PARTS_KB,
    ),
    "junk in place of payments": (
        lambda: many().replace(_PAYMENT, b"<x/>" * 3_000_000 + _PAYMENT, 1),
        1,
        0,
        JUNK_KB,
    ),
    "junk in nested parts": (
        lambda: many().replace(_PAYMENT, b"<PmtInf>" + b"<x/>" * 60_000 + _PAYMENT, 60),
        1,
        0,
        PARTS_KB,
    ),
    "nothing but junk": (lambda: GOOD.replace(b"<GrpHdr>", b"<x/>" * 4_000_000 + b"<GrpHdr>"), 1, 0, JUNK_KB),
}


@pytest.mark.parametrize("name", LARGE)
def test_g47_large_files_are_checked_in_flat_memory(name: str, tmp_path: Path) -> None:
    write, faults, lines, most_kb = LARGE[name]
    (tmp_path / "file.xml").write_bytes(write())
    command = [sys.executable, "-c", _OWN_MEMORY, str(tmp_path / "file.xml")]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    found, read_lines, grown_kb = map(int, answer.split())
    assert (found, read_lines) == (faults, lines)
    assert grown_kb < most_kb


def _schema_faults(content: bytes, message: str = "pain.001.001.03") -> list[tuple[int, str, str]]:
    found = schemas.faults(xml.prepared(content), message)
    return [(fault.line, fault.element, fault.value) for fault in found]


def test_schema_faults_name_element_line_and_value() -> None:
    content = File("1", [Line(), Line(amount="-5.00"), Line(currency="kes")]).xml()
    assert _schema_faults(content) == [(2, "InstdAmt", "-5.00"), (3, "InstdAmt", "kes")]
    assert not schemas.is_valid(xml.prepared(content))


def test_schema_faults_count_payments_only_where_payments_are() -> None:
    """In comments, CDATA and instructions there are none; empty ones and prefixes count; line ends do not."""
    lines = [Line(), Line(remittance="REMITTED"), Line(amount="abc")]
    content = File("1", lines, control_sum="1").xml().replace(b"\n", b"")
    content = content.replace(b"<PmtInf>", b"<!-- <CdtTrfTxInf> --><?x <CdtTrfTxInf>?><PmtInf>")
    content = content.replace(b"REMITTED", b"<![CDATA[<CdtTrfTxInf> </CdtTrfTxInf>]]>")
    assert _schema_faults(content) == [(3, "InstdAmt", "abc")]
    prefixed = re.sub(rb"<(/?)([A-Z])", rb"<\1p:\2", content.replace(b"CDATA[<", b"CDATA[ "))
    prefixed = prefixed.replace(b"<![p:CDATA", b"<![CDATA").replace(b"xmlns=", b"xmlns:p=")
    assert _schema_faults(prefixed) == [(3, "InstdAmt", "abc")]
    empty = content.replace(b"</DbtrAgt>", b"</DbtrAgt><CdtTrfTxInf />")
    assert [(line, element) for line, element, _ in _schema_faults(empty)] == [
        (1, "CdtTrfTxInf"),
        (4, "InstdAmt"),
    ]


def test_what_is_not_well_formed_is_told_before_what_breaks_the_schema() -> None:
    content = File("1", [Line(currency="kes"), Line()]).xml().replace(b"</Cdtr>", b"</Cdtor>", 1)
    with pytest.raises(errors.NotWellFormed, match="tag mismatch: Cdtr"):
        schemas.faults(xml.prepared(content), "pain.001.001.03")


def test_schema_faults_outside_payments_stand_in_no_line() -> None:
    content = File("1", [Line(), Line()], message_id="x" * 36).xml().replace(b"</PmtInf>", b"<Odd/></PmtInf>")
    assert [(line, element) for line, element, _ in _schema_faults(content)] == [(0, "MsgId"), (0, "Odd")]


def test_schemas_judge_as_the_published_ones_do() -> None:
    published = vectors.folder("iso20022/give/xsd")
    for message in sorted(schemas.held()):
        path = published / f"{message}.xsd"
        if path.exists():
            theirs = etree.XMLSchema(etree.parse(str(path)))
            assert schemas.namespace(message) == etree.parse(str(path)).getroot().get("targetNamespace")
            for content in _variants(message):
                ours = schemas.is_valid(xml.prepared(content))
                assert ours == theirs.validate(etree.fromstring(content)), message


_EARLY = (
    '<Document xmlns="urn:iso:std:iso:20022:xsd:pain.001.{v}.01"><pain.001.{v}.01><GrpHdr><GrpId>G-1</GrpId>'
    "<CreDtTm>2026-01-14T08:00:00</CreDtTm><InitgPty/></GrpHdr><PmtInf><ReqdExctnDt>2026-01-15</ReqdExctnDt>"
    "<DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct><FrstAgt><BIC>DEUTDEFF</BIC></FrstAgt>"
    "<PmtTx><PmtId><EndToEndId>E2E-1</EndToEndId></PmtId><Purp><Cd>SALA</Cd></Purp>"
    '<Amt><InstdAmt Ccy="EUR">12.50</InstdAmt></Amt>{creditor}</PmtTx></PmtInf></pain.001.{v}.01></Document>'
)
_EARLY_ACCOUNT = "<CdtrAcct><IBAN>DE89370400440532013000</IBAN></CdtrAcct>"
_EARLY_AGENT = "<FnlAgt><BIC>MARKDEFF</BIC></FnlAgt>"
_SHARED = "<ChrgBr>SHA</ChrgBr>"
OTHERS = {
    "pain.001.002.01": _EARLY.format(v="002", creditor=_EARLY_ACCOUNT + _EARLY_AGENT + _SHARED),
    "pain.001.003.01": _EARLY.format(v="003", creditor=_EARLY_AGENT + _SHARED + _EARLY_ACCOUNT),
    "pain.001.002.02": (
        '<Document xmlns="urn:swift:xsd:$pain.001.002.02"><pain.001.001.02><GrpHdr><MsgId>M-1</MsgId>'
        "<CreDtTm>2026-01-14T08:00:00</CreDtTm><NbOfTxs>1</NbOfTxs><Grpg>MIXD</Grpg><InitgPty/></GrpHdr>"
        "<PmtInf><PmtMtd>TRF</PmtMtd><PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>"
        "<ReqdExctnDt>2026-01-15</ReqdExctnDt><Dbtr><Nm>Firma</Nm></Dbtr>"
        "<DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></DbtrAcct>"
        "<DbtrAgt><FinInstnId><BIC>DEUTDEFF</BIC></FinInstnId></DbtrAgt><ChrgBr>SLEV</ChrgBr><CdtTrfTxInf>"
        '<PmtId><EndToEndId>E2E-1</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">12.50</InstdAmt></Amt>'
        "<CdtrAgt><FinInstnId><BIC>MARKDEFF</BIC></FinInstnId></CdtrAgt><Cdtr><Nm>Amina</Nm></Cdtr>"
        "<CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct></CdtTrfTxInf></PmtInf>"
        "</pain.001.001.02></Document>"
    ),
}


@pytest.mark.parametrize("message", OTHERS)
def test_the_other_kinds_of_pain001_are_read_and_judged(message: str) -> None:
    content = OTHERS[message].encode()
    assert schemas.faults(xml.prepared(content), message) == []
    assert schemas.is_valid(xml.prepared(content))
    initiation, (transfer,) = read(content)
    assert (initiation.message, transfer.amount, transfer.currency) == (message, Decimal("12.50"), "EUR")
    assert transfer.creditor_account.iban == transfer.information.debtor_account.iban
    assert (transfer.information.debtor_agent.bic, transfer.creditor_agent.bic) == ("DEUTDEFF", "MARKDEFF")
    assert _schema_faults(content.replace(b"12.50", b"-1"), message) == [(1, "InstdAmt", "-1")]


def _variants(message: str) -> list[bytes]:
    other = OTHERS.get(message, "").encode()
    if other:
        changes = (b"", b""), (b"EUR", b"eur"), (b"TRF", b"CHK"), (b"SEPA", b"URGP"), (b"E2E-1", b"")
        changes += (b"DEUTDEFF", b"DEUT"), (b"<InitgPty/>", b""), (b"SLEV", b"OUR"), (b"2026-01-15", b"soon")
        return [other.replace(old, new) for old, new in changes]
    good = (
        File("1", [Line()], version=message[-2:])
        .xml()
        .replace(b"pain.001.001." + message[-2:].encode(), message.encode())
    )
    return [
        good,
        good.replace(b"TRF", b"XXX"),
        good.replace(b"KES", b"K"),
        good.replace(b"<MsgId>", b"<MsgId>" + b"x" * 36),
    ]
