"""The statement as SWIFT MT940 (customer statement message), as one file without envelope."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from bank.statements.formats import _swift
from bank.statements.formats._format import Format, gettext_noop
from bank.statements.paper import Line, Paper

_ROOM: Final = 2_000 - 170
"""Of a message, what its head and its balances leave."""


def write(paper: Paper, file: BinaryIO) -> None:
    """Streams the messages; lines end with CR and LF.

    A message of SWIFT's FIN has at most 2,000 letters, so a statement has as many pages as it takes: :28C:
    numbers them, :60M: and :62M: carry the balance from one to the next.
    """
    for line in _lines(paper):
        file.write(f"{line}\r\n".encode("ascii"))


def _lines(paper: Paper) -> Iterator[str]:
    opening = _swift.balance("60F", paper.opening, paper.from_date)
    for number, (lines, last) in enumerate(_pages(paper), 1):
        yield from _swift.about(paper, number)
        yield opening
        for entry in lines:
            yield from entry
        if last is None:
            yield _swift.balance("62F", paper.closing, paper.to_date)
        else:
            yield _swift.balance("62M", last.balance_after, last.booking_date)
            opening = _swift.balance("60M", last.balance_after, last.booking_date)
        yield _swift.END


def _pages(paper: Paper) -> Iterator[tuple[list[list[str]], Line | None]]:
    """The entries of each page, and the line the page ends with, none for the last page."""
    page: list[list[str]] = []
    room, before = _ROOM, None
    for line in paper.lines:
        entry = list(_swift.entry(line))
        length = sum(len(text) + 2 for text in entry)
        if page and length > room:
            yield page, before
            page, room = [], _ROOM
        page.append(entry)
        room, before = room - length, line
    yield page, None


FORMAT = Format(
    code="MT940",
    title=gettext_noop("MT940 (SWIFT): statement, for accounting"),
    content_type="text/plain; charset=us-ascii",
    extension="sta",
    write=write,
    rank=14,
)
