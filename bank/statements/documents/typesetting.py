"""Setting single lines of text on a ReportLab canvas in the bank's typefaces.

ReportLab knows no fallback: a letter our typefaces lack is set in DejaVu where that is
installed, so names in other scripts stay readable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bank.statements.documents import typefaces
from bank.statements.documents.typefaces import Cut

INK, QUIET, GREEN, CREDIT = (HexColor(code) for code in ("#14201C", "#55605B", "#0B4F43", "#0F6B3E"))
HAIRLINE, SUNK, BRASS = (HexColor(code) for code in ("#DEDAD1", "#F3F0E9", "#8A5A14"))
_FALLBACK = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@dataclass(frozen=True)
class Style:
    cut: Cut
    size: float
    color: HexColor = INK


@dataclass(frozen=True)
class Text:
    """A line of text in one style, its runs in the fonts that have its letters, each with its width."""

    style: Style
    runs: tuple[tuple[str, str, Any], ...]
    width: float


@lru_cache(maxsize=4096)
def text(content: str, style: Style) -> Text:
    """``content`` measured and ready to draw."""
    runs = tuple(
        (font, part, pdfmetrics.stringWidth(part, font, style.size))
        for font, part in _runs(content, style.cut)
    )
    return Text(style, runs, sum(width for _font, _part, width in runs))


def wrapped(content: str, style: Style, width: float) -> list[Text]:
    """``content`` broken into lines of at most ``width`` points, inside a word where it must."""
    lines, rest = [], " ".join(content.split())
    while rest:
        head, rest = _split(rest, style, width)
        lines.append(text(head, style))
    return lines


def draw(canvas: Canvas, x: float, y: float, line: Text, *, right: bool = False) -> None:
    """Sets ``line`` on the baseline ``y`` from ``x``, or up to ``x`` with ``right``."""
    canvas.setFillColor(line.style.color)
    x -= line.width if right else 0
    for font, part, width in line.runs:
        canvas.setFont(font, line.style.size)
        canvas.drawString(x, y, part)
        x += width


def _split(content: str, style: Style, width: float) -> tuple[str, str]:
    """The longest beginning that fits, cut at a blank if there is one, and what is left."""
    if text(content, style).width <= width:
        return content, ""
    fits = _longest_fit(content, style, width)
    blank = content.rfind(" ", 1, fits + 1)
    at = blank if blank > 0 else fits
    return content[:at], content[at:].lstrip()


def _longest_fit(content: str, style: Style, width: float) -> int:
    """How many letters fit into ``width``, at least one, by bisection."""
    low, high = 1, len(content)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text(content[:middle], style).width <= width else (low, middle - 1)
    return low


def _runs(content: str, cut: Cut) -> Iterator[tuple[str, str]]:
    font, known = _registered(cut)
    fallback = _fallback()
    if fallback is None or known.issuperset(map(ord, content)):
        yield font, content
        return
    for ours, letters in groupby(content, key=lambda letter: ord(letter) in known):
        yield (font if ours else fallback), "".join(letters)


@lru_cache
def _registered(cut: Cut) -> tuple[str, frozenset[int]]:
    font = TTFont(cut.name, str(typefaces.file_of(cut)))
    pdfmetrics.registerFont(font)
    return cut.name, frozenset(font.face.charToGlyph)


@lru_cache
def _fallback() -> str | None:
    if not _FALLBACK.exists():
        return None
    pdfmetrics.registerFont(TTFont("DejaVu Sans", str(_FALLBACK)))
    return "DejaVu Sans"
