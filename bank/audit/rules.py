"""What may be written into the trail, and how its hash chain is computed. Plain Python."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

LONGEST_TEXT = 1000
STRUCK = "[secret]"
GENESIS = bytes(32)
"""What the first link of the chain points back to."""
APART = "words:"
"""What stands in a sealed detail for words kept apart: this and their commitment as hexadecimal."""
ERASED = "WORDS_ERASED"
"""The act on the trail that names the records whose words an erasure destroyed."""

_SECRET_NAME = re.compile(
    r"(?i)passw|passcode|secret|otp|\bpin\b|_pin\b|cvv|cvc|authorization|cookie|signing_key|private_key"
    r"|(^|_)(token|refresh|access)$"
)
_SECRET_VALUE = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+|(?i:bearer\s+[\w.~+/-]+=*)")
_COMMITMENT = re.compile(rf"{APART}[0-9a-f]{{64}}")
_DIGITS_ONLY = re.compile(r"\d{4,12}\Z")
# C0 and C1 controls, line separators and the marks that reverse the direction of text: what
# forges a line of a log or hides a part of it.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


# What may stand in the sealed part for good: codes, numbers, days, instants, amounts, identifiers.
_PLAIN_VALUE = re.compile(
    r"[A-Z0-9_]{0,60}|[0-9a-f-]{36}|-?[0-9][0-9.,]*|[A-Z]{3} -?[0-9][0-9.,]*|\[secret\]"
    r"|[A-Z]{2,}[A-Z0-9-]*[0-9]|[a-z]+(_[a-z]+)*\.[a-z_]+"
    r"|\d{4}-\d\d(-\d\d([T ][0-9:.]+([+-]\d\d:\d\d|Z)?)?)?"
)
_TELLING_NAME = re.compile(
    r"(?i)name|mail|phone|address|street|town|postal|birth|born|nick|words|note$|asked"
)


class Result(StrEnum):
    """How what was tried ended."""

    OK = "OK"
    REFUSED = "REFUSED"


def clean_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """``text`` with every unseen character spelled out and every token struck, cut to ``longest``."""
    seen = _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return _SECRET_VALUE.sub(STRUCK, seen)[:longest]


def clean_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    """``detail`` as JSON that is safe to keep: no secrets, no unseen characters, no binary fractions."""
    return {clean_text(str(name), 100): _clean_member(str(name), value) for name, value in detail.items()}


def _clean_member(name: str, value: Any) -> Any:
    is_code = name == "code" and _DIGITS_ONLY.match(str(value))
    if is_code or _SECRET_NAME.search(name):
        return STRUCK
    return _clean_value(value)


def _clean_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return clean_detail(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean_value(item) for item in value]
    return clean_text(str(value))


def told_apart(detail: Mapping[str, Any], salt: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """``detail`` as it is sealed, and the words that stay out of it because they may tell who somebody is.

    In the words' place stands what commits to them: while they are kept nobody alters them unseen, and once
    they and ``salt`` are destroyed the seal tells nothing, not even to who tries out every name there is.
    """
    words = {name: value for name, value in detail.items() if not _is_plain(name, value)}
    sealed = {name: commitment(value, salt) if name in words else value for name, value in detail.items()}
    return sealed, words


def commitment(value: Any, salt: bytes) -> str:
    """HMAC-SHA-256 of a member's canonical JSON under the record's own salt."""
    return f"{APART}{hmac.digest(salt, _canonical(value), 'sha256').hex()}"


def committed(sealed: Mapping[str, Any]) -> set[str]:
    """The members of a sealed detail whose words stand apart, or did."""
    return {name for name, value in sealed.items() if _COMMITMENT.fullmatch(str(value))}


def _is_plain(name: str, value: Any) -> bool:
    """Default is to keep apart: a text stays only where it is a code, a number, a day or an identifier."""
    if isinstance(value, Mapping):
        return all(_is_plain(inner, one) for inner, one in value.items())
    if isinstance(value, list):
        return all(_is_plain(name, one) for one in value)
    if not isinstance(value, str) or not value:
        return True
    return not _TELLING_NAME.search(name) and _PLAIN_VALUE.fullmatch(value) is not None


def link_digest(previous: bytes, content: list[Any]) -> bytes:
    """SHA-256 over the previous link and the record's canonical JSON: altering one breaks all after it."""
    return hashlib.sha256(previous + _canonical(content)).digest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
