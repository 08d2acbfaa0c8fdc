"""Tables of payments from strangers: read as declared or refused with row and column, never guessed at."""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from typing import NoReturn

import pytest
from openpyxl import Workbook

from bank.messages import errors
from bank.messages.tables import mapping as mappings
from bank.messages.tables import rows, workbook
from bank.messages.tables.mapping import Mapping
from bank.messages.tables.payments import Table, heading_of
from bank.messages.tables.values import AmountStyle, DayStyle
from bank.payments import line_checks

TODAY = date(2026, 11, 27)
COLUMNS = {"creditor_name": 0, "creditor_account": 1, "amount": 2}


def table(content: bytes, **asked: object) -> Table:
    made = Mapping(**({"columns": COLUMNS, "currency": "KES"} | asked))
    kind = workbook.of_xlsx if content.startswith(workbook.MARK) else rows.of_csv
    name = "xlsx" if content.startswith(workbook.MARK) else "csv"
    return Table(kind(content), made, message=name, message_id="M", today=TODAY)


def faults(content: bytes, **asked: object) -> dict[int, list[tuple[str, str]]]:
    found = table(content, **asked)
    list(found.transfers())
    return {line: [(one.code, one.field) for one in made] for line, made in found.line_faults.items()}


def xlsx(*lines: Iterable[object], merge: str = "") -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(list(line))
    if merge:
        book.active.merge_cells(merge)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_any_encoding_delimiter_and_line_end(encoding: str, sign: str) -> None:
    text = f"Name{sign}Account{sign}Amount\r\nZoë{sign}001{sign}5.00\n{sign}{sign}\rBo{sign}002{sign}6.00"
    found = list(table(text.encode(encoding)).transfers())
    assert [(one.line, one.creditor.name, str(one.amount)) for one in found] == [
        (2, "Zoë", "5.00"),
        (4, "Bo", "6.00"),
    ]


@pytest.mark.parametrize(
    ("text", "plain", "point", "comma"),
    [
        ("1250.50", "1250.50", "1250.50", None),
        ("1,250.00", None, "1250.00", None),
        ("1.000,00", None, None, "1000.00"),
        ("12,50.00", None, None, None),
        ("1e9", None, None, None),
        ("١٢", None, None, None),
        ("１２.00", None, None, None),
        ("KES 5", None, None, None),
        ("", None, None, None),
        ("-5.00", "-5.00", "-5.00", None),
        ("0x1F", None, None, None),
        ("1 000.00", None, None, None),
        ("NaN", None, None, None),
        ("5.", None, None, None),
    ],
)
def test_amounts_are_read_as_declared_or_refused(
    text: str, plain: str | None, point: str | None, comma: str | None
) -> None:
    content = f'Name,Account,Amount\nA,1,"{text}"\n'.encode()
    for style, wanted in zip(AmountStyle, (plain, point, comma), strict=True):
        made = table(content, amounts=style)
        (found,) = made.transfers()
        assert (str(found.amount) if found.amount is not None else None) == wanted
        assert bool(made.line_faults) == (wanted is None)


def test_every_fault_has_its_row_and_column() -> None:
    content = (
        "Name,Account,Amount\n=HYPERLINK(1),1,5\nB,2\nC,3,1,250.00\n"
        f"{'x' * 141},4,1e3\n,+254700,7\nD\x07,6,5\n-SUM(A1),7,1\n"
    ).encode()
    assert faults(content) == {
        2: [("FORMULA", "A (Name)")],
        3: [("ROW_INCOMPLETE", ""), ("AMOUNT_INVALID", "C (Amount)")],
        4: [("ROW_TOO_LONG", "")],
        5: [("FIELD_TOO_LONG", "A (Name)"), ("AMOUNT_INVALID", "C (Amount)")],
        6: [("CREDITOR_NAME_MISSING", "A (Name)")],
        7: [("FIELD_UNREADABLE", "A (Name)")],
        8: [("FORMULA", "A (Name)")],
    }


def test_days_are_read_as_declared() -> None:
    content = b"Name,Account,Amount,Day\nA,1,5,02/03/2026\nB,2,5,2026-02-03\nC,3,5,31/02/2026\n"
    columns = COLUMNS | {"requested_date": 3}
    days = {
        style: [
            one.information.requested_date for one in table(content, columns=columns, days=style).transfers()
        ]
        for style in DayStyle
    }
    assert days == {
        DayStyle.ISO: [None, date(2026, 2, 3), None],
        DayStyle.DMY: [date(2026, 3, 2), None, None],
        DayStyle.MDY: [date(2026, 2, 3), None, None],
    }
    assert next(iter(table(content).transfers())).information.requested_date == TODAY


def test_the_heading_is_understood_in_english_and_swahili() -> None:
    for heading in (
        "Employee Name;Acct. No;Net_Pay;CCY",
        "Jina la mfanyakazi;Nambari ya akaunti;Mshahara;Sarafu",
    ):
        guessed = mappings.guess(heading_of(rows.of_csv(heading.encode())))
        assert guessed == COLUMNS | {"currency": 3}
    with pytest.raises(errors.ColumnsMissing, match="creditor_account, amount"):
        table(b"Name,X\nA,1\n", columns={"creditor_name": 0})


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'Name,Account,Amount\nA,1,"5.00\nB,2,6', errors.TextBroken),
        (b"Name,Account,Amount\nA,1,5\x00", errors.EncodingBroken),
        (b"\n \n", errors.ContentEmpty),
        (b"Name,Account,Amount\n" + b"x" * 20_000 + b",1,2\n", errors.TextBroken),
        (b"," * 300, errors.TextBroken),
        (workbook.MARK + b"half of it", errors.WorkbookUnreadable),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, error: type[errors.FormatError]) -> None:
    with pytest.raises(error):
        list(table(content).transfers())


def test_a_workbook_gives_exact_amounts_days_and_texts() -> None:
    content = xlsx(
        ("Name", "Account", "Amount", "Day"),
        ("A", "0012", 1250.1, date(2026, 11, 27)),
        ("B", 12345, 7, datetime(2026, 11, 27, 9, 30)),
        (None, None, None, None),
        ("C", "0013", 0.005, "27/11/2026"),
    )
    made = table(
        content, columns=COLUMNS | {"requested_date": 3}, amounts=AmountStyle.COMMA, days=DayStyle.DMY
    )
    found = [
        (one.line, one.creditor_account.number, str(one.amount), one.information.requested_date)
        for one in made.transfers()
    ]
    assert found == [
        (2, "0012", "1250.1", TODAY),
        (3, "12345", "7", TODAY),
        (5, "0013", "0.005", TODAY),
    ]
    assert made.line_faults == {}


def test_what_a_workbook_cannot_mean_is_a_fault() -> None:
    content = xlsx(
        ("Name", "Account", "Amount"),
        ("A", "1", "=1+1"),
        ("B", 1234567890123456, 5),
        ("C", "1", True),
        ("D", "1", "#N/A"),
        ("E", "1", "1e9"),
    )
    found = {line: [code for code, _place in made] for line, made in faults(content).items()}
    assert found == {
        2: ["CELL_UNUSABLE", "AMOUNT_INVALID"],
        3: ["CELL_UNUSABLE"],
        4: ["CELL_UNUSABLE", "AMOUNT_INVALID"],
        5: ["CELL_UNUSABLE", "AMOUNT_INVALID"],
        6: ["AMOUNT_INVALID"],
    }
    with pytest.raises(errors.CellsMerged, match="A2:B2"):
        list(table(xlsx(("Name", "Account", "Amount"), ("A", "1", 5), merge="A2:B2")).transfers())


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, text if part.filename == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, text)
    return kept.getvalue()


def test_bombs_and_entities_are_refused_before_anything_is_unpacked() -> None:
    good = xlsx(("Name", "Account", "Amount"), ("A", "1", 5))
    bomb = with_part(good, "xl/media/x.bin", b"0" * 30_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(errors.WorkbookUnsafe, match="packed too tightly"):
        list(table(bomb).transfers())
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    with pytest.raises(errors.DoctypeForbidden):
        list(table(with_part(good, "xl/worksheets/sheet1.xml", entity)).transfers())
    hidden = "<!DOCTYPE a><a/>".encode("utf-16")
    with pytest.raises(errors.WorkbookUnsafe, match="UTF-8"):
        list(table(with_part(good, "xl/sharedStrings.xml", hidden)).transfers())
    with pytest.raises(errors.WorkbookUnreadable):
        list(table(with_part(good, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>")).transfers())


class NoWay:
    """Lines without a known debtor are not routed."""

    def of(self, *_asked: object) -> NoReturn:
        raise AssertionError


@pytest.mark.parametrize(
    ("bank", "account", "currency", "told"),
    [
        ("HDFC1000001", "1", "KES", ("IFSC_INVALID", "C (Bank)")),
        ("HDFCO000001", "1", "KES", ("IFSC_INVALID", "C (Bank)")),
        ("hdfc000000", "1", "KES", ("IFSC_INVALID", "C (Bank)")),
        ("HDFCZZNKING", "1", "INR", ("IFSC_INVALID", "C (Bank)")),
        ("HDFCZZNKING", "1", "KES", ("BIC_INVALID", "C (Bank)")),
        ("KILIZZTZ", "1", "KES", ("BIC_INVALID", "C (Bank)")),
        ("zuri@upi", "1", "INR", ("VPA_INVALID", "C (Bank)")),
        ("HDFC0000001", "zuri@@upi", "INR", ("VPA_INVALID", "B (Account)")),
        ("", "zuri@upi", "INR", ("VPA_UNKNOWN", "B (Account)")),
        ("HDFC0000001", "zuri@upi", "INR", None),
        ("HDFCINBBXXX", "1", "INR", None),
    ],
)
def test_a_wrong_bank_is_told_as_what_it_was_meant_to_be(
    bank: str, account: str, currency: str, told: tuple[str, str] | None
) -> None:
    """The same of a CSV and of a workbook."""
    columns = {"creditor_name": 0, "creditor_account": 1, "creditor_agent": 2, "amount": 3}
    rows_of = (("Name", "Account", "Bank", "Amount"), ("Zuri", account, bank, "5.00"))
    for content in ("\n".join(",".join(row) for row in rows_of).encode(), xlsx(*rows_of)):
        made = table(content, columns=columns, currency=currency)
        (transfer,) = made.transfers()
        context = line_checks.FileContext("UMOJKENA", TODAY, TODAY, NoWay())
        line = line_checks.placed(line_checks.checked(transfer, None, None, context), made.places)
        found = [one for one in line.faults if one.field in {"B (Account)", "C (Bank)"}]
        assert [(one.code, one.field) for one in found] == ([told] if told else [])
        assert all(one.code.split("_")[0] in one.sentence for one in found)
