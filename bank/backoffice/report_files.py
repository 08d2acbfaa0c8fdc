"""Financial statements as files: an Excel workbook with figures to reckon with, a PDF to sign and file."""

import io
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bank.bookkeeping.reports import Report, Row
from bank.kernel import clock, currencies
from bank.statements.documents import designed_pdf
from bank.statements.rules import spreadsheet_text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDTHS = (16, 48, 20, 20, 20, 20)


def xlsx(reports: Sequence[Report], lead: str) -> bytes:
    """A sheet for each currency: amounts are numbers with their decimals, text is never a formula."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = str(settings.BANK_NAME)
    for report in reports:
        sheet = book.create_sheet(report.currency)
        for letter, width in zip("ABCDEF", _WIDTHS, strict=True):
            sheet.column_dimensions[letter].width = width
        for row in _rows(sheet, report, lead):
            sheet.append(row)
    if not reports:
        book.create_sheet(_("Nothing")).append([lead])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _rows(sheet: Any, report: Report, lead: str) -> Iterator[list[Any]]:
    yield [_cell(sheet, str(settings.BANK_NAME), bold=True)]
    yield [_cell(sheet, f"{report.title}, {report.currency}", bold=True)]
    yield [_cell(sheet, lead)]
    yield []
    yield [_cell(sheet, text, bold=True) for text in (_("Account"), _("Name"), *report.columns)]
    for section in report.sections:
        yield [_cell(sheet, section.title, bold=True)]
        yield from (_row(sheet, row) for row in section.rows)
        yield _row(sheet, section.total, bold=True)
    yield from (_row(sheet, row, bold=True) for row in report.closing)


def _row(sheet: Any, row: Row, *, bold: bool = False) -> list[Any]:
    words = [_cell(sheet, row.account), _cell(sheet, row.label, bold=bold)]
    return [*words, *(_figure(sheet, one.amount, one.currency, bold=bold) for one in row.amounts)]


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, value=spreadsheet_text(text) or None)
    if bold:
        cell.font = Font(bold=True)
    return cell


def _figure(sheet: Any, value: Any, currency: str, *, bold: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(sheet, value=value)
    places = currencies.exponent(currency)
    cell.number_format = f"#,##0{'.' if places else ''}{'0' * places}"
    if bold:
        cell.font = Font(bold=True)
    return cell


def pdf(reports: Sequence[Report], title: str, lead: str, on: date) -> bytes:
    """The same tables in the look of the bank's statements, a page or more for each currency.

    Raises ``PdfUnavailable`` where the machine lacks the layout engine's libraries.
    """
    file = io.BytesIO()
    context = {"reports": reports, "title": title, "lead": lead, "on": on, "made_at": clock.now()}
    designed_pdf.lay_out("pdf/report.html", context, file)
    return file.getvalue()
