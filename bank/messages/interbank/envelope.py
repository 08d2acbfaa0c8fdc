"""The envelope banks send messages in: a business header (head.001) and the document, sealed.

The seal is an HMAC-SHA256 (RFC 2104) over the header's statements and the document in exclusive
canonical form, with a key the two sides share. It stands in the header's ``Sgntr``
as a SignatureValue of XML-DSig. It says that
nothing was changed on the way and that one of the two wrote it; what is sent twice is told by its id.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lxml import etree

from bank.messages import errors, schemas, xml
from bank.messages.build import branch, document, leaf, text
from bank.messages.fields import Fields
from bank.messages.interbank import parts
from bank.messages.interbank.records import Header

HEAD: Final = "head.001.001.02"
_NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"
_SEAL: Final = "{http://www.w3.org/2000/09/xmldsig#}SignatureValue"


@dataclass(frozen=True, slots=True)
class Opened:
    """A message whose seal and schema hold: what it is called and what its document says."""

    header: Header
    message: str
    content: Fields


def sealed(header: Header, message: str, body: Any, key: str) -> str:
    """The whole message as text. ``body`` is the element inside the document."""
    content = etree.fromstring(etree.tostring(document(_NAMESPACE + message, _named(body, message))))
    head = document(_NAMESPACE + HEAD, _head(header, message), tag="AppHdr")
    signature = etree.SubElement(head, "Sgntr")
    etree.SubElement(signature, _SEAL, nsmap={None: etree.QName(_SEAL).namespace}).text = _seal(
        header, message, content, key
    )
    return text(_in(_NAMESPACE + HEAD, head), content)


def _named(element: Any, message: str) -> Any:
    return _in(_NAMESPACE + message, element)


def _in(namespace: str, element: Any) -> Any:
    """Puts every element without a namespace into this one."""
    for each in element.iter():
        if "}" not in each.tag:
            each.tag = f"{{{namespace}}}{each.tag}"
    return element


def _head(header: Header, message: str) -> Any:
    return branch(
        "AppHdr",
        branch("Fr", parts.agent("FIId", header.sender)),
        branch("To", parts.agent("FIId", header.receiver)),
        leaf("BizMsgIdr", header.message_id),
        leaf("MsgDefIdr", message),
        leaf("CreDt", parts.instant(header.created_at)),
    )


def opened(raw: bytes, key: str) -> Opened:
    """Reads an envelope from a stranger.

    Raises ``FormatError`` for what is no envelope or breaks its schema, ``SealBroken`` for what was not
    sealed with ``key`` or was changed since.
    """
    root = xml.root(xml.prepared(raw))
    head, content = root.find("{*}AppHdr"), root.find("{*}Document")
    if head is None or content is None:
        raise errors.EnvelopeBroken(problem="it holds no business header (AppHdr) and Document")
    message = schemas.message_named_in(etree.QName(content).namespace or "")
    found, stated = Fields(head), ""
    signature = head.find(f"{{*}}Sgntr/{_SEAL}")
    if signature is not None:
        stated = signature.text or ""
    header = _header(found)
    if found.one("MsgDefIdr") != message:
        raise errors.EnvelopeBroken(problem="header and document name different messages")
    if not hmac.compare_digest(stated.encode(), _seal(header, message, content, key).encode()):
        raise errors.SealBroken
    _check_schema(content, message)
    return Opened(header, message, Fields(content[0]))


def _header(found: Fields) -> Header:
    try:
        created = datetime.fromisoformat(found.one("CreDt"))
    except ValueError as error:
        raise errors.EnvelopeBroken(problem="CreDt of its header is no instant") from error
    if created.tzinfo is None:
        raise errors.EnvelopeBroken(problem="CreDt of its header has no time zone")
    return Header(
        message_id=found.one("BizMsgIdr"),
        sender=found.one("Fr/FIId/FinInstnId/BICFI"),
        receiver=found.one("To/FIId/FinInstnId/BICFI"),
        created_at=created,
    )


def _check_schema(content: Any, message: str) -> None:
    schema = schemas.schema(message)
    try:
        schema.assertValid(etree.ElementTree(content))
    except etree.DocumentInvalid as error:
        raise errors.SchemaBroken(message=message, problem=_without_namespaces(str(error))) from error


def _without_namespaces(sentence: str) -> str:
    return sentence.replace(f"{{{_NAMESPACE}", "{")[:200]


def _seal(header: Header, message: str, content: Any, key: str) -> str:
    said = "\n".join(
        (header.sender, header.receiver, header.message_id, message, parts.instant(header.created_at))
    )
    canonical = etree.tostring(content, method="c14n", exclusive=True)
    seal = hmac.new(key.encode(), said.encode() + b"\n" + canonical, hashlib.sha256).digest()
    return base64.b64encode(seal).decode("ascii")
