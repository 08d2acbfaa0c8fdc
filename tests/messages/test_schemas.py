"""The schemas the bank holds judge as the published ones do: on real messages, and on each made wrong."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree

from bank.messages import errors, schemas, xml
from tests import vectors


def samples() -> Iterator[tuple[str, bytes, bool]]:
    folder = vectors.folder("iso20022/give/xml")
    for row in vectors.load("iso20022/give/index.json")["files"]:
        facts = row["facts"]
        if facts.get("message") in schemas.held() and "xsd_valid" in facts:
            yield facts["message"], (folder / row["file"]).read_bytes(), facts["xsd_valid"]


def wrong(document: Any, most: int) -> Iterator[Any]:
    """The document without one of its elements, and with one twice, evenly over all of it."""
    count = sum(1 for _element in document.iter("*"))
    for place in range(1, count, max(1, count // most)):
        for twice in (True, False):
            broken = copy.deepcopy(document)
            element = list(broken.iter("*"))[place]
            if twice:
                element.addnext(copy.deepcopy(element))
            else:
                element.getparent().remove(element)
            yield broken


def test_verdicts_are_those_of_the_published_schemas() -> None:
    judged, rejected = 0, 0
    for message, content, is_valid in samples():
        assert schemas.is_valid(xml.prepared(content)) == is_valid, message
        published = vectors.folder("iso20022/give/xsd") / f"{message}.xsd"
        theirs = etree.XMLSchema(etree.parse(str(published)))
        element, _message = schemas.document(xml.prepared(content))
        for broken in wrong(etree.fromstring(etree.tostring(element)), most=12):
            verdict = theirs.validate(broken)
            assert schemas.is_valid(etree.tostring(broken)) == verdict, (
                message,
                etree.tostring(broken)[:300],
            )
            judged, rejected = judged + 1, rejected + (not verdict)
    assert judged > 200
    assert rejected > 100


def test_every_schema_held_describes_the_message_it_is_named_for() -> None:
    for message in schemas.held():
        family = ".".join(message.split(".")[:2])
        assert family in schemas.namespace(message), message
    for message in (
        "camt.053.001.02",
        "pacs.008.001.08",
        "pacs.009.001.08",
        "pain.008.003.02",
        "head.001.001.02",
    ):
        assert schemas.schema(message) is not None


def test_a_message_without_a_schema_is_refused_by_name() -> None:
    with pytest.raises(errors.MessageUnsupported, match=r"seev\.031"):
        schemas.schema("seev.031.001.09")
