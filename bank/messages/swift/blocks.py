"""Reads and writes the five blocks of a SWIFT MT message (SWIFT User Handbook, FIN system messages).

Reading keeps every value as sent, line breaks in it as ``\\n``. A system message (MT0xx) has its fields in
braces, all others in lines that begin with ``:tag:``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import IO, Final

from bank.messages import content, errors

_BLOCK_NAMES: Final = frozenset("12345S")
_TAG = re.compile(r"(?:^|\n):([0-9]{2}[A-Z]?):")
_BRACED = re.compile(r"\{([0-9A-Z]{2,4}):([^{}]*)\}")
#: How a text block ends: as it must, else as some systems leave it, at the end or before the trailer.
_ENDS_OF_TEXT: Final = (
    re.compile(r"\r?\n-\}"),
    re.compile(r"-\}(?=\s*(?:\{[5S]:|\Z))"),
)
#: Blocks after the text. Where the last of them is cut off, the message itself is whole.
_AFTER_TEXT: Final = frozenset("5S")
_END = re.compile(r"(?:\r?\n)?-\Z")
_HEADER_2 = re.compile(r"(?P<way>[IO])(?P<type>[0-9]{3})(?P<rest>.*)", re.DOTALL)
_UETR: Final = "121"
_LT: Final = 12
_LINE_END: Final = "\r\n"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the text block. ``line`` is where it begins in the file, counted from 1; 0 when made."""

    tag: str
    value: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """An MT message. ``sender`` and ``receiver`` are logical terminals of twelve characters."""

    type: str
    sender: str
    receiver: str
    fields: tuple[Field, ...]
    is_output: bool = False
    uetr: str = ""
    user_header: tuple[tuple[str, str], ...] = ()
    trailer: tuple[tuple[str, str], ...] = ()
    session: str = ""
    priority: str = ""

    def value(self, *tags: str) -> str:
        """The value of the first field with one of the tags."""
        return next((field.value for field in self.fields if field.tag in tags), "")

    def tagged(self, *tags: str) -> Field | None:
        """The first field with one of the tags."""
        return next((field for field in self.fields if field.tag in tags), None)

    def every(self, *tags: str) -> tuple[Field, ...]:
        """All fields with one of the tags, in order."""
        return tuple(field for field in self.fields if field.tag in tags)


def read(source: bytes | str | IO[bytes], *, max_bytes: int = content.MAX_BYTES) -> Iterator[Message]:
    """Every message of a file, in its order.

    Raises ``TextBroken`` with line and position where a block is not closed or says nothing sensible, and
    ``MessageUnsupported`` where there is no message.
    """
    text = content.text(source, max_bytes=max_bytes, keeps_returns=True)
    found: dict[str, tuple[str, int]] = {}
    lines = _Lines(text)
    is_empty = True
    for name, body, at in _blocks(text):
        if name == "1" and found:
            yield from _message(lines, found)
            found = {}
        found.setdefault(name, (body, at))
        is_empty = False
    if is_empty:
        raise errors.MessageUnsupported(message="this", wanted="a SWIFT MT message, which begins with {1:")
    yield from _message(lines, found)


class _Lines:
    """Which line a place is in, counting on from where it was last asked: places come in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._at, self._line = 0, 1

    def line(self, at: int) -> int:
        start, end = min(self._at, at), max(self._at, at)
        counted = self.text.count("\n", start, end)
        self._line += counted if at >= self._at else -counted
        self._at = at
        return self._line


def one(source: bytes | str | IO[bytes], *, max_bytes: int = content.MAX_BYTES) -> Message:
    """The first message of a file. Raises as ``read``."""
    return next(read(source, max_bytes=max_bytes))


def _blocks(text: str) -> Iterator[tuple[str, str, int]]:
    """Name, content and place of each block. Braces nest in all blocks but the text block, which ends at
    the first line that is ``-}``, or at its own brace in a system message.
    """
    at = text.find("{")
    while at >= 0:
        if text[at + 2 : at + 3] != ":" or text[at + 1] not in _BLOCK_NAMES:
            at = text.find("{", at + 1)
            continue
        end = _end_of_text(text, at) if text[at + 1] == "4" else _end_of_braces(text, at)
        yield text[at + 1], text[at + 3 : end], at + 3
        at = text.find("{", end + 1)


def _end_of_text(text: str, at: int) -> int:
    if text[at + 3 : at + 4] == "{":
        return _end_of_braces(text, at)
    next_message = text.find("{1:", at)
    region = text[at : next_message if next_message >= 0 else len(text)]
    for mark in _ENDS_OF_TEXT:
        if found := mark.search(region):
            return at + found.end() - 1
    if region.rstrip().endswith("}"):
        return at + len(region)
    raise _broken(text, at, "the text block is not closed; end it with a line of -}")


def _end_of_braces(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return place
    if text[at + 1] in _AFTER_TEXT:
        return len(text)
    raise _broken(text, at, "the block that begins here is not closed; end it with a brace")


def _broken(text: str, at: int, problem: str) -> errors.TextBroken:
    before = text[:at]
    position = at - before.rfind("\n")
    return errors.TextBroken(line=before.count("\n") + 1, position=position, problem=problem)


def _message(lines: _Lines, blocks: dict[str, tuple[str, int]]) -> Iterator[Message]:
    text = lines.text
    basic, at = blocks.get("1", ("", 0))
    application, applied_at = blocks.get("2", ("", at))
    header = _HEADER_2.fullmatch(application)
    if len(basic) < 3 + _LT:
        raise _broken(text, at, "block 1 names application, service and terminal: F01UMOJKENAAXXX")
    if header is None:
        raise _broken(text, applied_at, "block 2 begins with I or O and the type of message: I103")
    own = basic[3 : 3 + _LT]
    is_output = header["way"] == "O"
    other = header["rest"][10 : 10 + _LT] if is_output else header["rest"][:_LT]
    user = _pairs(blocks.get("3", ("", 0))[0])
    yield Message(
        type=header["type"],
        sender=other if is_output else own,
        receiver=own if is_output else other,
        fields=tuple(_fields(lines, *blocks.get("4", ("", 0)))),
        is_output=is_output,
        uetr=dict(user).get(_UETR, ""),
        user_header=user,
        trailer=_pairs(blocks.get("5", ("", 0))[0]),
        session=basic[3 + _LT :],
        priority=header["rest"][-1:] if len(header["rest"]) > _LT else "",
    )


def _pairs(body: str) -> tuple[tuple[str, str], ...]:
    return tuple((tag, value) for tag, value in _BRACED.findall(body))


def _fields(lines: _Lines, body: str, at: int) -> Iterator[Field]:
    line, counted = lines.line(at), 0
    if body.lstrip().startswith("{"):
        yield from (Field(tag, value, line) for tag, value in _pairs(body))
        return
    body = _END.sub("", body)
    marks = list(_TAG.finditer(body))
    for mark, after in zip_longest(marks, marks[1:]):
        start = mark.start(1)
        line, counted = line + body.count("\n", counted, start), start
        yield Field(mark[1], body[mark.end() : after.start() if after else len(body)], line)


def render(message: Message) -> str:
    """The message as SWIFT sends it: lines end with carriage return and line feed, nothing is reckoned."""
    user = [*message.user_header]
    if message.uetr and _UETR not in dict(user):
        user.append((_UETR, message.uetr))
    session = message.session or "0000000000"
    receiver = message.receiver.ljust(_LT, "X")[:_LT]
    parts = [
        f"{{1:F01{message.sender.ljust(_LT, 'X')[:_LT]}{session}}}",
        f"{{2:I{message.type}{receiver}{message.priority or 'N'}}}",
        f"{{3:{_braced(user)}}}" if user else "",
        "{4:" + _LINE_END,
        *(f":{field.tag}:{field.value}".replace("\n", _LINE_END) + _LINE_END for field in message.fields),
        "-}",
        f"{{5:{_braced(message.trailer)}}}" if message.trailer else "",
    ]
    return "".join(parts)


def _braced(pairs: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> str:
    return "".join(f"{{{tag}:{value}}}" for tag, value in pairs)
