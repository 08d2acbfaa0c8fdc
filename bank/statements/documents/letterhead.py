"""What stands around the table of a long statement: letterhead, account, sums, running head and foot."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

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


def draw_first(canvas: Canvas, paper: Paper) -> float:
    """The first page down to the table's head; returns where its rows begin."""
    _draw_wordmark(canvas)
    _draw_holder(canvas, paper)
    _draw_facts(canvas, paper)
    draw(canvas, LEFT, _HEIGHT - 79 * mm, text(_("Statement of account"), _HEADING))
    draw(canvas, LEFT, _HEIGHT - 84.5 * mm, text(_period(paper), _PERIOD))
    _draw_sums(canvas, paper)
    _draw_heads(canvas, paper, FIRST_TABLE_TOP)
    return FIRST_TABLE_TOP


def draw_following(canvas: Canvas, paper: Paper, forward: Money | None) -> float:
    """The running head with the balance brought forward; returns where the rows begin."""
    y = _HEIGHT - 22 * mm
    draw(canvas, LEFT, y, text(settings.BANK_NAME, _RUNNING))
    draw(canvas, RIGHT, y + 10.5, text(paper.holder[:60], _SMALL), right=True)
    if forward is not None:
        label = _("Brought forward %(currency)s") % {"currency": paper.currency}
        draw(canvas, RIGHT, y, text(f"{label} {formats.amount(forward)}", _SMALL), right=True)
    _draw_heads(canvas, paper, TABLE_TOP)
    return TABLE_TOP


def draw_foot(canvas: Canvas, paper: Paper, total: str, number: int, pages: int) -> None:
    """Account and period on the left, what the page comes to and page x of y on the right."""
    y = 15 * mm
    account = text(formats.account_number(paper.account_number), Style(typefaces.SANS, 7.5))
    draw(canvas, LEFT, y, account)
    draw(canvas, LEFT + account.width, y, text(f" · {_period(paper)}", _SMALL))
    draw(canvas, RIGHT - 20 * mm, y, text(total, _SMALL), right=True)
    draw(canvas, RIGHT, y, text(f"{number} / {pages}", _HEAD), right=True)


def _period(paper: Paper) -> str:
    return f"{formats.day(paper.from_date)} – {formats.day(paper.to_date)}"


def _draw_wordmark(canvas: Canvas) -> None:
    baseline = _HEIGHT - 24.2 * mm
    _draw_mark(canvas, LEFT, _HEIGHT - 26.5 * mm, 8.5 * mm / 32)
    draw(canvas, LEFT + 11 * mm, baseline, text(settings.BANK_NAME, _WORDMARK))
    draw(canvas, RIGHT, baseline, text(f"BIC {settings.BANK_BIC}", _SMALL), right=True)
    rule(canvas, _HEIGHT - 30.5 * mm, strong=True)


def _draw_mark(canvas: Canvas, x: float, y: float, scale: float) -> None:
    """Two nested bowls around one stroke, on a field of 32 by 32."""
    canvas.saveState()
    canvas.translate(x, y)
    canvas.scale(scale, scale)
    canvas.setLineWidth(2.5)
    canvas.setLineCap(1)
    canvas.setStrokeColor(GREEN)
    for radius in (12, 6):
        bowl = canvas.beginPath()
        bowl.moveTo(16 - radius, 28)
        bowl.lineTo(16 - radius, 16)
        bowl.arcTo(16 - radius, 16 - radius, 16 + radius, 16 + radius, 180, 180)
        bowl.lineTo(16 + radius, 28)
        canvas.drawPath(bowl)
    canvas.setStrokeColor(BRASS)
    canvas.line(16, 28, 16, 16)
    canvas.restoreState()


def _draw_holder(canvas: Canvas, paper: Paper) -> None:
    y = _HEIGHT - 41.5 * mm
    for line in wrapped(paper.holder, _HOLDER, 86 * mm)[:4]:
        draw(canvas, LEFT, y, line)
        y -= 13.65
    draw(canvas, LEFT, y - 1.5 * mm, text(f"{_('Customer')} {paper.cif}", _PLAIN))


def _draw_facts(canvas: Canvas, paper: Paper) -> None:
    facts = (
        (_("Account"), formats.account_number(paper.account_number), _FACT_STRONG),
        (_("Kind"), paper.account_name, _FACT),
        (_("Currency"), paper.currency, _FACT),
        (_("Made on"), formats.moment(paper.made_at), _FACT),
        (_("Statement"), paper.reference, _FACT_STRONG),
    )
    left, y = RIGHT - 74 * mm, _HEIGHT - 41.3 * mm
    canvas.setStrokeColor(HAIRLINE)
    canvas.setLineWidth(0.5)
    for label, content, style in facts:
        draw(canvas, left, y, text(label, _FACT_LABEL))
        draw(canvas, RIGHT, y, text(content, style), right=True)
        canvas.line(left, y - 2 * mm, RIGHT, y - 2 * mm)
        y -= 5.9 * mm


def _draw_sums(canvas: Canvas, paper: Paper) -> None:
    top, height = _HEIGHT - 90 * mm, 16 * mm
    width = (RIGHT - LEFT) / 4.55
    canvas.setFillColor(SUNK)
    canvas.roundRect(LEFT, top - height, RIGHT - LEFT, height, 2.2 * mm, stroke=0, fill=1)
    for n, (label, figure, style) in enumerate(_sums(paper)):
        x = LEFT + n * width
        draw(canvas, x + 4 * mm, top - 6.3 * mm, text(label, _SMALL))
        draw(canvas, x + 4 * mm, top - 11.9 * mm, text(figure, style))
        canvas.setStrokeColor(HAIRLINE)
        canvas.line(x + width, top, x + width, top - height)
    _draw_closing(canvas, paper, top)


def _sums(paper: Paper) -> tuple[tuple[str, str, Style], ...]:
    credits = ngettext("%(n)s credit", "%(n)s credits", len(paper.credits)) % {"n": len(paper.credits)}
    debits = ngettext("%(n)s debit", "%(n)s debits", len(paper.debits)) % {"n": len(paper.debits)}
    return (
        (_("Opening balance"), formats.amount(paper.opening), _SUM),
        (credits, formats.amount(paper.money_in, signed=True), Style(typefaces.SANS, 10.5, CREDIT)),
        (debits, formats.amount(paper.money_out, signed=True), _SUM),
    )


def _draw_closing(canvas: Canvas, paper: Paper, top: float) -> None:
    right = RIGHT - 4 * mm
    figure = text(formats.amount(paper.closing), _CLOSING)
    draw(canvas, right, top - 6.3 * mm, text(_("Closing balance"), _SMALL), right=True)
    draw(canvas, right, top - 12.4 * mm, figure, right=True)
    draw(canvas, right - figure.width - 3, top - 12.4 * mm, text(paper.currency, _CURRENCY), right=True)


def _draw_heads(canvas: Canvas, paper: Paper, bottom: float) -> None:
    y, currency = bottom + 1.9 * mm, {"currency": paper.currency}
    draw(canvas, LEFT, y, text(_("Details"), _HEAD))
    draw(canvas, VALUE, y, text(_("Value date"), _HEAD))
    draw(canvas, AMOUNT, y, text(_("Amount %(currency)s") % currency, _HEAD), right=True)
    draw(canvas, RIGHT, y, text(_("Balance %(currency)s") % currency, _HEAD), right=True)
    rule(canvas, bottom, strong=True)
