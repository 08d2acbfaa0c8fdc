"""What a list says of one person or organisation, whatever format it came in."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from bank.risk.screening.names import Kind

_YEAR: Final = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_WRITTEN: Final = re.compile(r"\b(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* (\d{4})\b")
_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """``key`` is the list's own number. Births are ``1957-03-10`` or a year alone; countries ISO codes."""

    key: str
    kind: Kind
    name: str
    aliases: tuple[str, ...] = ()
    births: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    programme: str = ""
    remarks: str = ""

    @property
    def digest(self) -> str:
        """Changes when, and only when, anything the list says of it changes."""
        canonical = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def births_in(text: str) -> tuple[str, ...]:
    """Days of birth as lists write them: ``DOB 10 Mar 1957``, ``DOB circa 1958``, ``1957-03-10``."""
    days = [
        _iso(int(year), _MONTHS.index(month) + 1, int(day)) for day, month, year in _WRITTEN.findall(text)
    ]
    days += re.findall(r"\b\d{4}-\d\d-\d\d\b", text)
    years = {day[:4] for day in days}
    days += [year for year in _YEAR.findall(text) if year not in years]
    return tuple(dict.fromkeys(day for day in days if day))


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return str(year)
