"""The statement as SWIFT MT940 (customer statement message), as one file without envelope."""

from collections.abc import Iterator
from typing import BinaryIO

from bank.statements.formats import _swift
from bank.statements.formats._format import Format, gettext_noop
from bank.statements.paper import Paper


def write(paper: Paper, file: BinaryIO) -> None:
    """Streams the message; lines end with CR and LF."""
    for line in _lines(paper):
        file.write(f"{line}\r\n".encode("ascii"))


def _lines(paper: Paper) -> Iterator[str]:
    yield from _swift.about(paper)
    yield _swift.balance("60F", paper.opening, paper.from_date)
    for line in paper.lines:
        yield from _swift.entry(line)
    yield _swift.balance("62F", paper.closing, paper.to_date)
    yield _swift.END


FORMAT = Format(
    code="MT940",
    title=gettext_noop("MT940 (SWIFT): statement, for accounting"),
    content_type="text/plain; charset=us-ascii",
    extension="sta",
    write=write,
    rank=14,
)
