"""The statement as a PDF: designed and tagged; above some hundred lines drawn line by line."""

from bank.statements.documents import write_pdf
from bank.statements.formats._format import Format, gettext_noop

FORMAT = Format(
    code="PDF",
    title=gettext_noop("PDF, to keep or to show"),
    content_type="application/pdf",
    extension="pdf",
    write=write_pdf,
    rank=1,
)
