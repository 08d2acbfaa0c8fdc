"""Builds XML messages: elements that hold nothing are left out, so a message says only what is known."""

import re
from typing import Any

from lxml import etree

#: Control characters, which XML 1.0 cannot carry.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENVELOPE = "urn:swift:xsd:envelope"


def leaf(tag: str, text: str, **attributes: str) -> Any:
    """An element with text; None for no text."""
    if not text:
        return None
    element = etree.Element(tag, attributes)
    element.text = _UNWRITABLE.sub("", text)
    return element


def branch(tag: str, *children: Any) -> Any:
    """An element of elements; None where all of them are."""
    kept = [child for child in children if child is not None]
    if not kept:
        return None
    element = etree.Element(tag)
    element.extend(kept)
    return element


def document(namespace: str, body: Any, *, tag: str = "Document") -> Any:
    """The body as a whole message in its namespace."""
    root = etree.Element(f"{{{namespace}}}{tag}", nsmap={None: namespace})
    for child in body if tag == "AppHdr" else [body]:
        root.append(child)
    return root


def text(*documents: Any) -> str:
    """One message as text, or several parts (header and document) in an envelope."""
    if len(documents) == 1:
        return str(etree.tostring(documents[0], encoding="unicode"))
    parts = "".join(etree.tostring(each, encoding="unicode") for each in documents)
    return f'<Envelope xmlns="{_ENVELOPE}">{parts}</Envelope>'
