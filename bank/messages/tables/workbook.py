"""XLSX workbooks from strangers: looked through before anything unpacks them, then read as a stream.

A workbook is a ZIP archive of XML. Its sizes are read from the directory and bound what is unpacked
(CWE-409); a document type declaration in any part is refused, so that entities have nothing to stand on
(OWASP ASVS 5.0 1.5.1). The first sheet that is shown is the table.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from bank.messages import errors
from bank.messages.tables.rows import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Row, letter

MARK: Final = b"PK\x03\x04"
_MOST_PARTS: Final = 1_000
_MOST_UNPACKED: Final = 300_000_000
_SMALL_PART: Final = 2_000_000
_HIGHEST_RATIO: Final = 100
_PROLOG: Final = 65_536
_CHUNK: Final = 1_000_000
_EXACT_DIGITS: Final = 10**15
_ROOT = re.compile(rb"<[A-Za-z_]")
_MERGED = re.compile(rb'<(?:[a-z]+:)?mergeCell\s+ref="([A-Z0-9:]{1,20})"')


def of_xlsx(source: bytes) -> Iterator[Row]:
    """The rows of the first sheet shown. Raises ``WorkbookUnreadable``, ``WorkbookUnsafe``,
    ``CellsMerged``, ``DoctypeForbidden``."""
    from openpyxl import load_workbook

    try:
        check(source)
        book = load_workbook(io.BytesIO(source), read_only=True, data_only=False, keep_links=False)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not shown:
            raise errors.WorkbookUnreadable(problem="it has no sheet that is shown")
        _refuse_merged(source, shown[0])
        yield from _rows(shown[0])
    except errors.FormatError:
        raise
    except Exception as error:
        # Of a broken workbook openpyxl raises whatever its parts stumble over.
        raise errors.WorkbookUnreadable(problem=type(error).__name__) from error


def check(source: bytes) -> None:
    """Refuses what would unpack to more than a list of payments is, is locked, or hides entities."""
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
            raise errors.WorkbookUnsafe(problem="it unpacks to more than any list of payments")
        for part in parts:
            _check_part(part)
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                _check_prolog(archive, part)


def _check_part(part: zipfile.ZipInfo) -> None:
    if part.flag_bits & 1:
        raise errors.WorkbookUnsafe(problem="it is locked with a password; save it without")
    if part.file_size > _SMALL_PART and part.file_size > _HIGHEST_RATIO * part.compress_size:
        raise errors.WorkbookUnsafe(problem=f"{part.filename[:60]} is packed too tightly to be honest")


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A DTD can only stand before the root element."""
    with archive.open(part) as stream:
        prolog = stream.read(_PROLOG)
    if b"\x00" in prolog:
        raise errors.WorkbookUnsafe(problem=f"{part.filename[:60]} is not in UTF-8")
    if b"<!DOCTYPE" in prolog or b"<!ENTITY" in prolog:
        raise errors.DoctypeForbidden
    if prolog and not _ROOT.search(prolog):
        raise errors.WorkbookUnsafe(problem=f"{part.filename[:60]} does not begin as XML does")


def _refuse_merged(source: bytes, sheet: Any) -> None:
    """Of merged cells all but one are empty: nobody can say which row the value belongs to."""
    with zipfile.ZipFile(io.BytesIO(source)) as archive, archive.open(sheet._worksheet_path) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            if found := _MERGED.search(tail + chunk):
                raise errors.CellsMerged(cells=found[1].decode(), sheet=sheet.title[:31])
            tail = chunk[-100:]


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # What the file says of its own size is not believed.
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS:
            raise errors.WorkbookUnsafe(problem=f"it has more than {MOST_ROWS:,} rows; split it")
        if len(cells) > MOST_COLUMNS:
            raise errors.WorkbookUnsafe(problem=f"row {number} has more than {MOST_COLUMNS} columns")
        yield _row(number, cells)


def _row(number: int, cells: Any) -> Row:
    texts: list[str] = []
    native: list[int] = []
    problems: dict[int, str] = {}
    for column, cell in enumerate(cells):
        value = cell.value
        if value is None or (isinstance(value, str) and cell.data_type not in "fe"):
            texts.append((value or "").strip()[:LONGEST_CELL])
            continue
        text, problem = _native(value, cell.data_type)
        texts.append(text)
        native.append(column)
        if problem:
            problems[column] = f"Cell {letter(column)}{number} {problem}"
    return Row(number, texts, frozenset(native), problems)


def _native(value: Any, kind: str) -> tuple[str, str]:
    """The text of a value that is not text, and what is wrong with it."""
    if kind == "f":
        return str(getattr(value, "text", value))[:140], "holds a formula. Paste its value in its place."
    if kind == "e":
        return str(value)[:20], f"holds the error {str(value)[:20]}. Mend it."
    if isinstance(value, bool):
        return str(value).upper(), "holds TRUE or FALSE, not a text or a number."
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return day.isoformat(), ""
    if isinstance(value, int | float):
        return _digits(value)
    return str(value)[:140], "holds neither text nor a number nor a date."


def _digits(value: float) -> tuple[str, str]:
    """A number as digits, as exactly as the workbook keeps it."""
    exact = Decimal(repr(value))
    if not exact.is_finite() or abs(exact) >= _EXACT_DIGITS:
        problem = "is a number of more than 15 digits, of which a workbook loses the last. Write it as text."
        return str(value)[:40], problem
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text, ""
