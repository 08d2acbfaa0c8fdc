"""What may be written into the trail, and how its hash chain is computed. Plain Python."""

import hashlib
import json
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

LONGEST_TEXT = 1000
STRUCK = "[secret]"
GENESIS = bytes(32)
"""What the first link of the chain points back to."""

_SECRET_NAME = re.compile(
    r"(?i)passw|passcode|secret|otp|\bpin\b|_pin\b|cvv|cvc|authorization|cookie|signing_key|private_key"
    r"|(^|_)(token|refresh|access)$"
)
_SECRET_VALUE = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+|(?i:bearer\s+[\w.~+/-]+=*)")
_DIGITS_ONLY = re.compile(r"\d{4,12}\Z")
# C0 and C1 controls, line separators and the marks that reverse the direction of text: what
# forges a line of a log or hides a part of it.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
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


def link_digest(previous: bytes, content: list[Any]) -> bytes:
    """SHA-256 over the previous link and the record's canonical JSON: altering one breaks all after it."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(previous + canonical.encode()).digest()
