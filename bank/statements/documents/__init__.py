"""A statement's paper becomes a PDF: a designed one, or above some hundred lines one drawn line by line.

Both take the same ``Paper``, so they always say the same.
"""

from typing import BinaryIO

from bank.statements.documents import designed_pdf, long_pdf
from bank.statements.paper import Paper

MOST_DESIGNED_LINES = 500
"""WeasyPrint takes 4 ms and 100 kB a line, twice over for the totals of each page; above this ReportLab
draws the same rows."""


def write_pdf(paper: Paper, file: BinaryIO) -> None:
    """Writes ``paper`` to ``file``. Raises ``PdfUnavailable`` where PDFs cannot be made."""
    engine = designed_pdf if len(paper.lines) <= MOST_DESIGNED_LINES else long_pdf
    engine.write(paper, file)
