"""PDFs are kept as they came (a signature in one would not survive a rewrite), or refused with a reason."""

import io
import re
from collections.abc import Iterator
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from bank.documents import errors, rules

_DEEPEST: Final = 100
_SCRIPT, _LAUNCH, _FILES, _OPENING, _FORM, _LINKS, _MEDIA = (
    *("SCRIPT", "PROGRAM", "FILES", "OPENING"),
    *("FORM", "LINKS", "MEDIA"),
)
_KEYS: Final = {
    "/JS": _SCRIPT,
    "/JavaScript": _SCRIPT,
    "/XFA": _FORM,
    "/EmbeddedFile": _FILES,
    "/EmbeddedFiles": _FILES,
    "/EF": _FILES,
    "/AF": _FILES,
    "/RichMedia": _MEDIA,
    "/AA": _OPENING,
}
_ACTIONS: Final = {
    "/JavaScript": _SCRIPT,
    "/Launch": _LAUNCH,
    "/SubmitForm": _FORM,
    "/ImportData": _FORM,
    "/GoToR": _LINKS,
    "/GoToE": _FILES,
    "/Rendition": _MEDIA,
    "/Movie": _MEDIA,
    "/Sound": _MEDIA,
    "/RichMediaExecute": _MEDIA,
}
_KINDS: Final = {
    "/EmbeddedFile": _FILES,
    "/RichMedia": _MEDIA,
    "/FileAttachment": _FILES,
    "/Screen": _MEDIA,
    "/3D": _MEDIA,
}
#: What stands in the file though no table of contents names it; long enough not to occur by chance.
_RAW: Final = (
    (re.compile(rb"/JavaScript\b"), _SCRIPT),
    (re.compile(rb"/Launch\b"), _LAUNCH),
    (re.compile(rb"/EmbeddedFiles?\b"), _FILES),
)
_ZIP_END: Final = b"PK\x05\x06"
_HARMLESS_OPENINGS: Final = ("/GoTo", "/Named")


def checked_pages(content: bytes) -> int:
    """How many pages it has. Raises the first of ``errors`` that applies."""
    _refuse_trailing(content)
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise errors.DocumentEncrypted
    pages = _pages(reader)
    for pattern, found in _RAW:
        if pattern.search(content):
            raise errors.DocumentActive(found=found)
    _refuse_opening(reader)
    _refuse_active(reader)
    return pages


def _pages(reader: PdfReader) -> int:
    """Counts the leaves of the page tree itself, no further than the limit: what ``/Count`` says may lie."""
    waiting: list[Any] = [reader.root_object["/Pages"]]
    pages = branches = 0
    while waiting:
        node = waiting.pop().get_object()
        if "/Kids" in node:
            waiting.extend(node["/Kids"])
            branches += 1
        else:
            pages += 1
        if pages > rules.MAX_PAGES or branches > rules.MAX_PAGES or len(waiting) > rules.MAX_PAGES:
            raise errors.DocumentTooManyPages(most=rules.MAX_PAGES)
    if not pages:
        raise errors.DocumentUnreadable
    return pages


def _refuse_trailing(content: bytes) -> None:
    """After the last end mark only white space may stand, and no archive may end where the file ends."""
    _body, mark, rest = content.rpartition(b"%%EOF")
    if not mark:
        raise errors.DocumentUnreadable
    place = content.rfind(_ZIP_END)
    is_archive = place >= 0 and place + 22 <= len(content) <= place + 22 + 65535
    if rest.strip(b"\x00\t\n\x0c\r ") or is_archive:
        raise errors.DocumentHasTrailingContent


def _refuse_opening(reader: PdfReader) -> None:
    """A place to open at is fine (every office program writes one); anything to *do* is not."""
    opening = reader.root_object.get("/OpenAction")
    opening = opening.get_object() if opening is not None else None
    if isinstance(opening, DictionaryObject) and opening.get("/S") not in _HARMLESS_OPENINGS:
        raise errors.DocumentActive(found=_OPENING)


def _refuse_active(reader: PdfReader) -> None:
    """Looks at every object, whether a page uses it or not, and into every packed stream."""
    unpacked = 0
    _look(reader.trailer, 0)
    for found in _objects(reader):
        _look(found, 0)
        unpacked += _unpacked_size(found)
        if unpacked > rules.MAX_UNPACKED:
            raise errors.DocumentTooComplex


def _objects(reader: PdfReader) -> Iterator[Any]:
    numbers = [(number, form) for form, table in reader.xref.items() for number in table if form < 65535]
    numbers += [(number, 0) for number in reader.xref_objStm]
    if len(numbers) > rules.MAX_OBJECTS:
        raise errors.DocumentTooComplex
    for number, form in numbers:
        yield reader.get_object(IndirectObject(number, form, reader))


def _look(found: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise errors.DocumentTooComplex
    if isinstance(found, DictionaryObject):
        _judge(found)
        for value in found.values():
            _look(value, depth + 1)
    elif isinstance(found, ArrayObject):
        for value in found:
            _look(value, depth + 1)


def _judge(found: DictionaryObject) -> None:
    does = next((_KEYS[key] for key in found if key in _KEYS), "")
    does = does or _ACTIONS.get(str(found.raw_get("/S")) if "/S" in found else "", "")
    kinds = (str(found.raw_get(key)) for key in ("/Type", "/Subtype") if key in found)
    does = does or next((_KINDS[kind] for kind in kinds if kind in _KINDS), "")
    if does:
        raise errors.DocumentActive(found=does)


def _unpacked_size(found: Any) -> int:
    """Unpacks a stream within the library's own limits; pictures are left packed, nobody opens them here."""
    if not isinstance(found, StreamObject) or found.get("/Subtype") == "/Image":
        return 0
    try:
        unpacked = found.get_data()
    except LimitReachedError:
        raise errors.DocumentTooComplex from None
    if rules.signature_in(unpacked):
        raise errors.DocumentInfected
    return len(unpacked)
