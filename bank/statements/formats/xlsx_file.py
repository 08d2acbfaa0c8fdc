"""The statement as an Excel workbook (ISO/IEC 29500), written row by row.

Amounts are numbers with the currency's decimals, days are days, and text is text: no cell is
ever a formula, not even after the sheet is saved as CSV.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

from bank.kernel import currencies
from bank.statements.formats._format import Format, gettext_noop
from bank.statements.paper import Line, Paper
from bank.statements.rules import spreadsheet_text

_WIDTHS = (18, 12, 12, 44, 30, 18, 20, 16, 16)
HEADS = (
    "kind", "booking_date", "value_date", "description", "counterparty", "counterparty_account",
    "reference", "amount", "balance",
)  # fmt: skip
_ABOUT_ROWS = 9
_DAY = "yyyy-mm-dd"


def write(paper: Paper, file: BinaryIO) -> None:
    """Streams the rows through openpyxl's write-only mode; memory does not grow with them."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = paper.bank_name, paper.reference
    sheet = book.create_sheet("Statement")
    for number, width in enumerate(_WIDTHS):
        sheet.column_dimensions["ABCDEFGHI"[number]].width = width
    sheet.freeze_panes = f"A{_ABOUT_ROWS + 2}"
    for row in _rows(sheet, paper):
        sheet.append(row)
    book.save(file)


def _rows(sheet: Any, paper: Paper) -> Iterator[list[Any]]:
    yield from _about(sheet, paper)
    yield [_text(sheet, head, bold=True) for head in HEADS]
    money = _money_format(paper.currency)
    yield _balance(sheet, money, "OPENING_BALANCE", paper.from_date, paper.opening.amount)
    yield from (_entry(sheet, money, line) for line in paper.lines)
    yield _balance(sheet, money, "CLOSING_BALANCE", paper.to_date, paper.closing.amount)


def _about(sheet: Any, paper: Paper) -> Iterator[list[Any]]:
    facts = (
        ("bank", f"{paper.bank_name} ({paper.bank_bic})"),
        ("holder", paper.holder),
        ("account", paper.account_number),
        ("currency", paper.currency),
        ("from", str(paper.from_date)),
        ("to", str(paper.to_date)),
        ("statement", paper.reference),
        ("check", paper.check_url),
    )
    for label, fact in facts:
        yield [_text(sheet, label, bold=True), _text(sheet, fact)]
    yield []


def _balance(sheet: Any, money: str, kind: str, day: date, amount: Decimal) -> list[Any]:
    blank = [None] * 6
    return [_text(sheet, kind, bold=True), _cell(sheet, day, _DAY), *blank, _cell(sheet, amount, money)]


def _entry(sheet: Any, money: str, line: Line) -> list[Any]:
    texts = (line.description, line.counterparty, line.counterparty_number, line.reference)
    return [
        "ENTRY",
        _cell(sheet, line.booking_date, _DAY),
        _cell(sheet, line.value_date, _DAY),
        *(_text(sheet, text) for text in texts),
        _cell(sheet, line.amount.amount, money),
        _cell(sheet, line.balance_after.amount, money),
    ]


def _money_format(currency: str) -> str:
    decimals = currencies.exponent(currency)
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _cell(sheet: Any, value: date | Decimal, number_format: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell


def _text(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """Text, whatever it begins with; plain text goes without a cell of its own, which is faster."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    safe = spreadsheet_text(text)[:32_767]
    if not bold:
        return safe
    cell = WriteOnlyCell(sheet, safe)
    cell.font = Font(bold=True)
    return cell


FORMAT = Format(
    code="XLSX",
    title=gettext_noop("Excel workbook"),
    content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    extension="xlsx",
    write=write,
    rank=3,
)
