"""SWIFT MT: blocks as sent, what is broken at its line, and every rule of MT103 that the bank relies on."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank.messages import errors
from bank.messages.swift import blocks, charset, checks
from bank.messages.swift.blocks import Field, Message
from bank.messages.swift.formats import FORMATS, pattern
from tests import vectors

UETR = "0911115d-2828-4ed6-8d0a-074f67027c52"
FIELDS = (
    Field("20", "REF-1"),
    Field("23B", "CRED"),
    Field("32A", "261127KES1250,50"),
    Field("50F", "/1000000000009\n1/AMINA OTIENO\n2/MOI AVENUE 1\n3/KE/NAIROBI"),
    Field("57A", "SAVAKENA"),
    Field("59", "/2000000000008\nBARAKA LTD\nMOMBASA"),
    Field("70", "INVOICE 7"),
    Field("71A", "SHA"),
)
GOOD = Message("103", "UMOJKENAAXXX", "SAVAKENAXXXX", FIELDS, uetr=UETR, trailer=(("CHK", "0123456789AB"),))


def with_(tag: str, value: str | None) -> Message:
    """The good message with a field replaced, added (in front) or left out."""
    kept = [
        field
        for field in FIELDS
        if field.tag[:2] != tag[:2] or (tag[:2] in {"23", "71"} and field.tag != tag)
    ]
    added = [] if value is None else [Field(tag, value)]
    return Message("103", GOOD.sender, GOOD.receiver, (*kept, *added), uetr=UETR)


def codes(message: Message) -> set[str]:
    return {fault.code for fault in checks.faults(message)}


def test_what_is_written_is_read_back() -> None:
    text = blocks.render(GOOD)
    assert text.startswith("{1:F01UMOJKENAAXXX0000000000}{2:I103SAVAKENAXXXXN}{3:{121:0911115d")
    assert text.endswith(":71A:SHA\r\n-}{5:{CHK:0123456789AB}}")
    back = blocks.one(text)
    assert [(field.tag, field.value) for field in back.fields] == [(f.tag, f.value) for f in FIELDS]
    assert (back.type, back.sender, back.receiver, back.uetr) == ("103", GOOD.sender, GOOD.receiver, UETR)
    assert back.tagged("59").line == 10
    assert list(checks.faults(back)) == []


def test_a_file_of_many_messages_gives_each() -> None:
    text = blocks.render(GOOD)
    assert [message.value("20") for message in blocks.read(text + "\n$" + text)] == ["REF-1", "REF-1"]


@pytest.mark.parametrize(
    ("text", "refusal", "line"),
    [
        ("", errors.ContentEmpty, None),
        ("no message", errors.MessageUnsupported, None),
        ("{1:F01UMOJKENAAXXX", errors.TextBroken, 1),
        ("{1:F01}{2:I103SAVAKENAXXXXN}", errors.TextBroken, 1),
        ("{1:F01UMOJKENAAXXX0000000000}\n{2:103}", errors.TextBroken, 2),
        ("{1:F01UMOJKENAAXXX0000000000}{2:I103SAVAKENAXXXXN}{4:\n:20:REF", errors.TextBroken, 1),
    ],
)
def test_half_a_message_is_refused_with_its_place(
    text: str, refusal: type[Exception], line: int | None
) -> None:
    with pytest.raises(refusal) as caught:
        blocks.one(text)
    assert line is None or caught.value.params["line"] == line


WRONG = {
    "no reference": ("20", None, "FIELD_MISSING"),
    "reference with slashes": ("20", "A//B", "REFERENCE"),
    "reference too long": ("20", "X" * 17, "FORMAT"),
    "letters with accents": ("70", "Müller", "CHARACTER_SET"),
    "underscore": ("70", "A_B", "CHARACTER_SET"),
    "five lines": ("70", "A\nB\nC\nD\nE", "FORMAT"),
    "operation": ("23B", "ABCD", "CODE"),
    "day": ("32A", "261327KES1,", "DAY"),
    "currency": ("32A", "261127ABC1,", "CURRENCY"),
    "point": ("32A", "261127KES1.50", "FORMAT"),
    "no comma": ("32A", "261127KES150", "AMOUNT"),
    "decimals": ("32A", "261127JPY1,5", "AMOUNT"),
    "charges": ("71A", "ALL", "CODE"),
    "50F unnumbered": ("50F", "/1\nAMINA", "NUMBERED_LINES"),
    "50F country": ("50F", "/1\n1/AMINA\n3/KENYA", "COUNTRY"),
    "50A without a BIC": ("50A", "/1\nAMINA OTIENO", "FORMAT"),
    "59A": ("59A", "/2\nSAVAKENA1", "FORMAT"),
    "foreign field": ("21", "X", "FIELD_NOT_ALLOWED"),
    "C1 without a rate": ("33B", "USD10,", "C1"),
    "C1 with a rate for nothing": ("36", "1,5", "C1"),
    "C7": ("55A", "SAVAKENA", "C7"),
    "C13": ("23E", "CHQB", "C13"),
    "C14 of the sender": ("71G", "KES10,", "C14"),
    "C14 of the beneficiary": ("71A", "BEN", "C14"),
    "C15": ("71F", "KES10,", "C15"),
    "C16": ("23E", "TELI", "C16"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_swift_would_not_take_is_found(name: str) -> None:
    tag, value, code = WRONG[name]
    assert code in codes(with_(tag, value)), codes(with_(tag, value))


@pytest.mark.parametrize(
    "value", ["/1\nAMINA", "AMINA\nSTREET", "SAVAKENA", "/C/12\nSAVAKENAXXX", "/1\n1/AMINA\n3/KE/NAIROBI"]
)
def test_formats_take_party_lines_or_leave_them(value: str) -> None:
    notation = FORMATS["57A"] if "SAVA" in value else FORMATS["50K"]
    assert pattern(notation).fullmatch(value)


def test_service_levels_and_tracking() -> None:
    urgent = Message("103", "A", "B", tuple(Field(f.tag, "SPRI") if f.tag == "23B" else f for f in FIELDS))
    assert codes(urgent) == {"UETR"}
    assert "C10" in codes(Message("103", "A", "B", (*urgent.fields, Field("56A", "SAVAKENA"))))
    assert "C3" in codes(Message("103", "A", "B", (*urgent.fields, Field("23E", "HOLD"))))
    assert "C9" in codes(Message("103", "A", "B", (*FIELDS[:4], Field("56A", "SAVAKENA"), *FIELDS[5:])))


#: Rule: level of service, sender, receiver, what is added to the good message, what is left out of it.
LEVEL_RULES = {
    "C2": ("CRED", "SNBXDEFFAXXX", "SAVAFRPPXXXX", [], ""),
    "C4": ("SSTD", "A", "B", [Field("53D", "BANK")], ""),
    "C5": ("SPAY", "A", "B", [Field("53B", "NAIROBI")], ""),
    "C6": ("SSTD", "A", "B", [Field("54B", "/1")], ""),
    "C8": ("SPAY", "A", "B", [Field("53A", "SAVAKENA"), Field("54A", "SAVAKENA"), Field("55D", "B")], ""),
    "C10": ("SSTD", "A", "B", [Field("56C", "/123")], ""),
    "C11": ("SSTD", "A", "B", [Field("57D", "SAVANNA BANK")], "57A"),
    "C12": ("SPAY", "A", "B", [Field("59", "BARAKA LTD")], "59"),
    "C17": ("CRED", "A", "B", [Field("23E", "TELE")], "57A"),
    "C18": ("CRED", "A", "B", [Field("33B", "KES1250,5"), Field("71A", "OUR"), Field("71G", "USD1,")], "71A"),
}


@pytest.mark.parametrize("code", LEVEL_RULES)
def test_rules_of_levels_countries_and_charges(code: str) -> None:
    level, sender, receiver, added, left_out = LEVEL_RULES[code]
    kept = [Field("23B", level) if f.tag == "23B" else f for f in FIELDS if f.tag != left_out]
    assert code in codes(Message("103", sender, receiver, (*kept, *added), uetr=UETR))
    told = [*kept, Field("33B", "KES1250,5")]
    assert code != "C2" or "C2" not in codes(Message("103", sender, receiver, tuple(told), uetr=UETR))


def test_reading_takes_time_in_proportion() -> None:
    """Ten times the fields and messages, not a hundred times the time."""
    head = "{1:F01UMOJKENAAXXX0000000000}{2:I103SAVAKENAXXXXN}{4:\r\n"

    def taken(count: int) -> float:
        texts = (head + ":23E:PHON\r\n" * count + "-}", (head + ":20:A\r\n-}") * (count // 4))
        begun = time.process_time()
        assert sum(len(message.fields) for text in texts for message in blocks.read(text)) > count
        return time.process_time() - begun

    small = max(taken(2_000), 0.002)
    assert taken(20_000) < 40 * small


def test_text_in_the_character_set_of_swift() -> None:
    assert charset.spelt("Müller & Söhne “Café” – 50 %") == "Muller + Sohne 'Cafe' - 50  PCT"
    assert charset.spelt("Ολυμπία, Москва") == "Olympia, Moskva"
    assert charset.foreign("Ngũgĩ wa Thiong’o @ Nairobi; #7") == ""
    assert charset.foreign("pay 🎉\x00 now 🎉") == "🎉\x00"


def test_messages_of_others_are_read_as_sent() -> None:
    judged = 0
    for case in vectors.load("swift_mt/give/mt_messages.json")["messages"]:
        if not case["expected_parse"].get("tags") or case["type"].startswith("0"):
            continue
        message = blocks.one(case["text"])
        assert message.type == case["expected_parse"]["type"]
        again = blocks.one(blocks.render(message))
        assert [(f.tag, f.value.strip("\r\n")) for f in again.fields] == [
            (f.tag, f.value.strip("\r\n")) for f in message.fields
        ]
        judged += 1
    assert judged > 50


@settings(max_examples=60)
@given(st.text(alphabet="{}12345:-\nIOF01A20X,/", max_size=120))
def test_no_text_raises_anything_but_a_coded_refusal(text: str) -> None:
    try:
        messages = list(blocks.read(text))
    except errors.FormatError:
        return
    for message in messages:
        list(checks.faults(message))


def test_a_text_without_a_field_has_none() -> None:
    """And no error of ours: what is missing is found by the checks."""
    (message,) = blocks.read("{1:F01UMOJKENAAXXX0000000000}{2:I103BANKDEFFXXXXN}{4:\nno field\n-}")
    assert message.fields == ()
    assert list(checks.faults(message))
