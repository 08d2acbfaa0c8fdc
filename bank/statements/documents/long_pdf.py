"""A statement of thousands of lines as PDF by ReportLab, in the look of the designed one.

Rows are measured, dealt onto pages and drawn, in time and memory that grow gently with their
number. The text comes from the same ``Paper`` and the same catalogue of translations.
"""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import BinaryIO

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from reportlab import rl_config
from reportlab.lib.pagesizes import A4

from bank.kernel.money import Money
from bank.runtime import formats
from bank.statements.documents import letterhead, rows
from bank.statements.documents.rows import Row
from bank.statements.documents.totals import page_total
from bank.statements.documents.typesetting import Sheet
from bank.statements.paper import Paper

rl_config.useA85 = 0
"""Pages stand as plain compressed bytes, not as letters: smaller, and quicker to write."""
_FIRST_ROOM = letterhead.FIRST_TABLE_TOP - letterhead.FOOT
_ROOM = letterhead.TABLE_TOP - letterhead.FOOT


def write(paper: Paper, file: BinaryIO) -> None:
    """Lays ``paper`` out and writes it to ``file``."""
    with translation.override(paper.language):
        pages = list(_pages(list(_rows(paper))))
        sheet = Sheet(file, pagesize=A4, lang=paper.language, pageCompression=1)
        sheet.setTitle(_title(paper))
        sheet.setAuthor(settings.BANK_NAME)
        for number, page in enumerate(pages, 1):
            _draw_page(sheet, paper, page, number, len(pages))
            sheet.showPage()
        sheet.save()


def _title(paper: Paper) -> str:
    period = {"from": formats.day(paper.from_date), "to": formats.day(paper.to_date)}
    number = formats.account_number(paper.account_number)
    return _("Statement of account %(number)s, %(from)s to %(to)s") % {"number": number, **period}


def _rows(paper: Paper) -> Iterator[Row]:
    yield rows.balance(_("Opening balance on %(day)s") % _day(paper.from_date), paper.opening, closing=False)
    for day, lines in groupby(paper.lines, key=lambda line: line.booking_date):
        yield rows.day(formats.long_day(day))
        yield from (rows.line(line) for line in lines)
    yield rows.balance(_("Closing balance on %(day)s") % _day(paper.to_date), paper.closing, closing=True)
    yield rows.proof(_proof_words(paper), paper.check_url)


def _proof_words(paper: Paper) -> tuple[str, str]:
    said = {"code": paper.reference, "bank": paper.bank_name}
    words = _(
        "Scan the code, or enter %(code)s at the address below. There you also see whether the file was "
        "altered. The file bears the electronic signature of %(bank)s."
    )
    return _("Is this document genuine?"), words % said


def _day(day: date) -> dict[str, str]:
    return {"day": formats.day(day)}


def _pages(all_rows: list[Row]) -> Iterator[list[Row]]:
    """Deals rows onto pages; a day's heading stays with its first line, the closing balance with the last."""
    page: list[Row] = []
    room = _FIRST_ROOM
    for block in _blocks(all_rows):
        height = sum(row.height for row in block)
        if page and height > room:
            yield page
            page, room = [], _ROOM
        page.extend(block)
        room -= height
    yield page


def _blocks(all_rows: list[Row]) -> Iterator[list[Row]]:
    """Rows that may not be parted, together."""
    block: list[Row] = []
    for row, following in zip(all_rows, [*all_rows[1:], None], strict=True):
        block.append(row)
        if not row.keeps_with_next and not (following and following.keeps_with_previous):
            yield block
            block = []


def _draw_page(sheet: Sheet, paper: Paper, page: list[Row], number: int, pages: int) -> None:
    if number == 1:
        top = letterhead.draw_first(sheet, paper)
    else:
        top = letterhead.draw_following(sheet, paper, _forward(page))
    total = page_total((row.amount for row in page if row.amount is not None), paper.currency)
    letterhead.draw_foot(sheet, paper, total, number, pages)
    for row in page:
        row.draw(sheet, top)
        top -= row.height


def _forward(page: list[Row]) -> Money | None:
    """The balance before the page's first line."""
    return next((row.balance_before for row in page if row.balance_before is not None), None)
