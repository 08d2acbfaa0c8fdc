"""A file's lines as CSV: the faulty ones to mend, as they were sent and why; the unpaid ones to send anew."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from bank.messages.tables.mapping import FIELDS
from bank.messages.tables.payments import heading_of
from bank.messages.tables.rows import Row
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.models.file_sources import PaymentFileSource
from bank.payments.rules import LineStatus
from bank.payments.services import file_sources

COLUMN_PLACES: Final = {name: place for place, name in enumerate(FIELDS) if name != "requested_date"}
_REMARK: Final = "faults"
_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")


def faulty(file: PaymentFile) -> Iterator[str]:
    """The faulty lines as CSV, in the columns of the file where it is a table, with a column that says what
    is wrong. Nothing in it is a formula to a spreadsheet (CWE-1236)."""
    lines = PaymentFileLine.objects.filter(file=file, status__in=[LineStatus.FAULTY, LineStatus.REJECTED])
    faults = {
        number: " ".join(fault["sentence"] for fault in found)
        for number, found in lines.order_by("line").values_list("line", "faults")
    }
    source = PaymentFileSource.objects.filter(file=file).first()
    kind = file_sources.kind_of(bytes(source.content)) if source else file_sources.Kind.PAIN
    if source is None or not kind.is_table:
        yield from _written(chain([[*FIELDS, _REMARK]], _as_kept(lines.order_by("line"), faults)))
        return
    rows = file_sources.table_rows(bytes(source.content), kind)
    heading = heading_of(rows)
    yield from _written(chain([[*heading.cells, _REMARK]], _as_sent(rows, len(heading.cells), faults)))


def unpaid(file: PaymentFile) -> bytes | None:
    """The rejected lines as a file of the bank's own columns; None where all were paid."""
    lines = PaymentFileLine.objects.filter(file=file, status=LineStatus.REJECTED).order_by("line")
    rows = [_cells(line) for line in lines]
    if not rows:
        return None
    text = io.StringIO()
    csv.writer(text).writerows([list(FIELDS), *rows])
    return text.getvalue().encode()


def safe(text: str) -> str:
    """A cell no spreadsheet reckons with: what begins as a formula does is quoted with an apostrophe."""
    return f"'{text}" if text.startswith(_SIGNS) else text


def _as_sent(rows: Iterable[Row], width: int, faults: dict[int, str]) -> Iterator[list[str]]:
    for row in rows:
        if row.number in faults:
            cells = [safe(cell) for cell in row.cells[:width]]
            yield [*cells, *[""] * (width - len(cells)), faults[row.number]]


def _as_kept(lines: Iterable[PaymentFileLine], faults: dict[int, str]) -> Iterator[list[str]]:
    for line in lines:
        yield [*map(safe, _cells(line)), faults[line.line]]


def _cells(line: PaymentFileLine) -> list[str]:
    """A line in the order of ``FIELDS``."""
    kept = {
        "creditor_name": line.creditor_name,
        "creditor_account": line.creditor_number,
        "amount": line.amount_text,
        "currency": line.currency,
        "creditor_agent": line.creditor_agent,
        "remittance": line.remittance,
        "end_to_end_id": line.end_to_end_id,
        "requested_date": line.requested_date.isoformat() if line.requested_date else "",
        "debtor_account": line.debtor_number,
    }
    return [kept[name] for name in FIELDS]


def _written(rows: Iterable[list[str]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    yield "\ufeff"
    for row in rows:
        writer.writerow(row)
        yield text.getvalue()
        text.seek(0)
        text.truncate()
