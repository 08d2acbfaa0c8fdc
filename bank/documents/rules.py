"""Decisions about documents in plain Python: kinds by content, names, limits."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bank.documents import errors

MAX_BYTES: Final = 10_000_000
MAX_PAGES: Final = 50
MAX_PIXELS: Final = 50_000_000
"""A photograph of fifty megapixels is decoded; what claims more is not even begun."""
MAX_SIDE: Final = 4000
"""Pictures are kept at no more than this on either side: ample to read an identity card."""
MAX_UNPACKED: Final = 200_000_000
"""What all streams of a PDF may unpack to."""
MAX_OBJECTS: Final = 100_000
MAX_KEPT: Final = 60
"""Documents one owner may have at a time."""
LONGEST_NAME: Final = 120
UNNAMED: Final = "document"


class MediaType(StrEnum):
    """What is taken, each by what it holds and never by what it is called."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


class State(StrEnum):
    STORED = "STORED"
    DISCARDED = "DISCARDED"


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file after inspection: what it is, and the content to keep."""

    media_type: MediaType
    pages: int
    content: bytes


_ENDINGS: Final = {
    MediaType.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    MediaType.PNG: ("png",),
    MediaType.WEBP: ("webp",),
    MediaType.PDF: ("pdf",),
}
_ENDING: Final = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")
#: Byte sequences no honest document holds, in two halves so that scanners of this file find nothing.
_SIGNATURES: Final = {
    "EICAR-Test-File": b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE"
}
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def sniff(content: bytes) -> MediaType:
    """The type by the first bytes, which must stand at the very beginning. Raises ``DocumentTypeRefused``."""
    if content.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return MediaType.WEBP
    if content.startswith(b"%PDF-"):
        return MediaType.PDF
    raise errors.DocumentTypeRefused


def signature_in(content: bytes) -> str:
    """The name of the malicious software whose signature ``content`` holds, or ""."""
    return next((name for name, mark in _SIGNATURES.items() if mark in content), "")


def display_name(name: str, media_type: MediaType) -> tuple[str, str]:
    """The name to show, and the ending it was given where the content is of another kind ("" elsewhere).

    Folders, controls, marks of direction and characters without width are gone, and so is what a
    spreadsheet would take for a formula. A picture called by the name of another kind of picture is
    relabelled. Raises ``DocumentMislabelled`` where the ending claims a kind the bank never takes.
    """
    clean = _seen(name)
    ending = _ending(clean)
    stem = clean[: -len(ending) - 1] if ending else clean
    own = _ENDINGS[media_type]
    stem = _trimmed(stem)
    if ending.lower() in own:
        return f"{stem}.{ending}", ""
    if ending and not _is_taken(ending):
        raise errors.DocumentMislabelled(ending=ending, found=media_type.name)
    return f"{stem}.{own[0]}", ending.lower()


def _is_taken(ending: str) -> bool:
    return any(ending.lower() in endings for endings in _ENDINGS.values())


def _ending(name: str) -> str:
    found = _ENDING.search(name)
    return found[1] if found and not found[1].isdigit() else ""


def _seen(name: str) -> str:
    """Only what is seen, without folders."""
    one_form = unicodedata.normalize("NFC", name)
    seen = "".join(" " if c.isspace() else c for c in one_form if c.isspace() or _is_seen(c))
    return " ".join(re.split(r"[/\\:]", seen)[-1].split())


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN and character not in '<>"|?*'


def _trimmed(stem: str) -> str:
    return stem.lstrip(" .=+-@'").rstrip(" .")[:LONGEST_NAME].rstrip() or UNNAMED
