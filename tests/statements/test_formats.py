"""Each format read back by software from elsewhere: the same lines, balances, days and words in all."""

import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import mt940
import pytest
from lxml import etree
from ofxtools.Parser import OFXTree
from openpyxl import load_workbook

from bank.kernel.money import Money
from bank.messages import mt940 as own_reader
from bank.statements import errors, formats
from bank.statements.formats import _swift
from bank.statements.paper import Paper
from tests.statements.papers import lines, paper, printed
from tests.vectors import VECTORS_DIR

CURRENCIES = (("JPY", 0), ("KES", 2), ("KWD", 3))
HOSTILE = '=cmd|"/c calc"!A1 <b>&amp;]]>\x00\x0b\u202e{1:F01} :61: -}\r\n-\r\n:62F:C261001KES9,99 ' + "x" * 60
XSD = VECTORS_DIR / "iso20022" / "give" / "xsd"
CAMT = {"CAMT052": "camt.052.001.08", "CAMT053": "camt.053.001.08", "CAMT054": "camt.054.001.08"}


@pytest.fixture(params=CURRENCIES, ids=[code for code, _decimals in CURRENCIES])
def content(request: pytest.FixtureRequest) -> Paper:
    """Forty lines, one of them valued days before it was booked."""
    currency, _decimals = request.param
    made = lines(40, currency=currency)
    return paper(made, currency=currency, balance_before=Money.of("10000", currency))


def hostile() -> Paper:
    worst = lines(3, description=HOSTILE * 3, counterparty=HOSTILE, reference=HOSTILE[:35])
    return paper(worst, holder=HOSTILE)


def read_mt(content: Paper, code: str) -> Any:
    return mt940.parse(printed(content, code).decode("ascii"))


def signed(amount: str, direction: str) -> Decimal:
    return Decimal(amount) * (-1 if direction == "DBIT" else 1)


def camt(content: Paper, code: str) -> tuple[Any, dict[str, str]]:
    """The message, valid by the published schema where there is one, and how its elements are named."""
    tree = etree.fromstring(printed(content, code))
    if XSD.exists():
        schema = etree.XMLSchema(etree.parse(XSD / f"{CAMT[code]}.xsd"))
        schema.assertValid(tree)
    return tree, {"c": f"urn:iso:std:iso:20022:tech:xsd:{CAMT[code]}"}


def amounts(content: Paper) -> list[Decimal]:
    return [line.amount.amount for line in content.lines]


def test_mt940_as_mt940_reads_it(content: Paper) -> None:
    found = read_mt(content, "MT940")
    assert [one.data["amount"].amount for one in found] == amounts(content)
    assert [one.data["date"] for one in found] == [line.value_date for line in content.lines]
    assert [one.data["entry_date"] for one in found] == [line.booking_date for line in content.lines]
    opening, closing = found.data["final_opening_balance"], found.data["final_closing_balance"]
    assert (opening.amount.amount, closing.amount.amount) == (content.opening.amount, content.closing.amount)
    assert (opening.amount.currency, closing.date) == (content.currency, content.to_date)
    assert found.data["account_identification"] == content.account_number
    for one, line in zip(found, content.lines, strict=True):
        said = one.data["transaction_details"].replace("\n", "")
        assert line.description in said
        assert line.counterparty in said
        assert one.data["customer_reference"] == line.reference


def test_mt942_as_mt940_reads_it(content: Paper) -> None:
    found = read_mt(content, "MT942")
    assert [one.data["amount"].amount for one in found] == amounts(content)
    debits, credits = found.data["sum_debit_entries"], found.data["sum_credit_entries"]
    assert (abs(debits.amount), abs(credits.amount)) == (-content.money_out.amount, content.money_in.amount)
    assert (int(debits.number), int(credits.number)) == (len(content.debits), len(content.credits))


def test_mt_lines_keep_to_swifts_letters_and_widths() -> None:
    long = "Invoice 2026/117, " * 30
    for content in (
        hostile(),
        paper(lines(2, description=long)),
        paper(lines(1, description="王小明 Łukasz")),
    ):
        raw = printed(content, "MT940").decode("ascii")
        rows = raw.split("\r\n")
        assert all(len(row.removeprefix(":86:")) <= _swift.WIDTH for row in rows)
        assert not _swift._STRANGE.search(raw.replace("\r\n", ""))
        assert {row for row in rows if row.startswith("-")} == {"-"}
        tags = [row[:4] for row in rows if row.startswith(":")]
        assert tags.count(":61:") == tags.count(":86:") == len(content.lines)
        assert [row for row in rows if row.startswith(":62F:")] == [rows[-3]]
        for one in mt940.parse(raw):
            assert len(one.data["transaction_details"].split("\n")) <= _swift.LINES
    assert "WangXiaoMing Lukasz" in raw


def test_mt940_pages_chain_and_fit_into_a_message() -> None:
    """SWIFT's 2,000 letters a page; the library from elsewhere and our own reader see one chain."""
    content = paper(lines(60))
    raw = printed(content, "MT940").decode("ascii")
    pages = [one for one in raw.split("-\r\n") if one]
    assert len(pages) == 4
    assert max(len(one) for one in pages) <= 2_000
    found = mt940.parse(raw)
    assert [one.data["amount"].amount for one in found] == amounts(content)
    assert found.data["final_closing_balance"].amount.amount == content.closing.amount
    assert found.data["sequence_number"] == "004"
    read = [mt940.parse(one).data for one in pages]
    closings = [one.get("intermediate_closing_balance") for one in read]
    openings = [one.get("intermediate_opening_balance") for one in read]
    assert (openings[0], closings[-1]) == (None, None)
    assert [str(one) for one in closings[:-1]] == [str(one) for one in openings[1:]]
    ours = list(own_reader.read(raw))
    assert [one.page for one in ours] == ["001", "002", "003", "004"]
    assert sum(len(one.entries) for one in ours) == 60
    assert not any(one.faults for one in ours)


def test_what_86_can_hold_is_whole() -> None:
    words = ("Rent for October - see contract 12:4 (annex) " * 6)[:230].strip()
    (found,) = read_mt(paper(lines(1, description=words)), "MT940")
    assert found.data["transaction_details"].replace("\n", "").endswith(f"/REMI/{words}")


@pytest.mark.parametrize("code", CAMT)
def test_camt_is_valid_and_adds_up(content: Paper, code: str) -> None:
    tree, ns = camt(content, code)
    entries = tree.findall(".//c:Ntry", ns)
    found = [
        signed(one.findtext("c:Amt", namespaces=ns), one.findtext("c:CdtDbtInd", namespaces=ns))
        for one in entries
    ]
    assert found == amounts(content)
    assert {one.get("Ccy") for one in tree.iterfind(".//c:Amt[@Ccy]", ns)} == {content.currency}
    days = [
        (one.findtext("c:BookgDt/c:Dt", namespaces=ns), one.findtext("c:ValDt/c:Dt", namespaces=ns))
        for one in entries
    ]
    assert days == [(str(line.booking_date), str(line.value_date)) for line in content.lines]
    assert tree.findtext(".//c:TtlNtries/c:NbOfNtries", namespaces=ns) == "40"
    balances = {
        one.findtext("c:Tp/c:CdOrPrtry/c:Cd", namespaces=ns): signed(
            one.findtext("c:Amt", namespaces=ns), one.findtext("c:CdtDbtInd", namespaces=ns)
        )
        for one in tree.iterfind(".//c:Bal", ns)
    }
    closing = {"CAMT053": "CLBD", "CAMT052": "ITBD"}.get(code)
    assert balances == ({"OPBD": content.opening.amount, closing: content.closing.amount} if closing else {})


def test_camt_keeps_remittance_information_whole_and_empty_periods_valid() -> None:
    words = "Malipo ya kodi – Łukasz 王小明 " * 20
    tree, ns = camt(paper(lines(1, description=words)), "CAMT053")
    parts = [one.text for one in tree.iterfind(".//c:RmtInf/c:Ustrd", ns)]
    assert "".join(parts) == words.strip()
    assert len(parts) > 1
    for code in CAMT:
        camt(paper([]), code)
        camt(hostile(), code)


def test_ofx_as_ofxtools_reads_it(content: Paper) -> None:
    tree = OFXTree()
    tree.parse(io.BytesIO(printed(content, "OFX")))
    (statement,) = tree.convert().statements
    assert [one.trnamt for one in statement.transactions] == amounts(content)
    assert [one.dtposted.date() for one in statement.transactions] == [
        line.booking_date for line in content.lines
    ]
    assert len({one.fitid for one in statement.transactions}) == len(content.lines)
    assert (statement.curdef, statement.balance.balamt) == (content.currency, content.closing.amount)
    assert statement.account.acctid == content.account_number


def test_xlsx_as_openpyxl_reads_it(content: Paper) -> None:
    sheet = load_workbook(io.BytesIO(printed(content, "XLSX"))).active
    rows = [row for row in sheet.iter_rows() if row[0].value == "ENTRY"]
    decimals = dict(CURRENCIES)[content.currency]
    quantum = Decimal(1).scaleb(-decimals)
    assert [Decimal(str(row[7].value)).quantize(quantum) for row in rows] == amounts(content)
    assert [row[1].value.date() for row in rows] == [line.booking_date for line in content.lines]
    assert {row[7].number_format for row in rows} == {"#,##0" + ("." + "0" * decimals if decimals else "")}
    last = next(row for row in sheet.iter_rows() if row[0].value == "CLOSING_BALANCE")
    assert Decimal(str(last[8].value)).quantize(quantum) == content.closing.amount


def test_json_says_it_all(content: Paper) -> None:
    found = json.loads(printed(content, "JSON"))
    assert [Decimal(one["amount"]) for one in found["lines"]] == amounts(content)
    assert Decimal(found["opening_balance"]) + sum(amounts(content)) == Decimal(found["closing_balance"])
    assert found["lines"][3]["description"] == content.lines[3].description
    assert json.loads(printed(paper([]), "JSON"))["lines"] == []


def test_hostile_words_stay_words() -> None:
    content = hostile()
    assert json.loads(printed(content, "JSON"))["lines"][0]["description"] == content.lines[0].description
    sheet = load_workbook(io.BytesIO(printed(content, "XLSX"))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n", "d"}
    texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert not [text for text in texts if text.startswith(("=", "+", "-", "@"))]
    tree = OFXTree()
    tree.parse(io.BytesIO(printed(content, "OFX")))
    assert len(tree.convert().statements[0].transactions) == 3


def test_the_other_side_is_debtor_of_what_came_in_and_creditor_of_what_went_out(content: Paper) -> None:
    tree, ns = camt(content, "CAMT053")
    for one, line in zip(tree.iterfind(".//c:Ntry", ns), content.lines, strict=True):
        party = "Dbtr" if line.amount.is_positive else "Cdtr"
        assert one.findtext(f".//c:{party}/c:Pty/c:Nm", namespaces=ns) == line.counterparty


def test_formats_are_found_by_name_and_by_what_programs_accept() -> None:
    assert {"PDF", "CSV", "XLSX", "OFX", "MT940", "MT942", "CAMT052", "CAMT053", "CAMT054", "JSON"} == set(
        formats.CODES
    )
    for accepted, code in (
        ("text/csv", "CSV"),
        ("application/json;q=0.2, application/pdf", "PDF"),
        ("application/xml", "CAMT053"),
        ("text/html, application/x-ofx;q=0.9", "OFX"),
    ):
        found = formats.of_media_type(accepted)
        assert found is not None
        assert found.code == code
    for accepted in ("*/*", "", "text/csv;q=0", "image/png"):
        assert formats.of_media_type(accepted) is None
    with pytest.raises(errors.UnknownFormat, match="PDF, CSV"):
        formats.named("DOCX")


def test_statements_chain_in_every_format_that_states_balances() -> None:
    whole = lines(20)
    parts = [paper(whole[:12]), paper(whole[12:], from_date=date(2026, 10, 9))]
    first, second = parts

    def closing_and_opening(code: str) -> Iterator[Any]:
        mt = [read_mt(one, "MT940").data for one in parts] if code == "MT940" else None
        if mt:
            yield mt[0]["final_closing_balance"].amount
            yield mt[1]["final_opening_balance"].amount
        else:
            yield json.loads(printed(first, code))["closing_balance"]
            yield json.loads(printed(second, code))["opening_balance"]

    for code in ("MT940", "JSON"):
        closing, opening = closing_and_opening(code)
        assert str(closing) == str(opening)
