"""The published ISO 20022 schemas the bank holds, and what a message has against its own."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from bank.messages import errors, xml

MAX_FAULTS = 5000
_FOLDER = Path(__file__).parent / "xsd"
_MESSAGE = re.compile(r"[a-z]{4}\.\d{3}\.\d{3}\.\d{2}")
_NAMESPACE_IN_MESSAGES = re.compile(r"\{[^}]*\}")
_ELEMENT_IN_MESSAGES = re.compile(r"Element '([^']*)'")
_VALUE_IN_MESSAGES = re.compile(r"(?:: |The value )'(.*?)'(?: is | has )", re.DOTALL)
_CHUNK = 32_768
# Where a payment begins and ends. In XML a "<" opens something wherever it stands, except in comments,
# CDATA sections and processing instructions: those are stepped over.
_MARKS = re.compile(
    rb"""<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"""
    rb"""|(?P<opens>(?:[^\s<>/:"'!?]+:)?(?:CdtTrfTxInf|DrctDbtTxInf|PmtTx)(?=[\s/>])(?:[^<>"'/]|/(?!>)|"[^"]*"|'[^']*')*+(?P<empty>/)?>)"""
    rb"""|(?P<closes>/(?:[^\s<>/:"']+:)?(?:CdtTrfTxInf|DrctDbtTxInf|PmtTx)\s*>))""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """What a message has against its schema: in which payment (0: in none), element, value, and why."""

    line: int
    element: str
    value: str
    sentence: str


@cache
def held() -> frozenset[str]:
    """The messages whose schema the bank holds, e.g. ``pain.001.001.09``."""
    return frozenset(path.stem for path in _FOLDER.glob("*.xsd"))


@cache
def schema(message: str) -> Any:
    """The compiled schema of ``message``. Raises ``MessageUnsupported`` where the bank holds none."""
    if message not in held():
        raise errors.MessageUnsupported(message=message)
    return etree.XMLSchema(etree.parse(str(_FOLDER / f"{message}.xsd")))


@cache
def namespace(message: str) -> str:
    """The namespace the schema of ``message`` describes."""
    tree = etree.parse(str(_FOLDER / f"{message}.xsd"))
    return str(tree.getroot().get("targetNamespace"))


def message_named_in(namespace_uri: str) -> str:
    """The message a namespace names, e.g. ``pain.001.001.03``; empty where it names none."""
    found = _MESSAGE.search(namespace_uri)
    return found.group() if found else ""


def document(raw: bytes) -> tuple[Any, str]:
    """The ``Document`` element of prepared content and the message it holds, inside an envelope or not;
    a business application header (``AppHdr``) where it stands alone.

    Raises ``MessageUnsupported`` where there is none.
    """
    root = xml.root(raw)
    for element in itertools.chain(root.iter("{*}Document"), root.iter("{*}AppHdr")):
        message = message_named_in(etree.QName(element).namespace or "")
        if message:
            return element, message
    raise errors.MessageUnsupported(message=message_named_in(etree.QName(root).namespace or "") or "it holds")


def is_valid(raw: bytes) -> bool:
    """Whether prepared content is a message that its published schema accepts."""
    element, message = document(raw)
    if etree.QName(element).namespace != namespace(message):
        return False
    return bool(schema(message).validate(etree.ElementTree(element)))


def faults(raw: bytes, message: str) -> list[SchemaFault]:
    """The faults of prepared content against the schema of ``message``, ``MAX_FAULTS`` at most.

    Read as a stream from which nothing is kept but the faults, so that memory is flat whatever the
    content holds. Raises ``FormatError`` for what is not well formed as far as it was read.
    """
    parser = etree.XMLParser(target=xml.Nothing(), schema=schema(message), **xml.CLOSED)
    found: list[SchemaFault] = []
    try:
        for line, piece in _pieces(raw):
            parser.feed(piece)
            found.extend(_described(entry, line) for entry in list(parser.feed_error_log)[len(found) :])
            if len(found) >= MAX_FAULTS:
                return found[:MAX_FAULTS]
        parser.close()
    except etree.XMLSyntaxError as error:
        xml.check_well_formed(raw)  # the error names what breaks the schema, if anything did before
        raise xml.refusal(error) from error
    return found


def _pieces(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """The content cut before and after each payment, and the payment's line with each piece (0: none).

    A fault is known once the piece it stands in has been fed, which is how it gets its line.
    """
    at, depth, line = 0, 0, 0
    for mark in _MARKS.finditer(raw):
        if mark["opens"] is None and mark["closes"] is None:
            continue
        cut = mark.start() if mark["opens"] else mark.end()
        yield from _chunks(raw, at, cut, line if depth else 0)
        at, line = cut, line + bool(mark["opens"])
        depth += (not mark["empty"]) if mark["opens"] else -1
        if mark["empty"]:
            yield from _chunks(raw, at, mark.end(), line)
            at = mark.end()
    yield from _chunks(raw, at, len(raw), line if depth else 0)


def _chunks(raw: bytes, start: int, end: int, line: int) -> Iterator[tuple[int, bytes]]:
    return ((line, raw[at : min(at + _CHUNK, end)]) for at in range(start, end, _CHUNK))


def _described(entry: Any, line: int) -> SchemaFault:
    sentence = _NAMESPACE_IN_MESSAGES.sub("", entry.message)
    named, valued = _ELEMENT_IN_MESSAGES.match(sentence), _VALUE_IN_MESSAGES.search(sentence)
    return SchemaFault(line, named[1] if named else "", valued[1] if valued else "", sentence)
