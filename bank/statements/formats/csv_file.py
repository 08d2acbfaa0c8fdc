"""The statement as CSV (RFC 4180) in UTF-8: a row per line between two rows that state the balances.

Amounts are plain numbers with a point, so that programs and spreadsheets add them up; text is
made harmless against formula injection.
"""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from bank.kernel.money import Money
from bank.statements.formats._format import Format, gettext_noop
from bank.statements.paper import Line, Paper
from bank.statements.rules import spreadsheet_text

COLUMNS = (
    "kind", "booking_date", "value_date", "description", "counterparty",
    "reference", "amount", "balance", "currency", "account",
)  # fmt: skip


def write(paper: Paper, file: BinaryIO) -> None:
    """Streams the rows to ``file``; memory does not grow with them."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows(_rows(paper))
    text.flush()
    text.detach()


def _rows(paper: Paper) -> Iterator[tuple[str, ...]]:
    yield _balance(paper, "OPENING_BALANCE", str(paper.from_date), paper.opening)
    yield from (_entry(paper, line) for line in paper.lines)
    yield _balance(paper, "CLOSING_BALANCE", str(paper.to_date), paper.closing)


def _balance(paper: Paper, kind: str, day: str, balance: Money) -> tuple[str, ...]:
    return (kind, day, "", "", "", "", "", str(balance.amount), paper.currency, paper.account_number)


def _entry(paper: Paper, line: Line) -> tuple[str, ...]:
    texts = (spreadsheet_text(text) for text in (line.description, line.counterparty, line.reference))
    figures = (str(line.amount.amount), str(line.balance_after.amount))
    return (
        "ENTRY",
        str(line.booking_date),
        str(line.value_date),
        *texts,
        *figures,
        paper.currency,
        paper.account_number,
    )


FORMAT = Format(
    code="CSV",
    title=gettext_noop("CSV, for a spreadsheet"),
    content_type="text/csv; charset=utf-8",
    extension="csv",
    write=write,
    rank=2,
)
