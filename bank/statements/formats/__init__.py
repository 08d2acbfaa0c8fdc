"""The forms a statement is made in: one module each, found by itself; all write the same ``Paper``.

A module names its ``FORMAT``; a new format is a new module here and nothing else. Modules that
begin with an underscore are shared by several. Plain Python, but for the PDF, which is laid out
by ``bank.statements.documents``.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import BinaryIO

from bank.statements.errors import UnknownFormat
from bank.statements.formats._format import Format
from bank.statements.paper import Paper

__all__ = ["CODES", "EVERY", "Format", "named", "of_media_type", "write"]


def _found() -> dict[str, Format]:
    modules = (module.name for module in iter_modules(__path__) if not module.name.startswith("_"))
    found: list[Format] = [import_module(f"{__name__}.{name}").FORMAT for name in modules]
    return {one.code: one for one in sorted(found, key=lambda one: (one.rank, one.code))}


EVERY = _found()
"""The formats there are by code, those people read before those programs read."""
CODES = list(EVERY)
"""``PDF``, ``CSV`` and so on."""


def named(text: str) -> Format:
    """The format with that code. Raises ``UnknownFormat``."""
    found = EVERY.get(text)
    if found is None:
        raise UnknownFormat(format=repr(text)[:40], known=", ".join(CODES))
    return found


def write(code: str, paper: Paper, file: BinaryIO) -> None:
    """Writes ``paper`` to ``file`` in a format. Raises ``UnknownFormat``, ``PdfUnavailable``."""
    named(code).write(paper, file)


def of_media_type(accepted: str) -> Format | None:
    """The first format an ``Accept`` header (RFC 9110 §12.5.1) names, heaviest first; ``None`` for none."""
    known = {one.content_type.partition(";")[0]: one for one in reversed(EVERY.values())}
    return next((known[media] for media in _by_weight(accepted) if media in known), None)


def _by_weight(accepted: str) -> list[str]:
    weighed: list[tuple[int, str]] = []
    for part in accepted.lower().split(",")[:50]:
        media, _semicolon, rest = part.partition(";")
        if weight := _thousandths(rest):
            weighed.append((-weight, media.strip()))
    return [media for _weight, media in sorted(weighed, key=lambda one: one[0])]


def _thousandths(parameters: str) -> int:
    """``q=0.5`` as 500; without one 1000."""
    _before, found, weight = parameters.replace(" ", "").partition("q=")
    whole, _point, decimals = weight.partition(";")[0].partition(".")
    if not found or not whole.isdigit():
        return 1000
    return min(1000, int(whole) * 1000 + int((decimals + "000")[:3] if decimals.isdigit() else 0))
