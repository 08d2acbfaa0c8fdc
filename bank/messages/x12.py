"""Reads ANSI X12 interchanges, and the 820 (payment order and remittance advice) in them.

Delimiters are the interchange's own (ISA is 106 characters long and shows them). Counts and control numbers
are compared with what was read; every fault names the segment it is in.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Final

from bank.messages import content, errors
from bank.messages import fields as xml_fields
from bank.messages.statements import Findings

_ISA_LENGTH: Final = 106
_PAYMENT: Final = "820"
_UNCLOSED: Final = "A transaction set ends with SE: send it whole."


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its name, its elements, and which of the interchange it is, counted from 1."""

    name: str
    elements: tuple[str, ...]
    number: int

    def __getitem__(self, place: int) -> str:
        """An element by its number as the standard counts (BPR02 is 2); empty where there is none."""
        return self.elements[place - 1] if 0 < place <= len(self.elements) else ""


@dataclass(slots=True)
class TransactionSet:
    """What stands between ST and SE, both included. ``stated_count`` is what SE says."""

    identifier: str
    control: str
    segments: list[Segment] = field(default_factory=list)
    stated_count: int | None = None

    def every(self, name: str) -> list[Segment]:
        """The segments of a name, in order."""
        return [segment for segment in self.segments if segment.name == name]

    @property
    def amount(self) -> Decimal | None:
        """What an 820 pays in all (BPR02); None for other sets and where it is no number."""
        found = self.every("BPR") if self.identifier == _PAYMENT else []
        return xml_fields.decimal(found[0][2]) if found else None

    @property
    def remittances(self) -> list[Segment]:
        """What each part of an 820 is for (RMR)."""
        return self.every("RMR")


@dataclass(slots=True)
class Interchange:
    """A whole file: sender, receiver, control number, transaction sets, and what is wrong with it."""

    sender: str
    receiver: str
    control: str
    sets: list[TransactionSet] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)


def read(source: bytes | str | IO[bytes], *, max_bytes: int = content.MAX_BYTES) -> Interchange:
    """An interchange. Raises ``MessageUnsupported`` for what does not begin with ISA, ``TextBroken`` for half
    of its first segment, and ``FormatError`` as ``content``.
    """
    text = content.text(source, max_bytes=max_bytes).lstrip()
    if not text.startswith("ISA") or len(text) < len("ISA*"):
        raise errors.MessageUnsupported(message="this", wanted="an X12 interchange, which begins with ISA")
    segments = _segments(text)
    header = segments[0]
    found = Interchange(sender=header[6].strip(), receiver=header[8].strip(), control=header[13].strip())
    open_set: TransactionSet | None = None
    for segment in segments[1:]:
        open_set = _take(found, open_set, segment)
    if open_set is not None:
        found.findings.add(segments[-1].number, "SET_NOT_CLOSED", _UNCLOSED)
    _check_end(found, segments[-1])
    return found


def _segments(text: str) -> list[Segment]:
    separator, terminator = text[3], _terminator(text)
    parts = (part.strip("\n \t") for part in text.split(terminator))
    split = (part.split(separator) for part in parts if part)
    return [Segment(names[0], tuple(names[1:]), number) for number, names in enumerate(split, start=1)]


def _terminator(text: str) -> str:
    """What ends a segment: the character after ISA16, whether ISA has its fixed length or not."""
    if len(text) >= _ISA_LENGTH and text[: _ISA_LENGTH - 1].count(text[3]) == 16:
        return text[_ISA_LENGTH - 1]
    pieces = text.split(text[3], 17)
    if len(pieces) < 17 or len(pieces[16]) < 2:
        raise errors.TextBroken(line=1, position=1, problem="ISA breaks off; it has sixteen elements")
    return pieces[16][1]


def _take(found: Interchange, open_set: TransactionSet | None, segment: Segment) -> TransactionSet | None:
    if segment.name == "ST":
        if open_set is not None:
            found.findings.add(segment.number, "SET_NOT_CLOSED", _UNCLOSED)
        begun = TransactionSet(segment[1], segment[2], [segment])
        found.sets.append(begun)
        return begun
    if open_set is None:
        return None
    open_set.segments.append(segment)
    if segment.name != "SE":
        return open_set
    _close(found, open_set, segment)
    return None


def _close(found: Interchange, closed: TransactionSet, end: Segment) -> None:
    closed.stated_count = int(end[1]) if end[1].isascii() and end[1].isdigit() else None
    if closed.stated_count != len(closed.segments):
        sentence = f"SE states {end[1] or 'no'} segments; the set has {len(closed.segments)}."
        found.findings.add(end.number, "COUNT_MISMATCH", sentence, "SE01", end[1])
    if end[2] != closed.control:
        found.findings.add(end.number, "CONTROL_DIFFERS", "SE02 repeats ST02.", "SE02", end[2])


def _check_end(found: Interchange, last: Segment) -> None:
    if last.name != "IEA":
        found.findings.add(last.number, "NOT_CLOSED", "An interchange ends with IEA.", last.name)
    elif last[2].strip() != found.control:
        found.findings.add(last.number, "CONTROL_DIFFERS", "IEA02 repeats ISA13.", "IEA02", last[2])
