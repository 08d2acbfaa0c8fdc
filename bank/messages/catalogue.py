"""The formats a message may come in or be turned into, by the names people use for them.

A format is added to this list, and the command that shows messages knows it.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from bank.messages import camt, edifact, errors, mpesa, mt940, pain001
from bank.messages.ach import checks as ach_checks
from bank.messages.ach import reading as ach_reading
from bank.messages.ach import writing as ach_writing
from bank.messages.canonical import Fault
from bank.messages.swift import blocks, to_mt, to_mx
from bank.messages.swift import checks as swift_checks

Reader = Callable[[bytes], Iterable[Any]]

_STATEMENTS: Final = ("mt940", "mt942", "mt950")
_CAMT: Final = ("camt.052", "camt.053", "camt.054")
_TRANSFERS: Final = ("mt103", "mt202", "mt205")
FORMATS: Final = (
    *("pain.001", *_CAMT, *_STATEMENTS, *_TRANSFERS),
    *("mt", "pacs.008", "pacs.009", "ach", "mpesa", "edifact"),
)


def parse(kind: str, content: bytes) -> Iterable[Any]:
    """What a message says. Raises ``MessageUnsupported`` for a format that is not read, and as its reader."""
    if kind in _STATEMENTS:
        return mt940.read(content)
    if kind in _CAMT:
        return camt.read(content)
    readers: dict[str, Reader] = {
        "pain.001": lambda raw: pain001.Initiation(raw).transfers(),
        "ach": lambda raw: [ach_reading.read(raw).file],
        "edifact": lambda raw: edifact.read(raw).orders,
        "mpesa": lambda raw: [mpesa.read(_json(raw))],
        **dict.fromkeys(("mt", *_TRANSFERS), blocks.read),
    }
    return _known(readers, kind)(content)


def faults(kind: str, content: bytes) -> Iterator[Fault]:
    """What is wrong with a message that can be read at all."""
    if kind in {*_STATEMENTS, *_CAMT}:
        for statement in parse(kind, content):
            yield from statement.faults
    elif kind == "ach":
        read = ach_reading.read(content)
        yield from read.findings.faults
        yield from ach_checks.faults(read.file)
    elif kind == "edifact":
        yield from edifact.read(content).findings.faults
    elif kind in {"mt", *_TRANSFERS}:
        for message in blocks.read(content):
            yield from swift_checks.faults(message)
    elif kind == "pain.001":
        initiation = pain001.Initiation(content)
        for _transfer in initiation.transfers():
            continue
        yield from initiation.control_faults()


def render(kind: str, content: bytes) -> str:
    """The message as the bank would write it: counts, sums and blocks reckoned anew. ACH and MT."""
    if kind == "ach":
        return ach_writing.render(ach_reading.read(content).file)
    if kind in {"mt", *_TRANSFERS}:
        return "\n".join(blocks.render(message) for message in blocks.read(content)) + "\n"
    raise errors.MessageUnsupported(message=kind, wanted="ach or mt")


def convert(source: str, target: str, content: bytes, *, created_at: datetime) -> str:
    """A message in another format. Raises ``MessageUnsupported`` for pairs without a translation."""
    if source.startswith("mt") and target.startswith(("pacs", "camt")):
        return to_mx.translate(content, created_at=created_at, target=_version(target))
    if source.startswith(("pacs", "camt")) and target.startswith("mt"):
        return to_mt.translate(content, target=target)
    raise errors.MessageUnsupported(message=source, wanted="mt to pacs or camt, or the other way")


def _version(target: str) -> str:
    """The message of a family in the version the network uses."""
    return target if target.count(".") > 1 else f"{target}.001.08"


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise errors.CallbackMalformed(field="body", problem="it is not JSON") from error


def _known(
    readers: dict[str, Callable[[bytes], Iterable[Any]]], kind: str
) -> Callable[[bytes], Iterable[Any]]:
    if kind not in readers:
        raise errors.MessageUnsupported(message=kind, wanted=", ".join(sorted(FORMATS)))
    return readers[kind]
