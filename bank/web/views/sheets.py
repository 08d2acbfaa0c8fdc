"""Lists as CSV and as a workbook. A cell that a spreadsheet would run as a formula is written as text."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any, Final

from django.http import HttpResponse

from bank.statements import rules

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTH: Final = 24


def sheet(filename: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(heads)
    writer.writerows([rules.spreadsheet_text(str(one)) for one in row] for row in rows)
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def workbook(filename: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """One sheet with its heads kept in sight; every cell is text."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.freeze_panes = "A2"
    for number in range(len(heads)):
        page.column_dimensions["ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number]].width = _WIDTH
    page.append([str(head) for head in heads])
    for row in rows:
        page.append([rules.spreadsheet_text(str(one))[:32_767] for one in row])
    file = BytesIO()
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
