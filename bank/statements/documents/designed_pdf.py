"""The statement as a designed, tagged PDF (PDF/UA-1, ISO 14289-1) by WeasyPrint from ``templates/pdf/``.

Nothing outside is ever fetched: the only addresses the layout engine can reach are the bank's
own typefaces, by name. Text of customers is escaped by the template.
"""

import logging
from itertools import groupby
from typing import Any, BinaryIO

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from bank.statements.documents import typefaces
from bank.statements.errors import PdfUnavailable
from bank.statements.paper import Paper

_SCHEME = "typeface:"


def write(paper: Paper, file: BinaryIO) -> None:
    """Lays ``paper`` out and writes it. Raises ``PdfUnavailable`` without WeasyPrint and its libraries."""
    engine = _engine()
    fetcher, fonts = _closed_fetcher(engine), engine.text.fonts.FontConfiguration()
    html = engine.HTML(string=markup(paper), url_fetcher=fetcher)
    style = engine.CSS(string=render_to_string("pdf/statement.css"), url_fetcher=fetcher, font_config=fonts)
    html.write_pdf(file, stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")


def markup(paper: Paper) -> str:
    """The HTML of the statement, in the language it was asked for in."""
    days = [(day, list(lines)) for day, lines in groupby(paper.lines, key=lambda line: line.booking_date)]
    context = {"paper": paper, "days": days, "bank_name": settings.BANK_NAME, "bank_bic": settings.BANK_BIC}
    with translation.override(paper.language):
        return render_to_string("pdf/statement.html", context)


def _engine() -> Any:
    """WeasyPrint, imported when first needed: it loads Pango, which a machine may not have.

    Its warnings quote the text of statements, so only its errors reach the log.
    """
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise PdfUnavailable from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    return weasyprint


def _closed_fetcher(engine: Any) -> Any:
    """A fetcher for ``typeface:<name>`` of the bank's own cuts, and for nothing else."""

    class ClosedFetcher(engine.urls.URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            cut = typefaces.CUTS.get(url.removeprefix(_SCHEME).replace("-", " "))
            if not url.startswith(_SCHEME) or cut is None:
                raise ValueError("a statement fetches nothing but the bank's typefaces")
            body = typefaces.file_of(cut).read_bytes()
            return engine.urls.URLFetcherResponse(url, body, {"Content-Type": "font/ttf"})

    return ClosedFetcher(allow_redirects=False)
