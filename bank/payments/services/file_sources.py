"""Which kind of file this is, and reading it: pain.001, NACHA, CSV or XLSX into one kind of transfer."""

import hashlib
import json
from collections.abc import Iterator
from collections.abc import Mapping as Names
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Final, Protocol

from django.conf import settings

from bank.messages import pain001, schemas
from bank.messages.ach.payments import Origination
from bank.messages.canonical import CreditTransfer, Fault, GroupHeader, Totals
from bank.messages.errors import ContentEmpty, ContentTooLarge
from bank.messages.tables import mapping as mappings
from bank.messages.tables import rows, workbook
from bank.messages.tables.mapping import Mapping
from bank.messages.tables.payments import Table, heading_of
from bank.messages.tables.rows import Row

_SHOWN: Final = 5
_ACH_RECORD: Final = 94


class Kind(StrEnum):
    """What a file is, told from its content and never from its name."""

    PAIN = "pain.001"
    NACHA = "nacha"
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def is_table(self) -> bool:
        return self in {Kind.CSV, Kind.XLSX}


class Source(Protocol):
    """A file being read: every reader of payments has these."""

    message: str
    header: GroupHeader
    totals: Totals

    def transfers(self) -> Iterator[CreditTransfer]: ...
    def control_faults(self) -> list[Fault]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A source with the faults known of it apart from its transfers.

    ``line_faults`` of a table fill while it is read; ``places`` are its columns for the fields of the checks.
    """

    source: Source
    line_faults: dict[int, list[Fault]]
    places: dict[str, str] = field(default_factory=dict)


def kind_of(content: bytes) -> Kind:
    """What the content is. Raises ``ContentEmpty``, ``ContentTooLarge``."""
    if len(content) > settings.PAYMENT_FILE_MAX_BYTES:
        raise ContentTooLarge(size=len(content), limit=settings.PAYMENT_FILE_MAX_BYTES)
    begin = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if not begin:
        raise ContentEmpty
    if content.startswith(workbook.MARK):
        return Kind.XLSX
    if begin.startswith(b"<"):
        return Kind.PAIN
    first = content.split(b"\n", 1)[0].rstrip(b"\r")
    return Kind.NACHA if begin.startswith(b"101") and len(first) >= _ACH_RECORD else Kind.CSV


def table_rows(content: bytes, kind: Kind) -> Iterator[Row]:
    """The rows of a table. Raises ``FormatError``."""
    return workbook.of_xlsx(content) if kind == Kind.XLSX else rows.of_csv(content)


def preview(content: bytes, kind: Kind) -> tuple[Row, list[Row]]:
    """The heading of a table and the first rows under it."""
    found = table_rows(content, kind)
    heading = heading_of(found)
    return heading, list(islice((row for row in found if not row.is_blank), _SHOWN))


def resolved(heading: Row, given: Mapping, names: Names[str, str]) -> Mapping:
    """The mapping with its columns: as given, else by the names the sender uses, else guessed."""
    if given.columns:
        return given
    return replace(given, columns={**mappings.guess(heading), **mappings.named(heading, names)})


def expected_rows(content: bytes, kind: Kind) -> int:
    """How many payments the file seems to have, for a progress bar; 0 where that is not known before."""
    if kind == Kind.PAIN:
        return content.count(b"<EndToEndId>") or content.count(b"EndToEndId>") // 2
    return 0 if kind == Kind.XLSX else max(content.count(b"\n") - 1, 0)


def read(content: bytes, mapping: Mapping, today: date) -> Reading:
    """Opens a file for reading. Raises ``FormatError``."""
    kind = kind_of(content)
    if kind == Kind.PAIN:
        return _pain(content)
    message_id = f"{kind.upper()}-{identity(content, mapping)[:20]}"
    if kind == Kind.NACHA:
        debtor = mapping.debtor_account
        found = Origination(content, debtor_account=debtor, message_id=message_id, today=today)
        return Reading(found, found.line_faults)
    table = Table(table_rows(content, kind), mapping, message=kind.value, message_id=message_id, today=today)
    return Reading(table, table.line_faults, table.places)


def identity(content: bytes, mapping: Mapping) -> str:
    """What makes a file without a message id the same file: its content, and the account that pays."""
    asked = json.dumps([mapping.debtor_account, sorted(mapping.columns.items())])
    return hashlib.sha256(content + asked.encode()).hexdigest()


def _pain(content: bytes) -> Reading:
    initiation = pain001.Initiation(content, max_bytes=settings.PAYMENT_FILE_MAX_BYTES)
    by_line: dict[int, list[Fault]] = {}
    for fault in _schema_faults(initiation):
        by_line.setdefault(fault.line, []).append(fault)
    return Reading(initiation, by_line)


def _schema_faults(initiation: pain001.Initiation) -> list[Fault]:
    """The faults against the published schema, each with the line of the payment it stands in (0: none)."""
    found = [
        Fault(fault.line, "SCHEMA", fault.sentence[:300], fault.element, fault.value.strip()[:140])
        for fault in schemas.faults(initiation.raw, initiation.message)
    ]
    if len(found) == schemas.MAX_FAULTS:
        sentence = f"The file has {len(found)} faults of its structure or more; only so many are shown."
        found.append(Fault(0, "TOO_MANY_FAULTS", sentence))
    return found
