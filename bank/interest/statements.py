"""The set-based SQL of the close, a file a statement in ``sql/``."""

import re
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "sql"
_HALF_EVEN: Final = re.compile(r"HALF_EVEN\(([a-z_.]+)\)")


def statement(name: str) -> str:
    """The text of a statement. ``HALF_EVEN(x)`` is written out as the SQL of ``rules.whole``: a function
    of the database would be called a million times.
    """
    return _HALF_EVEN.sub(_half_even, (_FOLDER / f"{name}.sql").read_text())


def _half_even(found: "re.Match[str]") -> str:
    x = found[1]
    return f"(CASE WHEN abs({x} - trunc({x})) = 0.5 THEN 2 * round({x} / 2) ELSE round({x}) END)::bigint"
