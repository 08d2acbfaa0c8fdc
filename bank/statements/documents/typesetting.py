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


class Sheet(Canvas):
    """A canvas that writes lines of text and rules as PDF operators by itself (ISO 32000-1, 8.5 and 9.4):
    ReportLab's own way of drawing them takes thrice the time, which thousands of lines show."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._alphabets: dict[str, _Alphabet] = {}

    def set_text(self, x: float, y: float, line: "Text") -> None:
        """``line`` with its left end at ``x`` on the baseline ``y``."""
        color, size = _operands(line.style.color), line.style.size
        for font, part, width in line.runs:
            shown = " ".join(f"/{name} {size} Tf ({codes}) Tj" for name, codes in self._written(font, part))
            self.addLiteral(f"BT {color} rg {x:.2f} {y:.2f} Td {shown} ET")
            x += width

    def set_rule(self, x: float, y: float, to: float, color: HexColor, width: float) -> None:
        """A level line of that width."""
        self.addLiteral(f"{_operands(color)} RG {width} w {x:.2f} {y:.2f} m {to:.2f} {y:.2f} l S")

    def _written(self, font: str, part: str) -> list[tuple[str, str]]:
        """The letters as the font's embedded subsets number them: one piece, unless it has many alphabets."""
        alphabet = self._alphabets.get(font)
        if alphabet is None:
            alphabet = self._alphabets[font] = _Alphabet(pdfmetrics.getFont(font), self)
        try:
            return [(alphabet.name, "".join(map(alphabet.__getitem__, part)))]
        except _OtherSubset:
            return alphabet.pieces(part)


class _OtherSubset(Exception):
    """A letter that is not among the first 256 of its font."""


class _Alphabet(dict[str, str]):
    """Letters of one font in one document as they stand in a PDF string, numbered when first met."""

    def __init__(self, font: Any, canvas: Canvas) -> None:
        self._font, self._canvas = font, canvas
        self.name = self._name_of(0)

    def __missing__(self, letter: str) -> str:
        ((subset, code),) = self._font.splitString(letter, self._canvas._doc)
        if subset != 0:
            raise _OtherSubset
        self[letter] = self._canvas._escape(code)
        return self[letter]

    def pieces(self, part: str) -> list[tuple[str, str]]:
        """As ReportLab deals the letters onto subsets, each piece after the one before it."""
        dealt = self._font.splitString(part, self._canvas._doc)
        return [(self._name_of(subset), self._canvas._escape(codes)) for subset, codes in dealt]

    def _name_of(self, subset: int) -> str:
        return str(self._font.getSubsetInternalName(subset, self._canvas._doc)).removeprefix("/")


@lru_cache
def _operands(color: HexColor) -> str:
    return f"{color.red:.3f} {color.green:.3f} {color.blue:.3f}"


class _Widths(dict[str, int]):
    """How wide the letters of a font are, in thousandths of its size."""

    def __init__(self, font: str) -> None:
        self._face = pdfmetrics.getFont(font).face

    def __missing__(self, letter: str) -> int:
        width = self[letter] = self._face.charWidths.get(ord(letter), self._face.defaultWidth)
        return width


@lru_cache
def _widths(font: str) -> _Widths:
    return _Widths(font)


def _width(content: str, font: str, size: float) -> float:
    return sum(map(_widths(font).__getitem__, content)) * size / 1000


@lru_cache(maxsize=4096)
def text(content: str, style: Style) -> Text:
    """``content`` measured and ready to draw."""
    runs = tuple((font, part, _width(part, font, style.size)) for font, part in _runs(content, style.cut))
    return Text(style, runs, sum(width for _font, _part, width in runs))


def wrapped(content: str, style: Style, width: float) -> list[Text]:
    """``content`` broken into lines of at most ``width`` points, inside a word where it must."""
    lines, rest = [], " ".join(content.split())
    while rest:
        head, rest = _split(rest, style, width)
        lines.append(text(head, style))
    return lines


def draw(sheet: Sheet, x: float, y: float, line: Text, *, right: bool = False) -> None:
    """Sets ``line`` on the baseline ``y`` from ``x``, or up to ``x`` with ``right``."""
    sheet.set_text(x - line.width if right else x, y, line)


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
