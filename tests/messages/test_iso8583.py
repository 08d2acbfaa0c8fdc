"""Card messages: there and back in both forms, and every element that is wrong refused by its number."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bank.messages import errors, iso8583

PURCHASE = {
    "0": "0100",
    "2": "4761739001010119",
    "3": "000000",
    "4": "000000005000",
    "11": "131411",
    "41": "12345678",
    "48": "",
    "49": "404",
    "52": "7434F67813BAE545",
    "102": "1000000000009",
    "128": "0011223344556677",
}


@pytest.mark.parametrize("is_binary", [True, False])
def test_a_message_comes_back_as_it_went(is_binary: bool) -> None:
    packed = iso8583.pack(PURCHASE, is_binary=is_binary)
    assert iso8583.unpack(packed, is_binary=is_binary) == PURCHASE
    assert packed.startswith(b"0100" + (b"\xf0" if is_binary else b"F0"))


WRONG = [
    ("0", "100", 0),
    ("2", "4761x", 2),
    ("2", "1" * 20, 2),
    ("3", "0", 3),
    ("4", "０00000005000", 4),
    ("52", "7434", 52),
    ("129", "1", "129"),
    ("02", "1", "02"),
    ("x", "1", "x"),
]


@pytest.mark.parametrize(("name", "value", "field"), WRONG)
def test_what_cannot_be_packed_is_refused_by_its_element(name: str, value: str, field: object) -> None:
    with pytest.raises(errors.CardMessageInvalid) as refusal:
        iso8583.pack(PURCHASE | {name: value}, is_binary=False)
    assert refusal.value.params["field"] == field


@pytest.mark.parametrize("is_binary", [True, False])
def test_half_a_message_and_more_than_one_are_refused(is_binary: bool) -> None:
    packed = iso8583.pack(PURCHASE, is_binary=is_binary)
    for length in range(len(packed)):
        with pytest.raises(errors.CardMessageInvalid):
            iso8583.unpack(packed[:length], is_binary=is_binary)
    with pytest.raises(errors.CardMessageInvalid, match="follow the last element"):
        iso8583.unpack(packed + b"0", is_binary=is_binary)


@settings(max_examples=60)
@given(st.binary(max_size=60), st.booleans())
def test_no_bytes_raise_anything_but_a_coded_refusal(content: bytes, is_binary: bool) -> None:
    try:
        fields = iso8583.unpack(b"0100" + content, is_binary=is_binary)
    except errors.CardMessageInvalid:
        return
    assert fields["0"] == "0100"
