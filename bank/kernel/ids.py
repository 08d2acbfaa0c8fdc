"""Identifiers: for the database in order of time, for people without letters that look alike."""

import secrets
from typing import Final
from uuid import UUID

from bank.kernel import clock

#: Crockford's base 32: no I, L, O or U, so nothing is misread, misheard or spells a word.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_GROUP, _GROUPS = 4, 3
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562 §5.7): milliseconds first, the next twelve bits a fraction of
    them (§6.2 method 3), so that ids sort as they were made and indexes grow at one end.
    """
    instant = clock.now()
    micros = int(instant.timestamp()) * 1_000_000 + instant.microsecond
    millis, fraction = divmod(micros, 1000)
    value = (millis & (1 << 48) - 1) << 80 | 0x7 << 76 | (fraction * 4096 // 1000) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def reference(prefix: str) -> str:
    """A reference to read out on the phone, such as ``PAY-7K3M-9QXD-4TRH``: 60 random bits, so
    that it can neither be guessed nor, at a million a day for a year, be expected twice.
    """
    bits = secrets.randbits(5 * _GROUP * _GROUPS)
    symbols = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(_GROUP * _GROUPS))
    groups = (symbols[i : i + _GROUP] for i in range(0, len(symbols), _GROUP))
    return "-".join((prefix, *groups))


def read_reference(text: str) -> str:
    """A reference as someone typed it, in the form it was given out: capitals, O read as 0, I and
    L as 1, hyphens where they belong. The prefix is kept as typed, in capitals.
    """
    letters = "".join(text.upper().split()).replace("-", "")
    split = len(letters) - _GROUP * _GROUPS
    if split <= 0:
        return letters
    symbols = letters[split:].translate(_MISREAD)
    return "-".join((letters[:split], *(symbols[i : i + _GROUP] for i in range(0, len(symbols), _GROUP))))
