"""A statement's paper becomes a file: CSV, a designed PDF, or above a thousand lines a long PDF.

All three take the same ``Paper``, so they always say the same.
"""

from collections.abc import Callable
from typing import BinaryIO

from bank.statements.documents import csv_document, designed_pdf, long_pdf
from bank.statements.paper import Paper
from bank.statements.rules import Format

Writer = Callable[[Paper, BinaryIO], None]

MOST_DESIGNED_LINES = 1_000
"""WeasyPrint takes 4 ms and 100 kB a line; above this ReportLab lays out the same rows."""


def write(paper: Paper, format: Format, file: BinaryIO) -> None:
    """Writes ``paper`` to ``file``. Raises ``PdfUnavailable`` where a PDF is asked for and cannot be made."""
    _writer(paper, format)(paper, file)


def _writer(paper: Paper, format: Format) -> Writer:
    if format == Format.CSV:
        return csv_document.write
    return designed_pdf.write if len(paper.lines) <= MOST_DESIGNED_LINES else long_pdf.write
