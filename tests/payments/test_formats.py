"""Reading pain.001: what it says, in whatever version; what hostile or broken content is refused for."""

import resource
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bank.payments.formats import errors, pain001, schemas, xml
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
    assert not schemas.breaks(initiation.raw, initiation.message)


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
    assert pain001.decimal(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**15))
def test_decimals_are_exact(amount: Decimal) -> None:
    assert pain001.decimal(f"{amount:f}") == amount


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


def test_a_hundred_thousand_lines_stay_flat_in_memory() -> None:
    content = File("1", [Line()] * 100_000).xml()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    initiation = pain001.Initiation(content)
    assert sum(1 for _ in initiation.transfers()) == 100_000
    assert not schemas.breaks(initiation.raw, initiation.message)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_schema_faults_name_element_and_line() -> None:
    content = File("1", [Line(), Line(amount="-5.00"), Line(currency="kes")]).xml()
    raw = xml.prepared(content)
    assert schemas.breaks(raw, "pain.001.001.03")
    found = [
        (etree.QName(element).localname, name) for element, name, _ in schemas.faults(raw, "pain.001.001.03")
    ]
    assert {name for _, name in found} == {"InstdAmt"}
    assert not schemas.is_valid(raw)


def test_schemas_judge_as_the_published_ones_do(vectors_dir: Path) -> None:
    published = vectors_dir / "iso20022" / "give" / "xsd"
    for message in sorted(schemas.held()):
        path = published / f"{message}.xsd"
        if path.exists():
            theirs = etree.XMLSchema(etree.parse(str(path)))
            assert schemas.namespace(message) == etree.parse(str(path)).getroot().get("targetNamespace")
            for content in _variants(message):
                ours = schemas.is_valid(xml.prepared(content))
                assert ours == theirs.validate(etree.fromstring(content)), message


def _variants(message: str) -> list[bytes]:
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
