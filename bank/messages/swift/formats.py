"""SWIFT's notation of field formats as regular expressions: ``16x``, ``6!n3!a15d``, ``[/34x]$4*35x``.

``!`` fixes a length, ``*`` repeats a line, ``$`` ends one, brackets are optional. SWIFT Standards MT, General
Information, chapter 5.
"""

import re
from functools import cache
from typing import Final

#: Character set x: what may stand in a text field of a payment.
X: Final = r"A-Za-z0-9/\-?:().,'+ "
_SETS: Final = {"n": "0-9", "a": "A-Z", "c": "A-Z0-9", "x": X, "d": "0-9,"}
_TOKEN = re.compile(r"(\d+)\*(\d+)([ncxad])|(\d+)(!?)([ncxad])|<BIC>|[\[\]/]")
_BIC: Final = r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"

_PARTY_BIC: Final = "[/1!a][/34x]$<BIC>"
_PARTY_TEXT: Final = "[/1!a][/34x]$4*35x"
_PARTY_PLACE: Final = "[/1!a][/34x]$[35x]"

FORMATS: Final = {
    **dict.fromkeys(("20", "21"), "16x"),
    "13C": "/8c/4!n1x4!n",
    "23B": "4!c",
    "23E": "4!c[/30x]",
    "25": "35x",
    "26T": "3!c",
    "32A": "6!n3!a15d",
    **dict.fromkeys(("33B", "71F", "71G", "32B"), "3!a15d"),
    "36": "12d",
    **dict.fromkeys(("50A", "59A"), "[/34x]$<BIC>"),
    **dict.fromkeys(("50K", "59"), "[/34x]$4*35x"),
    "50F": "35x$4*35x",
    "59F": "[/34x]$4*35x",
    **dict.fromkeys(("51A", "52A", "53A", "54A", "55A", "56A", "57A", "58A"), _PARTY_BIC),
    **dict.fromkeys(("53B", "54B", "55B", "57B"), _PARTY_PLACE),
    **dict.fromkeys(("56C", "57C"), "/34x"),
    **dict.fromkeys(("52D", "53D", "54D", "55D", "56D", "57D", "58D"), _PARTY_TEXT),
    "70": "4*35x",
    "71A": "3!a",
    "72": "6*35x",
    "77B": "3*35x",
}


@cache
def pattern(notation: str) -> re.Pattern[str]:
    """The regular expression of a format. Where a whole line is optional, so is its end."""
    first, _end, rest = notation.partition("$")
    if not rest:
        return re.compile(_expression(notation))
    if not first.startswith("["):
        return re.compile(f"{_expression(first)}\n{_expression(rest)}")
    return re.compile(f"(?:(?!\n){_expression(first)}(?:\n|\\Z))?{_expression(rest)}")


def _expression(notation: str) -> str:
    text, at = "", 0
    for token in _TOKEN.finditer(notation):
        if token.start() != at:
            raise ValueError(f"{notation!r} is no SWIFT format at {at}")
        text, at = text + _piece(token), token.end()
    return text


def _piece(token: re.Match[str]) -> str:
    times, width, kind, length, fixed, of = token.groups()
    if times:
        line = f"[{_SETS[kind]}]{{1,{width}}}"
        return f"{line}(?:\n{line}){{0,{int(times) - 1}}}"
    if length:
        return f"[{_SETS[of]}]{{{length if fixed else f'1,{length}'}}}"
    return {"[": "(?:", "]": ")?", "<BIC>": _BIC, "/": "/"}[token.group()]
