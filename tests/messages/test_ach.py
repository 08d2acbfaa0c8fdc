"""ACH files: what is written passes every rule, what is broken is found at its line, real files survive."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank.messages import errors
from bank.messages.ach import checks, money, reading, writing
from bank.messages.ach.records import File
from bank.messages.ach.writing import Company, Order, Parties
from bank.messages.canonical import Fault
from tests import vectors

PARTIES = Parties("231380104", "Federal Reserve Bank", "121042882", "Umoja Bank")
COMPANY = Company("Savanna Traders", "1234567890", "PAYROLL")
PAY = Order("22", "231380104", "12345678", 125_050, "Amina Otieno", "EMP-1")
TAKE = Order("27", "121042882", "87654321", 25_000, "Baraka Ltd", "INV-9", ("Invoice 9", "second line"))


def made(orders: list[Order], entry_class: str = "PPD") -> File:
    batch = writing.batch(
        COMPANY, orders, entry_class=entry_class, odfi="12104288", number=1, effective=date(2026, 11, 30)
    )
    return writing.file(PARTIES, [batch], created_at=datetime(2026, 11, 27, 12, 0))


def found(text: str) -> tuple[File, list[Fault]]:
    read = reading.read(text)
    return read.file, [*read.findings.faults, *checks.faults(read.file)]


def codes(text: str) -> set[tuple[int, str]]:
    return {(fault.line, fault.code) for fault in found(text)[1]}


def test_what_is_written_is_read_back_without_a_fault() -> None:
    text = writing.render(made([PAY, TAKE], "CTX"))
    lines = text.splitlines()
    assert {len(line) for line in lines} == {94}
    assert len(lines) == 10
    file, faults = found(text)
    assert faults == []
    (batch,) = file.batches
    assert (batch.header["service_class"], batch.count, batch.hash) == ("200", 4, 23138010 + 12104288)
    assert [money.signed(entry) for entry in batch.entries] == [125_050, -25_000]
    assert [each["information"] for each in batch.entries[1].addenda] == ["Invoice 9", "second line"]
    assert (file.control.number("blocks"), file.control.number("debits")) == (1, 25_000)
    assert batch.entries[0].record["trace"] == "121042880000001"


def test_an_offset_balances_a_batch_and_blocks_are_filled() -> None:
    file = made([PAY] * 12)
    file.batches = [writing.balanced(file.batches[0], routing="121042882", account="1000", name="Savanna")]
    text = writing.render(file)
    back, faults = found(text)
    assert faults == []
    assert money.totals(back.batches[0]) == (12 * 125_050, 12 * 125_050)
    assert len(text.splitlines()) == 20
    assert writing.balanced(back.batches[0], routing="", account="", name="") is back.batches[0]


PPD = writing.render(made([PAY]))
BROKEN = {
    "hash": ("0023138010", "0023138011", {(4, "CONTROL_SUM"), (5, "CONTROL_SUM")}),
    "credit total of the batch": (
        "0000000000000000001250501",
        "0000000000000000001250511",
        {(4, "CONTROL_SUM")},
    ),
    "amount": ("0000125050EMP", "0000125O50EMP", {(3, "NOT_DIGITS")}),
    "check digit": ("622231380104", "622231380105", {(3, "ROUTING_NUMBER")}),
    "no such code": ("622231380104", "620231380104", {(3, "TRANSACTION_CODE")}),
    "debit in a batch of credits": ("622231380104", "627231380104", {(3, "SERVICE_CLASS_MISMATCH")}),
    "prenote with money": ("622231380104", "623231380104", {(3, "AMOUNT_NOT_ZERO")}),
    "no such class": ("PPDPAYROLL", "PPXPAYROLL", {(2, "ENTRY_CLASS")}),
    "class that only takes": ("PPDPAYROLL", "ARCPAYROLL", {(3, "DEBITS_ONLY"), (3, "AMOUNT_TOO_HIGH")}),
    "trace of another bank": ("0121042880000001", "0991042880000001", {(3, "TRACE_ORIGIN")}),
    "format": ("094101", "094102", {(1, "FORMAT")}),
    "destination": ("101 231380104", "101 231380105", {(1, "ROUTING_NUMBER")}),
    "unknown record": ("\n622", "\n422", {(3, "RECORD_UNKNOWN"), (2, "NO_ENTRIES")}),
    "short line": ("0121042880000001", "012104288000000", {(3, "LINE_LENGTH")}),
    "no batch control": ("\n8220", "\n9999", {(4, "BATCH_CONTROL_MISSING")}),
    "control character": ("Amina", "Am\x1ana", {(3, "CONTROL_CHARACTER")}),
    "addenda said but none": ("  0121042880000001", "  1121042880000001", {(3, "ADDENDA_INDICATOR")}),
    "name": ("Amina Otieno", "            ", {(3, "NAME_MISSING")}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found_at_its_line(name: str) -> None:
    before, after, expected = BROKEN[name]
    assert PPD.count(before) >= 1
    if name == "no batch control":
        text = "\n".join(line for line in PPD.splitlines() if line[0] != "8")
    else:
        text = PPD.replace(before, after)
    assert expected & codes(text), codes(text)


def test_faults_name_the_column_and_what_to_write() -> None:
    (fault,) = found(PPD.replace("094101", "094102"))[1]
    assert (fault.line, fault.field, fault.value) == (1, "format_code", "2")
    assert fault.sentence == "Column 40: This is always 1."


@pytest.mark.parametrize("size", [94, 200, 300, 380])
def test_half_a_file_says_what_is_missing(size: int) -> None:
    assert {code for _line, code in codes(PPD[:size])} & {"CONTROL_MISSING", "LINE_LENGTH"}


def test_a_file_without_line_ends_is_the_same_file() -> None:
    assert found(PPD.replace("\n", ""))[1] == []
    assert found(PPD.replace("\n", "\r\n"))[1] == []


@pytest.mark.parametrize("content", ["", "account;amount\n1;2\n", "<Document/>", b"\x00" * 94])
def test_what_is_no_ach_file_is_refused(content: str | bytes) -> None:
    with pytest.raises(errors.FormatError):
        reading.read(content)


@settings(max_examples=40)
@given(st.lists(st.text(alphabet="1567890 ADVIATCTXPD", min_size=94, max_size=94), min_size=1, max_size=8))
def test_no_lines_raise_anything_but_a_coded_refusal(lines: list[str]) -> None:
    found("1" + "\n".join(lines))


def test_real_files_are_written_again_as_they_were() -> None:
    index = vectors.load("ach/give/index.json")
    folder, written = vectors.folder("ach/give/files"), 0
    for row in index["files"]:
        if not row["moov_valid"] or not row["file"].endswith(".ach"):
            continue
        file, faults = found((folder / row["file"]).read_text("latin-1"))
        assert faults == [], row["file"]
        again, faults = found(writing.render(file))
        assert [fault.code for fault in faults] == [], row["file"]
        assert [batch.hash for batch in again.batches] == [batch.hash for batch in file.batches]
        assert again.control.number("credits") == file.control.number("credits"), row["file"]
        written += 1
    assert written > 30


def test_returns_and_changes_say_why() -> None:
    folder = vectors.folder("ach/give/files")
    changed, _faults = found((folder / "iat-addenda98.ach").read_text("latin-1"))
    assert changed.batches[0].entries[0].change_code.startswith("C")
    returned, _faults = found((folder / "iat-addenda99.ach").read_text("latin-1"))
    assert returned.batches[0].entries[0].return_code.startswith("R")
