"""What stands around the table of a long statement: letterhead, account, sums, running head and foot."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from bank.kernel.money import Money
from bank.runtime import formats
from bank.statements.documents import typefaces
from bank.statements.documents.rows import AMOUNT, LEFT, RIGHT, VALUE, rule
from bank.statements.documents.typesetting import (
    BRASS,
    CREDIT,
    GREEN,
    HAIRLINE,
    QUIET,
    SUNK,
    Sheet,
    Style,
    draw,
    text,
    wrapped,
)
from bank.statements.paper import Paper

_HEIGHT = A4[1]
_HEADS = 5.2 * mm
FIRST_TABLE_TOP = _HEIGHT - 115 * mm - _HEADS
TABLE_TOP = _HEIGHT - 27 * mm - _HEADS
FOOT = 24 * mm
_SMALL = Style(typefaces.SANS, 7.5, QUIET)
_FACT = Style(typefaces.SANS, 8)
_FACT_STRONG = Style(typefaces.SANS_BOLD, 8)
_FACT_LABEL = Style(typefaces.SANS, 8, QUIET)
_PLAIN = Style(typefaces.SANS, 8.75, QUIET)
_HOLDER = Style(typefaces.SANS_BOLD, 10.5)
_HEADING = Style(typefaces.SERIF, 21)
_PERIOD = Style(typefaces.SANS, 10, QUIET)
_WORDMARK = Style(typefaces.SERIF_MEDIUM, 17)
_RUNNING = Style(typefaces.SERIF_MEDIUM, 10.5)
_HEAD = Style(typefaces.SANS_MEDIUM, 7.5, QUIET)
_SUM = Style(typefaces.SANS, 10.5)
_CLOSING = Style(typefaces.SERIF, 15)
_CURRENCY = Style(typefaces.SERIF, 9, QUIET)


def draw_first(sheet: Sheet, paper: Paper) -> float:
    """The first page down to the table's head; returns where its rows begin."""
    _draw_wordmark(sheet)
    _draw_holder(sheet, paper)
    _draw_facts(sheet, paper)
    draw(sheet, LEFT, _HEIGHT - 79 * mm, text(_("Statement of account"), _HEADING))
    draw(sheet, LEFT, _HEIGHT - 84.5 * mm, text(_period(paper), _PERIOD))
    _draw_sums(sheet, paper)
    _draw_heads(sheet, paper, FIRST_TABLE_TOP)
    return FIRST_TABLE_TOP


def draw_following(sheet: Sheet, paper: Paper, forward: Money | None) -> float:
    """The running head with the balance brought forward; returns where the rows begin."""
    y = _HEIGHT - 22 * mm
    draw(sheet, LEFT, y, text(settings.BANK_NAME, _RUNNING))
    draw(sheet, RIGHT, y + 10.5, text(paper.holder[:60], _SMALL), right=True)
    if forward is not None:
        label = _("Brought forward %(currency)s") % {"currency": paper.currency}
        draw(sheet, RIGHT, y, text(f"{label} {formats.amount(forward)}", _SMALL), right=True)
    _draw_heads(sheet, paper, TABLE_TOP)
    return TABLE_TOP


def draw_foot(sheet: Sheet, paper: Paper, total: str, number: int, pages: int) -> None:
    """Account and period on the left, what the page comes to and page x of y on the right."""
    y = 15 * mm
    account = text(formats.account_number(paper.account_number), Style(typefaces.SANS, 7.5))
    draw(sheet, LEFT, y, account)
    draw(sheet, LEFT + account.width, y, text(f" · {_period(paper)}", _SMALL))
    draw(sheet, RIGHT - 20 * mm, y, text(total, _SMALL), right=True)
    draw(sheet, RIGHT, y, text(f"{number} / {pages}", _HEAD), right=True)


def _period(paper: Paper) -> str:
    return f"{formats.day(paper.from_date)} – {formats.day(paper.to_date)}"


def _draw_wordmark(sheet: Sheet) -> None:
    baseline = _HEIGHT - 24.2 * mm
    _draw_mark(sheet, LEFT, _HEIGHT - 26.5 * mm, 8.5 * mm / 32)
    draw(sheet, LEFT + 11 * mm, baseline, text(settings.BANK_NAME, _WORDMARK))
    draw(sheet, RIGHT, baseline, text(f"BIC {settings.BANK_BIC}", _SMALL), right=True)
    rule(sheet, _HEIGHT - 30.5 * mm, strong=True)


def _draw_mark(sheet: Sheet, x: float, y: float, scale: float) -> None:
    """Two nested bowls around one stroke, on a field of 32 by 32."""
    sheet.saveState()
    sheet.translate(x, y)
    sheet.scale(scale, scale)
    sheet.setLineWidth(2.5)
    sheet.setLineCap(1)
    sheet.setStrokeColor(GREEN)
    for radius in (12, 6):
        bowl = sheet.beginPath()
        bowl.moveTo(16 - radius, 28)
        bowl.lineTo(16 - radius, 16)
        bowl.arcTo(16 - radius, 16 - radius, 16 + radius, 16 + radius, 180, 180)
        bowl.lineTo(16 + radius, 28)
        sheet.drawPath(bowl)
    sheet.setStrokeColor(BRASS)
    sheet.line(16, 28, 16, 16)
    sheet.restoreState()


def _draw_holder(sheet: Sheet, paper: Paper) -> None:
    y = _HEIGHT - 41.5 * mm
    for line in wrapped(paper.holder, _HOLDER, 86 * mm)[:4]:
        draw(sheet, LEFT, y, line)
        y -= 13.65
    draw(sheet, LEFT, y - 1.5 * mm, text(f"{_('Customer')} {paper.cif}", _PLAIN))


def _draw_facts(sheet: Sheet, paper: Paper) -> None:
    facts = (
        (_("Account"), formats.account_number(paper.account_number), _FACT_STRONG),
        (_("Kind"), paper.account_name, _FACT),
        (_("Currency"), paper.currency, _FACT),
        (_("Made on"), formats.moment(paper.made_at), _FACT),
        (_("Statement"), paper.reference, _FACT_STRONG),
    )
    left, y = RIGHT - 74 * mm, _HEIGHT - 41.3 * mm
    sheet.setStrokeColor(HAIRLINE)
    sheet.setLineWidth(0.5)
    for label, content, style in facts:
        draw(sheet, left, y, text(label, _FACT_LABEL))
        draw(sheet, RIGHT, y, text(content, style), right=True)
        sheet.line(left, y - 2 * mm, RIGHT, y - 2 * mm)
        y -= 5.9 * mm


def _draw_sums(sheet: Sheet, paper: Paper) -> None:
    top, height = _HEIGHT - 90 * mm, 16 * mm
    width = (RIGHT - LEFT) / 4.55
    sheet.setFillColor(SUNK)
    sheet.roundRect(LEFT, top - height, RIGHT - LEFT, height, 2.2 * mm, stroke=0, fill=1)
    for n, (label, figure, style) in enumerate(_sums(paper)):
        x = LEFT + n * width
        draw(sheet, x + 4 * mm, top - 6.3 * mm, text(label, _SMALL))
        draw(sheet, x + 4 * mm, top - 11.9 * mm, text(figure, style))
        sheet.setStrokeColor(HAIRLINE)
        sheet.line(x + width, top, x + width, top - height)
    _draw_closing(sheet, paper, top)


def _sums(paper: Paper) -> tuple[tuple[str, str, Style], ...]:
    credits = ngettext("%(n)s credit", "%(n)s credits", len(paper.credits)) % {"n": len(paper.credits)}
    debits = ngettext("%(n)s debit", "%(n)s debits", len(paper.debits)) % {"n": len(paper.debits)}
    return (
        (_("Opening balance"), formats.amount(paper.opening), _SUM),
        (credits, formats.amount(paper.money_in, signed=True), Style(typefaces.SANS, 10.5, CREDIT)),
        (debits, formats.amount(paper.money_out, signed=True), _SUM),
    )


def _draw_closing(sheet: Sheet, paper: Paper, top: float) -> None:
    right = RIGHT - 4 * mm
    figure = text(formats.amount(paper.closing), _CLOSING)
    draw(sheet, right, top - 6.3 * mm, text(_("Closing balance"), _SMALL), right=True)
    draw(sheet, right, top - 12.4 * mm, figure, right=True)
    draw(sheet, right - figure.width - 3, top - 12.4 * mm, text(paper.currency, _CURRENCY), right=True)


def _draw_heads(sheet: Sheet, paper: Paper, bottom: float) -> None:
    y, currency = bottom + 1.9 * mm, {"currency": paper.currency}
    draw(sheet, LEFT, y, text(_("Details"), _HEAD))
    draw(sheet, VALUE, y, text(_("Value date"), _HEAD))
    draw(sheet, AMOUNT, y, text(_("Amount %(currency)s") % currency, _HEAD), right=True)
    draw(sheet, RIGHT, y, text(_("Balance %(currency)s") % currency, _HEAD), right=True)
    rule(sheet, bottom, strong=True)
