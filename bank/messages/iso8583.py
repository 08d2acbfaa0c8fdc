"""Packs and unpacks ISO 8583:1987 card messages: message type, bitmaps, data elements.

Two forms: all in ASCII with the bitmaps as hexadecimal text, and ASCII with binary bitmaps and binary
elements. Binary elements (PIN block, MAC) are hexadecimal text in the fields.
"""

import re
from typing import Final

from bank.messages import errors

#: Width of fixed elements; of variable ones the most, and how many digits tell the length.
_FIXED: Final = {
    **dict.fromkeys((4, 5, 6, 37, *range(82, 86)), 12),
    **dict.fromkeys((8, 9, 10, 41), 8),
    **dict.fromkeys((28, 29, 30, 31), 9),
    **dict.fromkeys((3, 11, 12, 38, 73), 6),
    **dict.fromkeys((13, 14, 15, 16, 17, 18, 71, 72), 4),
    **dict.fromkeys((19, 20, 21, 22, 23, 24, 40, 49, 50, 51, 68, 69, 70), 3),
    **dict.fromkeys((25, 26, 39, 67, 92), 2),
    **dict.fromkeys((27, 66, 91), 1),
    **dict.fromkeys((7, *range(74, 82)), 10),
    **dict.fromkeys((53, *range(86, 90)), 16),
    **dict.fromkeys((90, 95), 42),
    42: 15,
    43: 40,
    93: 5,
    94: 7,
    97: 17,
    98: 25,
}
_VARIABLE: Final = {
    2: (2, 19),
    34: (2, 28),
    35: (2, 37),
    36: (3, 104),
    44: (2, 25),
    45: (2, 76),
    54: (3, 120),
    **dict.fromkeys((32, 33, 99, 100), (2, 11)),
    **dict.fromkeys((102, 103), (2, 28)),
    101: (2, 17),
    104: (3, 100),
    **dict.fromkeys((46, 47, 48, *range(55, 64), *range(105, 128)), (3, 999)),
}
_BINARY_BYTES: Final = {52: 8, 64: 8, 65: 1, 96: 8, 128: 8}
_NUMERIC: Final = frozenset({*range(2, 28), 32, 33, 49, 50, 51, 53, *range(66, 91), 99, 100})
_HALF: Final = 64
_BITMAP_BYTES: Final = 8


def pack(fields: dict[str, str], *, is_binary: bool) -> bytes:
    """A message of numbered fields, ``0`` the message type. Raises ``CardMessageInvalid`` by its field."""
    kind = fields.get("0", "")
    if not re.fullmatch(r"[0-9]{4}", kind, re.ASCII):
        raise errors.CardMessageInvalid(field=0, problem="the message type has four digits")
    numbers = sorted(_number(name) for name in fields if name not in {"0", "1"})
    elements = b"".join(_packed(number, fields[str(number)], is_binary=is_binary) for number in numbers)
    bitmap = _bitmap(numbers)
    return kind.encode() + (bitmap if is_binary else bitmap.hex().upper().encode()) + elements


def unpack(content: bytes, *, is_binary: bool) -> dict[str, str]:
    """The fields of a message. Raises ``CardMessageInvalid`` where it breaks off or has more than it says."""
    reader = _Reader(content)
    fields = {"0": reader.text(0, 4)}
    for number in _numbers(reader, is_binary=is_binary):
        fields[str(number)] = _unpacked(reader, number, is_binary=is_binary)
    if reader.rest:
        raise errors.CardMessageInvalid(field=0, problem=f"{len(reader.rest)} bytes follow the last element")
    return fields


class _Reader:
    """Content from which pieces are taken."""

    def __init__(self, content: bytes) -> None:
        self.rest = content

    def take(self, number: int, length: int) -> bytes:
        if len(self.rest) < length:
            raise errors.CardMessageInvalid(field=number, problem="the message breaks off in it")
        taken, self.rest = self.rest[:length], self.rest[length:]
        return taken

    def text(self, number: int, length: int) -> str:
        try:
            return self.take(number, length).decode("ascii")
        except UnicodeDecodeError as error:
            raise errors.CardMessageInvalid(field=number, problem="it is not ASCII") from error

    def hexadecimal(self, number: int, length: int) -> bytes:
        try:
            return bytes.fromhex(self.text(number, length))
        except ValueError as error:
            raise errors.CardMessageInvalid(field=number, problem="it is not hexadecimal") from error


def _number(name: str) -> int:
    if name.isascii() and name.isdigit() and 2 <= int(name) <= 2 * _HALF and name == str(int(name)):
        return int(name)
    raise errors.CardMessageInvalid(field=name, problem="elements are numbered from 2 to 128")


def _bitmap(numbers: list[int]) -> bytes:
    bits = [0] * (2 * _HALF if numbers and numbers[-1] > _HALF else _HALF)
    bits[0] = int(len(bits) > _HALF)
    for number in numbers:
        bits[number - 1] = 1
    return int("".join(map(str, bits)), 2).to_bytes(len(bits) // 8, "big")


def _numbers(reader: _Reader, *, is_binary: bool) -> list[int]:
    """The elements a message says it has; the first bit of a bitmap says that another follows."""
    found = b""
    for _half in range(2):
        part = reader.take(1, _BITMAP_BYTES) if is_binary else reader.hexadecimal(1, 2 * _BITMAP_BYTES)
        found += part
        if not part[0] & 0x80:
            break
    bits = f"{int.from_bytes(found, 'big'):0{len(found) * 8}b}"
    return [place for place, bit in enumerate(bits, start=1) if bit == "1" and place != 1]


def _packed(number: int, value: str, *, is_binary: bool) -> bytes:
    if number in _BINARY_BYTES:
        return _packed_binary(number, value, is_binary=is_binary)
    if not value.isascii():
        raise errors.CardMessageInvalid(field=number, problem="it is not ASCII")
    if number in _NUMERIC and not (value.isdigit() or value == ""):
        raise errors.CardMessageInvalid(field=number, problem="it has digits only")
    if number in _FIXED:
        if len(value) != _FIXED[number]:
            raise errors.CardMessageInvalid(field=number, problem=f"it has {_FIXED[number]} characters")
        return value.encode()
    digits, most = _VARIABLE[number]
    if len(value) > most:
        raise errors.CardMessageInvalid(field=number, problem=f"it has at most {most} characters")
    return f"{len(value):0{digits}}{value}".encode()


def _packed_binary(number: int, value: str, *, is_binary: bool) -> bytes:
    if not re.fullmatch(rf"[0-9A-Fa-f]{{{2 * _BINARY_BYTES[number]}}}", value, re.ASCII):
        problem = f"it has {2 * _BINARY_BYTES[number]} hexadecimal digits"
        raise errors.CardMessageInvalid(field=number, problem=problem)
    return bytes.fromhex(value) if is_binary else value.upper().encode()


def _unpacked(reader: _Reader, number: int, *, is_binary: bool) -> str:
    if number in _BINARY_BYTES:
        length = _BINARY_BYTES[number]
        taken = reader.take(number, length) if is_binary else reader.hexadecimal(number, 2 * length)
        return taken.hex().upper()
    if number in _FIXED:
        return reader.text(number, _FIXED[number])
    digits, most = _VARIABLE[number]
    stated = reader.text(number, digits)
    if not stated.isdigit() or int(stated) > most:
        raise errors.CardMessageInvalid(field=number, problem=f"its length is a number up to {most}")
    return reader.text(number, int(stated))
