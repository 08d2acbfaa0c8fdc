"""XML from strangers: no DTD, no entities, no network, bounded size and depth, known encodings.

OWASP ASVS 5.0 1.5.1. A document type declaration is refused before a parser sees it, so
external entities and entity bombs have nothing to stand on; the parser's own switches are
the second wall.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from bank.messages import errors

MAX_BYTES = 64_000_000
MAX_GAP = 2_000_000
"""Bytes a reader goes on for without finding a payment; a payment with all it may hold has 100,000."""
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be"} | {
    "iso-8859-1",
    "latin1",
    "iso-8859-15",
    "windows-1252",
    "cp1252",
}
CLOSED: dict[str, bool] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
}
CLEAN: dict[str, bool] = {"remove_comments": True, "remove_pis": True}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_UTF32_MARKS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\x00\x00\x00", b"\x00\x00\x00<")
# As XML 1.0 §2.8 writes it, and nothing looser: a declaration we misread would let the parser read
# other characters than we did.
_DECLARATION = re.compile(
    rb"""<\?xml\s{1,9}version\s?=\s?["']1\.[0-9]["']"""
    rb"""(?:\s{1,9}encoding\s?=\s?["'](?P<encoding>[A-Za-z][A-Za-z0-9._-]{0,39})["'])?"""
    rb"""(?:\s{1,9}standalone\s?=\s?["'](?:yes|no)["'])?\s{0,9}\?>"""
)
_DECLARED = re.compile(rb"\s*<\?xml\s")
_DTD = b"<!DOCTYPE"


def prepared(content: bytes | str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """The content as bytes a parser may see: sized, in a known encoding, without a DTD.

    Text is taken as already decoded, whatever its declaration says. Raises ``FormatError``.
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(raw) > max_bytes:
        raise errors.ContentTooLarge(size=len(raw), limit=max_bytes)
    raw = _as_utf8(raw) if isinstance(content, str) else _known_encoding(raw)
    if not raw.strip():
        raise errors.ContentEmpty
    if not raw.lstrip().startswith(b"<"):
        raise errors.NotWellFormed(problem="it does not begin with <")
    # Wherever it stands: finding out whether it is inside a comment would cost more than it is worth.
    if _DTD in raw:
        raise errors.DoctypeForbidden
    return raw


def _known_encoding(raw: bytes) -> bytes:
    if raw.startswith(_UTF32_MARKS):
        raise errors.EncodingUnsupported(encoding="UTF-32")
    if raw.startswith(_UTF16_MARKS):
        return _from_utf16(raw)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    declared = _declared_encoding(raw)
    if declared.lower() not in _ENCODINGS:
        raise errors.EncodingUnsupported(encoding=declared)
    if declared.lower().startswith("utf-16"):
        raise errors.EncodingBroken(encoding=declared)
    return raw


def _from_utf16(raw: bytes) -> bytes:
    little = raw[:2] in (b"\xff\xfe", b"<\x00")
    try:
        text = raw.decode("utf-16-le" if little else "utf-16-be")
    except UnicodeDecodeError as error:
        raise errors.EncodingBroken(encoding="UTF-16") from error
    return _as_utf8(text.encode("utf-8"))


def _as_utf8(raw: bytes) -> bytes:
    """UTF-8 bytes with the declaration dropped, because it may name the encoding they came in."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    declaration = _declaration(raw)
    return raw[declaration.end() :] if declaration else raw


def _declared_encoding(raw: bytes) -> str:
    declaration = _declaration(raw)
    named = declaration["encoding"] if declaration else None
    return named.decode("ascii") if named else "utf-8"


def _declaration(raw: bytes) -> re.Match[bytes] | None:
    found = _DECLARATION.match(raw)
    if found is None and _DECLARED.match(raw):
        raise errors.NotWellFormed(problem="its first line is not a plain XML declaration")
    return found


class _Metered(io.BytesIO):
    """Prepared content for a streaming parser, which may not read on and on without finding anything:
    what it reads meanwhile is all in memory.
    """

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw)
        self._found_at = 0

    def found(self) -> None:
        """The parser has come across what it looks for; what it read before may be forgotten."""
        self._found_at = self.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() - self._found_at > MAX_GAP:
            raise errors.PartTooLarge(limit=MAX_GAP)
        return super().read(size)


def ends(raw: bytes, tags: tuple[str, ...]) -> Iterator[Any]:
    """Elements of prepared content with one of the local names, as their end is read.

    The caller forgets what it has used, which keeps memory flat. Raises ``NotWellFormed``, ``TooDeep``,
    and ``PartTooLarge`` where none comes for ``MAX_GAP`` bytes.
    """
    names = [f"{{*}}{tag}" for tag in tags]
    source = _Metered(raw)
    try:
        for _event, element in etree.iterparse(source, events=("end",), tag=names, **CLOSED, **CLEAN):
            source.found()
            yield element
    except etree.XMLSyntaxError as error:
        raise refusal(error) from error


class Nothing:
    """What a parser builds when nothing but its verdict is wanted."""

    def close(self) -> None: ...


def check_well_formed(raw: bytes) -> None:
    """Raises ``NotWellFormed`` or ``TooDeep`` in the words of the parser, whatever a schema would say."""
    try:
        etree.parse(io.BytesIO(raw), etree.XMLParser(target=Nothing(), **CLOSED))
    except etree.XMLSyntaxError as error:
        raise refusal(error) from error


def root_name(raw: bytes) -> Any:
    """The ``QName`` of the root element; reads no further. Raises as ``ends``."""
    try:
        for _event, element in etree.iterparse(_Metered(raw), events=("start",), **CLOSED, **CLEAN):
            return etree.QName(element)
    except etree.XMLSyntaxError as error:
        raise refusal(error) from error
    raise errors.NotWellFormed(problem="it breaks off")


def root(raw: bytes) -> Any:
    """The root element of prepared content, whole in memory."""
    parser = etree.XMLParser(**CLOSED, **CLEAN)
    try:
        return etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise refusal(error) from error


def refusal(error: Any) -> errors.FormatError:
    """The bank's refusal for a parser's complaint; never repeats the content itself."""
    problem = str(error.msg or "it breaks off")
    if "depth" in problem.lower():
        return errors.TooDeep()
    if (
        "encoding" in problem.lower()
        or "invalid utf-8" in problem.lower()
        or "Input is not proper" in problem
    ):
        return errors.EncodingBroken(encoding="UTF-8 or what its declaration says")
    return errors.NotWellFormed(problem=problem[:200])


def forget(element: Any) -> None:
    """Frees an element and everything that stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None:
        while element.getprevious() is not None:
            del parent[0]
        element, parent = parent, parent.getparent()
