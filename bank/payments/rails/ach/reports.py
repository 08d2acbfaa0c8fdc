"""The operator's own files about ours, as lines of comma-separated fields with a count at the end.

Operators each have their own; these say what all of them say. An acknowledgement: what became of a
file and of each entry in it. A settlement report: what was settled for a bank on a day.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

ACKNOWLEDGEMENT: Final = "ACKNOWLEDGEMENT"
SETTLEMENT: Final = "SETTLEMENT"
REJECTED: Final = "REJECTED"
_VERSION: Final = "1"


class Unreadable(Exception):
    """A report that is not one, or not whole."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One entry of a file: ``identification`` is what its originator calls it."""

    trace: str
    identification: str
    reason: str = ""
    """Why it was refused; empty where it was taken."""


@dataclass(frozen=True, slots=True)
class Item:
    """One settled entry. ``cents`` are negative where the bank paid."""

    number: str
    identification: str
    cents: int
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    routing: str
    day: date
    items: tuple[Item, ...]


def acknowledgement(file: str, entries: Sequence[Acknowledged]) -> str:
    rows = [[each.trace, each.identification, "", each.reason] for each in entries]
    return _written([ACKNOWLEDGEMENT, _VERSION, file, ""], rows, 0)


def settlement(report: Settlement) -> str:
    rows = [
        [each.number, each.identification, str(each.cents), "OURS" if each.is_ours else "THEIRS"]
        for each in report.items
    ]
    total = sum(each.cents for each in report.items)
    return _written([SETTLEMENT, _VERSION, report.routing, report.day.isoformat()], rows, total)


def _written(head: list[str], rows: list[list[str]], total: int) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows, ["END", str(len(rows)), str(total), ""]])
    return out.getvalue()


def is_report(content: bytes) -> bool:
    return content.startswith((ACKNOWLEDGEMENT.encode(), SETTLEMENT.encode()))


def read_acknowledgement(content: bytes) -> list[Acknowledged]:
    """Raises ``Unreadable``."""
    _head, rows, _total = _read(content, ACKNOWLEDGEMENT)
    return [Acknowledged(trace, identification, reason) for trace, identification, _none, reason in rows]


def read_settlement(content: bytes) -> Settlement:
    """Raises ``Unreadable``, also where the items do not come to the stated sum."""
    head, rows, total = _read(content, SETTLEMENT)
    try:
        items = tuple(Item(row[0], row[1], int(row[2]), row[3] == "OURS") for row in rows)
        day = date.fromisoformat(head[3])
    except ValueError as error:
        raise Unreadable("a day or an amount in it is none") from error
    if sum(each.cents for each in items) != total:
        raise Unreadable(f"its items do not come to the {total} cents it states")
    return Settlement(head[2], day, items)


def _read(content: bytes, kind: str) -> tuple[list[str], list[list[str]], int]:
    """Head, rows and stated sum. Raises ``Unreadable``."""
    try:
        lines = [row for row in csv.reader(io.StringIO(content.decode("ascii")), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable("it is no comma-separated ASCII") from error
    if len(lines) < 2 or lines[0][:2] != [kind, _VERSION] or any(len(row) != 4 for row in lines):
        raise Unreadable(f"it is no {kind.lower()} of version {_VERSION}, or breaks off")
    end, rows = lines[-1], lines[1:-1]
    if end[0] != "END" or end[1] != str(len(rows)) or not end[2].lstrip("-").isdigit():
        raise Unreadable("it breaks off, or has not as many lines as it says")
    return lines[0], rows, int(end[2])
