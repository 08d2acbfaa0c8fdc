"""The published ISO 20022 schemas the bank holds, and what a message has against its own."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from bank.payments.formats import errors, xml

MAX_FAULTS = 1000
_FOLDER = Path(__file__).parent / "xsd"
_MESSAGE = re.compile(r"[a-z]{4}\.\d{3}\.\d{3}\.\d{2}")
_NAMESPACE_IN_MESSAGES = re.compile(r"\{[^}]*\}")


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
    """The ``Document`` element of prepared content and the message it holds, inside an envelope or not.

    Raises ``MessageUnsupported`` where there is none.
    """
    root = xml.root(raw)
    for element in root.iter("{*}Document"):
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


def breaks(raw: bytes, message: str) -> bool:
    """Whether prepared content has a fault against the schema of ``message``; streams, in flat memory."""
    events = etree.iterparse(
        xml.stream(raw), events=("end",), tag="{*}CdtTrfTxInf", schema=schema(message), **xml.CLOSED
    )
    try:
        for _event, element in events:
            xml.forget(element)
    except etree.XMLSyntaxError as error:
        if not len(events.error_log.filter_from_errors().filter_domains(etree.ErrorDomains.SCHEMASV)):
            raise xml.refusal(error) from error
        return True
    return False


def faults(raw: bytes, message: str) -> list[tuple[Any, str, str]]:
    """Every fault of prepared content against the schema: (element, its local name, sentence)."""
    tree = etree.ElementTree(xml.root(raw))
    compiled = schema(message)
    if compiled.validate(tree):
        return []
    entries = list(compiled.error_log)[:MAX_FAULTS]
    return [_described(tree, entry) for entry in entries]


def _described(tree: Any, entry: Any) -> tuple[Any, str, str]:
    at = tree.xpath(entry.path)[0] if entry.path else tree.getroot()
    return at, etree.QName(at).localname, _NAMESPACE_IN_MESSAGES.sub("", entry.message)
