"""OFAC's Specially Designated Nationals as published: ``SDN.CSV``, ``ALT.CSV`` and ``ADD.CSV``.

The files have no heading; ``-0-`` stands for nothing; the last line is a lone control character.
Columns: https://ofac.treasury.gov/media/29976 (SDN data specification).
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from bank.risk.errors import ListUnreadable
from bank.risk.screening.entries import ListedEntry, births_in
from bank.risk.screening.formats.countries import codes_of
from bank.risk.screening.names import Kind

NOTHING: Final = "-0-"
_KINDS: Final = {"individual": Kind.PERSON, "vessel": Kind.VESSEL, "aircraft": Kind.VESSEL}
_BIRTH: Final = re.compile(r"DOB ([^;.]+)", re.I)
_NATIONAL: Final = re.compile(r"(?:nationality|citizen|POB [^;.]*,) ([A-Za-z ,]+?)(?=[;.]|\Z)", re.I)
_KNOWN_AS: Final = re.compile(r"(?:a|f|n)\.k\.a\. '([^']+)'", re.I)
_SDN_COLUMNS, _ALT_COLUMNS, _ADD_COLUMNS = 12, 4, 5


def read(sdn: bytes, alt: bytes = b"", add: bytes = b"") -> list[ListedEntry]:
    """The entries. Raises ``ListUnreadable`` with the line that does not fit."""
    aliases: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(alt, _ALT_COLUMNS, "ALT"):
        aliases[row[0]].append(row[3])
    places: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(add, _ADD_COLUMNS, "ADD"):
        places[row[0]].append(row[4])
    return [
        entry(row[0], row[1], row[2], row[3], row[11], aliases[row[0]], places[row[0]])
        for row in _rows(sdn, _SDN_COLUMNS, "SDN")
    ]


def entry(
    key: str, name: str, kind: str, programme: str, remarks: str, aliases: list[str], countries: list[str]
) -> ListedEntry:
    """One entry from what its lines say."""
    births = births_in("; ".join(_BIRTH.findall(remarks)))
    more = [name for name in _KNOWN_AS.findall(remarks) if name not in aliases]
    nations = [nation.split(",")[-1] for nation in _NATIONAL.findall(remarks)]
    return ListedEntry(
        key=key,
        kind=_KINDS.get(kind.lower(), Kind.ORGANISATION),
        name=name,
        aliases=tuple(dict.fromkeys([*filter(None, aliases), *more])),
        births=births,
        countries=codes_of([*nations, *countries]),
        programme=programme,
        remarks=remarks,
    )


def _rows(content: bytes, columns: int, file: str) -> Iterator[list[str]]:
    text = content.decode("utf-8-sig", "replace")
    for number, row in enumerate(csv.reader(io.StringIO(text)), start=1):
        cells = ["" if cell.strip() == NOTHING else cell.strip() for cell in row]
        if not any(cells) or cells == ["\x1a"]:
            continue
        if len(cells) < columns or not cells[0].isdigit():
            raise ListUnreadable(problem=f"line {number} of {file} has {len(cells)} columns, not {columns}")
        yield cells
