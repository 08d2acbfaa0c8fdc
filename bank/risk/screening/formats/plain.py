"""Two formats anyone can write: a CSV with a heading, and JSON of the same entries.

CSV columns: ``key``, ``kind`` (PERSON, ORGANISATION, VESSEL) and ``name`` are needed; ``aliases``,
``births`` (``1957-03-10`` or ``1957``), ``countries`` (ISO codes or names), each several with ``;``;
``programme`` and ``remarks`` as text. JSON: ``{"entries": [{"id", "name", "type", "program", "remarks",
"aka": [{"name"}], "addresses": [{"country"}]}]}``, as the published OFAC list is often passed on.
"""

import csv
import io
import json
from typing import Any, Final

from bank.risk.errors import ListUnreadable
from bank.risk.screening.entries import ListedEntry, births_in
from bank.risk.screening.formats import ofac
from bank.risk.screening.formats.countries import codes_of
from bank.risk.screening.names import Kind

_NEEDED: Final = frozenset({"key", "kind", "name"})


def read_csv(content: bytes) -> list[ListedEntry]:
    """Raises ``ListUnreadable`` with the line that does not fit."""
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig", "replace")))
    if missing := _NEEDED - set(reader.fieldnames or ()):
        raise ListUnreadable(problem=f"the heading lacks {', '.join(sorted(missing))}")
    return [_from_row(row, reader.line_num) for row in reader]


def read_json(content: bytes) -> list[ListedEntry]:
    """Raises ``ListUnreadable`` for what is no such JSON."""
    try:
        return [_from_object(found) for found in json.loads(content)["entries"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ListUnreadable(problem=f"it is not JSON with entries ({error})") from error


def _from_row(row: dict[str, str], line: int) -> ListedEntry:
    kind, key, name = (str(row.get(column) or "").strip() for column in ("kind", "key", "name"))
    if kind not in set(Kind) or not key or not name:
        raise ListUnreadable(problem=f"line {line} needs a key, a name and a kind of {', '.join(Kind)}")
    return ListedEntry(
        key=key,
        kind=Kind(kind),
        name=name,
        aliases=tuple(_several(row.get("aliases"))),
        births=births_in(row.get("births") or ""),
        countries=codes_of(_several(row.get("countries"))),
        programme=str(row.get("programme") or "").strip(),
        remarks=str(row.get("remarks") or "").strip(),
    )


def _from_object(found: dict[str, Any]) -> ListedEntry:
    return ofac.entry(
        str(found["id"]),
        str(found["name"]),
        str(found.get("type") or ""),
        str(found.get("program") or ""),
        str(found.get("remarks") or ""),
        [str(alias["name"]) for alias in found.get("aka") or []],
        [str(place.get("country") or "") for place in found.get("addresses") or []],
    )


def _several(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(";") if part.strip()]
