"""A statutory rate as staff write it, a line each part: ``percent 6``, ``band 24000 10``, ``band rest 35``.

Plain Python, and strict: what these rules refuse would make a wage that is wrong by a decimal point.
"""

from decimal import Decimal
from typing import Any, Final

from bank.payroll.errors import RateUnusable
from bank.payroll.rules import Code

_PARTS: Final[dict[Code, tuple[str, ...]]] = {
    Code.PAYE: ("relief",),
    Code.NSSF: ("percent", "lower", "upper"),
    Code.SHIF: ("percent", "minimum"),
    Code.HOUSING_LEVY: ("percent", "employer_percent"),
}
_ORDER: Final = tuple(dict.fromkeys(name for parts in _PARTS.values() for name in parts))
_BAND: Final = "band"
_REST: Final = "rest"
_MOST_BANDS: Final = 20


def read(code: Code, lines: str) -> dict[str, Any]:
    """The parameters. Raises ``RateUnusable`` for a part missing, unknown, doubled or no figure."""
    parts: dict[str, Any] = {}
    bands: list[list[str | None]] = []
    for line in filter(str.strip, lines.splitlines()):
        name, *rest = line.split()
        if name == _BAND and code == Code.PAYE and len(rest) == 2:
            width = None if rest[0] == _REST else _figure(rest[0])
            bands.append([width, _percent(rest[1])])
        elif name in _PARTS[code] and name not in parts and len(rest) == 1:
            parts[name] = _percent(rest[0]) if "percent" in name else _figure(rest[0])
        else:
            raise RateUnusable(problem=f"{line[:60]!r} is no part of {code}, or stands twice.")
    if missing := [name for name in _PARTS[code] if name not in parts]:
        raise RateUnusable(problem=f"{code} lacks {', '.join(missing)}.")
    if code == Code.PAYE:
        parts["bands"] = _whole(bands)
    if code == Code.NSSF and Decimal(parts["lower"]) > Decimal(parts["upper"]):
        raise RateUnusable(problem="The lower limit is above the upper one.")
    return parts


def written(parameters: dict[str, Any]) -> str:
    """As ``read`` reads it."""
    bands = [f"{_BAND} {width or _REST} {percent}" for width, percent in parameters.get("bands", [])]
    parts = [f"{name} {parameters[name]}" for name in _ORDER if name in parameters]
    return "\n".join([*bands, *parts])


def _whole(bands: list[list[str | None]]) -> list[list[str | None]]:
    """Bands reach to the end: the last alone is the rest."""
    ends = [width is None for width, _share in bands]
    if not 0 < len(bands) <= _MOST_BANDS or ends != [False] * (len(bands) - 1) + [True]:
        raise RateUnusable(problem="Write each band with its width, and the last one as: band rest 35.")
    return bands


def _figure(text: str) -> str:
    plain = text.replace(",", "")
    if not plain.isascii() or not plain.replace(".", "", 1).isdecimal() or len(plain) > 12:
        raise RateUnusable(problem=f"{text[:20]!r} is no amount.")
    return plain


def _percent(text: str) -> str:
    plain = _figure(text)
    if Decimal(plain) > 100:
        raise RateUnusable(problem=f"{text[:20]} % is more than everything.")
    return plain
