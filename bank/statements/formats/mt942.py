"""The movements as SWIFT MT942 (interim transaction report), as one file without envelope."""

from collections.abc import Iterator
from datetime import UTC
from typing import BinaryIO

from bank.kernel.money import Money
from bank.statements.formats import _swift
from bank.statements.formats._format import Format, gettext_noop
from bank.statements.paper import Paper


def write(paper: Paper, file: BinaryIO) -> None:
    """Streams the message; lines end with CR and LF."""
    for line in _lines(paper):
        file.write(f"{line}\r\n".encode("ascii"))


def _lines(paper: Paper) -> Iterator[str]:
    floor = _swift.amount(Money.zero(paper.currency))
    yield from _swift.about(paper)
    yield f":34F:{paper.currency}{floor}"
    yield f":13D:{paper.made_at.astimezone(UTC):%y%m%d%H%M}+0000"
    for line in paper.lines:
        yield from _swift.entry(line)
    yield f":90D:{len(paper.debits):05}{paper.currency}{_swift.amount(paper.money_out)}"
    yield f":90C:{len(paper.credits):05}{paper.currency}{_swift.amount(paper.money_in)}"
    yield _swift.END


FORMAT = Format(
    code="MT942",
    title=gettext_noop("MT942 (SWIFT): interim report, for accounting"),
    content_type="text/plain; charset=us-ascii",
    extension="sta",
    write=write,
    rank=15,
)
