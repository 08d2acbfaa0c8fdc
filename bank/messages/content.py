"""Text messages from strangers: bounded size, a known encoding, lines that can be counted."""

from typing import IO

from bank.messages import errors

MAX_BYTES = 64_000_000


def whole(source: bytes | str | IO[bytes], *, max_bytes: int = MAX_BYTES) -> bytes | str:
    """The content of what is given, never more than ``max_bytes`` of it. Raises ``ContentTooLarge``."""
    content = source if isinstance(source, bytes | str) else source.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise errors.ContentTooLarge(size=len(content), limit=max_bytes)
    return content


def text(source: bytes | str | IO[bytes], *, max_bytes: int = MAX_BYTES, keeps_returns: bool = False) -> str:
    """Content as text with plain line ends: UTF-8 with or without a mark, UTF-16 with one, else Windows-1252.

    A carriage return alone ends a line too, unless it is kept as a character of its own.
    Raises ``ContentTooLarge``, ``ContentEmpty``, ``EncodingBroken``.
    """
    content = whole(source, max_bytes=max_bytes)
    decoded = content if isinstance(content, str) else _decoded(content)
    if "\x00" in decoded:
        raise errors.EncodingBroken(encoding="text: it holds null bytes")
    if not decoded.strip():
        raise errors.ContentEmpty
    plain = decoded.removeprefix("\ufeff").replace("\r\n", "\n")
    return plain if keeps_returns else plain.replace("\r", "\n")


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise errors.EncodingBroken(encoding="UTF-16") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
