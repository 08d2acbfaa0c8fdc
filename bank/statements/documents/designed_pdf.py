"""The statement as a designed, tagged PDF (PDF/UA-1, ISO 14289-1) by WeasyPrint from ``templates/pdf/``.

Where a statement has several pages it is laid out twice: only then is it known which lines stand on
which page, and what they come to.

Nothing outside is ever fetched: the only addresses the layout engine can reach are the bank's
own typefaces, by name. Text of customers is escaped by the template.
"""

import logging
from itertools import groupby
from typing import Any, BinaryIO

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from bank.statements.documents import typefaces
from bank.statements.documents.totals import page_total
from bank.statements.errors import PdfUnavailable
from bank.statements.paper import Paper

_SCHEME = "typeface:"
_VARIANT = "pdf/ua-1"


def write(paper: Paper, file: BinaryIO) -> None:
    """Lays ``paper`` out and writes it. Raises ``PdfUnavailable`` without WeasyPrint and its libraries."""
    with translation.override(paper.language):
        document = _render("pdf/statement.html", _context(paper, []))
        if len(document.pages) > 1:
            document = _render("pdf/statement.html", _context(paper, _totals(paper, document)))
        document.write_pdf(file, pdf_variant=_VARIANT)


def lay_out(template: str, context: dict[str, Any], file: BinaryIO) -> None:
    """Writes any document of the bank in the statement's look. Raises ``PdfUnavailable``."""
    _render(template, context).write_pdf(file, pdf_variant=_VARIANT)


def qr_code(address: str) -> SafeString:
    """A QR code (ISO/IEC 18004) as a drawing to stand in the page."""
    drawn = segno.make(address, error="m", micro=False)
    return SafeString(
        drawn.svg_inline(border=0, dark="#14201C", omitsize=True, svgclass="qr", lineclass=None)
    )


def _context(paper: Paper, totals: list[str]) -> dict[str, Any]:
    """``totals`` names for each line what its page comes to; empty while the pages are not known."""
    named = [(f"L{n}", line, totals[n] if totals else "") for n, line in enumerate(paper.lines)]
    days = [(day, list(lines)) for day, lines in groupby(named, key=lambda one: one[1].booking_date)]
    return {"paper": paper, "days": days, "qr": qr_code(paper.check_url)}


def _totals(paper: Paper, document: Any) -> list[str]:
    """For each line the words for what its page comes to, now that its page is known."""
    said: list[str] = []
    for page in document.pages:
        numbers = [int(name[1:]) for name in page.anchors if name.startswith("L")]
        amounts = [paper.lines[number].amount for number in numbers]
        said += [page_total(amounts, paper.currency)] * len(numbers)
    return said


def _render(template: str, context: dict[str, Any]) -> Any:
    engine = _engine()
    fetcher, fonts = _closed_fetcher(engine), engine.text.fonts.FontConfiguration()
    bank = {"bank_name": settings.BANK_NAME, "bank_bic": settings.BANK_BIC}
    html = engine.HTML(string=render_to_string(template, {**context, **bank}), url_fetcher=fetcher)
    style = engine.CSS(string=render_to_string("pdf/statement.css"), url_fetcher=fetcher, font_config=fonts)
    return html.render(stylesheets=[style], font_config=fonts, pdf_variant=_VARIANT)


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
