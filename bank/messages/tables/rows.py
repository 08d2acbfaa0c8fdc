"""A table as rows of text, whatever file it came in, and what the file says of a cell beyond its text."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bank.messages import content, errors

MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 10_000
_DELIMITERS: Final = ",;\t|"
_FORMULA_SIGNS: Final = ("=", "@", "\t", "\r")
_NUMBER_SIGNS: Final = ("+", "-")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``number`` is the one a spreadsheet shows beside it.

    ``native`` are the columns a workbook holds as number or date, ``problems`` what is wrong with a
    cell whatever it is used for. Both count columns from 0.
    """

    number: int
    cells: list[str]
    native: frozenset[int] = frozenset()
    problems: dict[int, str] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        return not any(self.cells) and not self.problems


def of_csv(source: bytes) -> Iterator[Row]:
    """The rows of a CSV file (RFC 4180): encoding, line ends and delimiter as found.

    Raises ``ContentTooLarge``, ``ContentEmpty``, ``EncodingBroken``; ``TextBroken`` where it breaks off
    or has more rows, columns or longer cells than any list of payments.
    """
    text = content.text(source)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            _check_size(number, len(cells))
            yield Row(number, [cell.strip() for cell in cells])
    except csv.Error as error:
        raise errors.TextBroken(line=number + 1, position=1, problem=f"{error}.") from error


def delimiter(text: str) -> str:
    """What separates the columns of the heading: comma, semicolon, tab or bar, whichever it has most of."""
    heading = next(line for line in text.split("\n") if line.strip())
    unquoted = "".join(part for n, part in enumerate(heading.split('"')) if n % 2 == 0)
    return max(_DELIMITERS, key=unquoted.count)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would reckon with the cell; a signed number or a phone number is none."""
    if text.startswith(_FORMULA_SIGNS):
        return True
    return text.startswith(_NUMBER_SIGNS) and any(sign.isalpha() or sign in "=(*/!|" for sign in text)


def letter(column: int) -> str:
    """The name a spreadsheet gives a column counted from 0: A, B … Z, AA."""
    name, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _check_size(number: int, width: int) -> None:
    if number > MOST_ROWS:
        problem = f"A file may have {MOST_ROWS:,} rows at most. Split it."
        raise errors.TextBroken(line=number, position=1, problem=problem)
    if width > MOST_COLUMNS:
        problem = f"A row may have {MOST_COLUMNS} columns at most."
        raise errors.TextBroken(line=number, position=1, problem=problem)
