"""MT that tell of payments, in ISO 20022 and back: the published schema takes them, and nothing is lost."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from bank.messages import errors, schemas, xml
from bank.messages.swift import blocks, to_mt, to_mx
from bank.messages.swift.blocks import Field, Message
from tests.messages.test_swift import UETR

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
ADVICES = {
    "900": (
        *(("20", "ADV1"), ("21", "REF-1"), ("25", "UMOJAUSD"), ("13D", "2611271200+0300")),
        *(("32A", "261127USD1250,5"), ("52A", "UMOJKENA"), ("72", "/BNF/CHARGES")),
    ),
    "910": (
        *(("20", "ADV2"), ("21", "REF-2"), ("25", "UMOJAUSD"), ("32A", "261127JPY1250,")),
        *(("50K", "/1\nJOHN DOE\nSTREET"), ("52A", "DEUTDEFF"), ("56A", "CHASUS33")),
    ),
    "192": (("20", "RREF1"), ("21", "REF-1"), ("11S", "103\n261127"), ("79", "/DUPL/SENT TWICE")),
    "196": (("20", "ANS1"), ("21", "RREF1"), ("76", "/RJCR/AC04"), ("11R", "103")),
    "199": (("20", "T1"), ("21", "REF-1"), ("79", "//2611271200+0300\n//RJCT/AC04\n//SNBXUS33")),
}


def told(kind: str, **changes: str) -> Message:
    fields = tuple(Field(tag, changes.get(f"f{tag}", value)) for tag, value in ADVICES[kind])
    return Message(kind, "SNBXUS33AXXX", "UMOJKENAXXXX", fields, uetr=UETR)


@pytest.mark.parametrize("kind", ADVICES)
def test_there_and_back(kind: str) -> None:
    made = to_mx.translate(blocks.render(told(kind)), created_at=NOW)
    element, message = schemas.document(xml.prepared(made))
    assert [fault.sentence for fault in schemas.faults(etree.tostring(element), message)] == []
    back = blocks.one(to_mt.translate(made, target=f"MT{kind}"))
    assert (back.type, back.sender, back.receiver) == (kind, "SNBXUS33AXXX", "UMOJKENAXXXX")
    assert {f.tag: f.value for f in back.fields} == {f.tag: f.value for f in told(kind).fields}
    assert back.uetr == UETR


def test_what_has_no_translation_is_said() -> None:
    with pytest.raises(errors.MessageUnsupported, match="tracker"):
        to_mx.translate(blocks.render(told("199", f79="HELLO")), created_at=NOW)
    step = told("199", f79="//2611271200+0300\n//ACSP/G002\n//SNBXUS33")
    made = to_mx.translate(blocks.render(step), created_at=NOW)
    assert "<Prtry>G002</Prtry>" in made
    assert blocks.one(to_mt.translate(made)).value("79") == step.value("79")
    notification = to_mx.translate(blocks.render(told("900")), created_at=NOW)
    with pytest.raises(errors.MessageUnsupported):
        to_mt.translate(notification, target="MT910")
