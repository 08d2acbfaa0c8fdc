"""The rows of a long statement's table: how high each is, and how it is drawn."""

from collections.abc import Callable
from dataclasses import dataclass

import segno
from reportlab.lib.units import mm

from bank.kernel.money import Money
from bank.runtime import formats
from bank.statements.documents import typefaces
from bank.statements.documents.typesetting import (
    CREDIT,
    GREEN,
    HAIRLINE,
    INK,
    QUIET,
    Sheet,
    Style,
    Text,
    draw,
    text,
    wrapped,
)
from bank.statements.paper import Line

LEFT, RIGHT = 18 * mm, 192 * mm
VALUE, AMOUNT = LEFT + 83 * mm, RIGHT - 33 * mm
_WHAT_WIDTH = 79 * mm
_NAME = Style(typefaces.SANS, 8.75)
_SMALL = Style(typefaces.SANS, 7.5, QUIET)
_VALUE = Style(typefaces.SANS, 8.75, QUIET)
_CREDIT = Style(typefaces.SANS, 8.75, CREDIT)
_RUNNING = Style(typefaces.SANS_MEDIUM, 8.75)
_STRONG = Style(typefaces.SANS_BOLD, 8.75)
_DAY = Style(typefaces.SANS_BOLD, 7.75, GREEN)
_PROOF_HEAD = Style(typefaces.SANS_BOLD, 7.5)
_NAME_STEP, _SMALL_STEP = 11.8, 9.75
_ABOVE, _BELOW = 1.25 * mm, 1.35 * mm


@dataclass(frozen=True)
class Row:
    """``draw(sheet, top)`` draws downwards from ``top``; ``balance_before`` is carried onto a new page."""

    height: float
    draw: Callable[[Sheet, float], None]
    keeps_with_next: bool = False
    keeps_with_previous: bool = False
    balance_before: Money | None = None
    amount: Money | None = None
    """What counts into the total of its page."""


def day(heading: str) -> Row:
    """The heading over one day."""
    height = 3 * mm + 10.5 + 1 * mm

    def draw_day(sheet: Sheet, top: float) -> None:
        draw(sheet, LEFT, top - 3 * mm - 8, text(heading, _DAY))
        rule(sheet, top - height)

    return Row(height, draw_day, keeps_with_next=True)


def balance(label: str, figure: Money, *, closing: bool) -> Row:
    """The opening or the closing balance; the closing one is ruled as bookkeepers do."""
    height = 3.6 * mm + 11.8

    def draw_balance(sheet: Sheet, top: float) -> None:
        baseline = top - 1.8 * mm - 8.75
        draw(sheet, LEFT, baseline, text(label, _STRONG))
        draw(sheet, RIGHT, baseline, text(formats.amount(figure), _STRONG), right=True)
        if closing:
            _double_rule(sheet, top, height)
        else:
            rule(sheet, top - height)

    return Row(height, draw_balance, keeps_with_previous=closing)


def line(line: Line) -> Row:
    """One statement line: who and what, value date, amount, balance after it."""
    name = wrapped(line.counterparty or line.description, _NAME, _WHAT_WIDTH)
    small = wrapped(_second(line), _SMALL, _WHAT_WIDTH)
    height = _ABOVE + len(name) * _NAME_STEP + len(small) * _SMALL_STEP + _BELOW
    movement = text(formats.amount(line.amount, signed=True), _CREDIT if line.amount.is_positive else _NAME)

    def draw_line(sheet: Sheet, top: float) -> None:
        baseline = top - _ABOVE - 8.75
        draw(sheet, VALUE, baseline, text(formats.day(line.value_date), _VALUE))
        draw(sheet, AMOUNT, baseline, movement, right=True)
        draw(sheet, RIGHT, baseline, text(formats.amount(line.balance_after), _RUNNING), right=True)
        _draw_texts(sheet, baseline, name, small)
        rule(sheet, top - height)

    return Row(height, draw_line, balance_before=line.balance_after - line.amount, amount=line.amount)


def proof(words: tuple[str, str], address: str) -> Row:
    """The QR code that leads to the page where the document is checked, and what it is for."""
    height, width = 31 * mm, RIGHT - LEFT - 25 * mm
    head = text(words[0], _PROOF_HEAD)
    said = [head, *wrapped(words[1], _SMALL, width), *wrapped(address, _SMALL, width)]

    def draw_proof(sheet: Sheet, top: float) -> None:
        rule(sheet, top - 7 * mm)
        _draw_code(sheet, address, top - 31 * mm)
        for number, one in enumerate(said):
            draw(sheet, LEFT + 25 * mm, top - 14 * mm - number * _SMALL_STEP, one)

    return Row(height, draw_proof)


def _draw_code(sheet: Sheet, address: str, bottom: float) -> None:
    """A QR code (ISO/IEC 18004) of 20 mm, module by module."""
    matrix = segno.make(address, error="m", micro=False).matrix
    side = 20 * mm / len(matrix)
    sheet.setFillColor(INK)
    for number, row in enumerate(matrix, 1):
        for place, dark in enumerate(row):
            if dark:
                sheet.rect(
                    LEFT + place * side, bottom + 20 * mm - number * side, side, side, stroke=0, fill=1
                )


def rule(sheet: Sheet, y: float, *, strong: bool = False) -> None:
    """A line across the table."""
    sheet.set_rule(LEFT, y, RIGHT, INK if strong else HAIRLINE, 0.75 if strong else 0.5)


def _double_rule(sheet: Sheet, top: float, height: float) -> None:
    for y in (top, top - height, top - height - 1.75):
        rule(sheet, y, strong=True)


def _second(line: Line) -> str:
    parts = [line.description] if line.counterparty else []
    return " · ".join(part for part in [*parts, line.reference] if part)


def _draw_texts(sheet: Sheet, baseline: float, name: list[Text], small: list[Text]) -> None:
    for one in name:
        draw(sheet, LEFT, baseline, one)
        baseline -= _NAME_STEP
    baseline += _NAME_STEP - _SMALL_STEP
    for one in small:
        draw(sheet, LEFT, baseline, one)
        baseline -= _SMALL_STEP
