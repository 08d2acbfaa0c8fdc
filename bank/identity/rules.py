"""Decisions about identity in plain Python: limits, digests of acts, roles."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

CODE_LIFETIME = timedelta(minutes=2)
SIGN_IN_CODE_LIFETIME = timedelta(minutes=10)
"""A sign-in moves nothing, and mail may be slow; no code may live longer (ASVS 5.0 6.6.3)."""
TRIES = 5
FAILURES_PER_USER = 20
FAILURE_MEMORY = timedelta(hours=1)
"""Wrong codes of one user over all challenges: new challenges do not buy endless guesses."""
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
OWN_CHARACTERS = 8
"""How many letters and digits of a password must be about neither its owner nor the bank."""
PASSKEY_CHALLENGE_LIFETIME = timedelta(minutes=5)
RESET_LIFETIME = timedelta(minutes=15)
RECOVERY_CODES = 10
PASSKEYS = 20
CHALLENGES_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=365)
CONFIRMED_FOR = timedelta(minutes=5)
"""How long credentials may be changed after the second factor was asked again."""


_DECORATION = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SHORTEST_WORD = 4


class Channel(StrEnum):
    EMAIL = "EMAIL"
    TOTP = "TOTP"
    SMS = "SMS"


class Scope(StrEnum):
    """Whose tries are counted, of what."""

    ADDRESS = "ADDRESS"
    ACCOUNT = "ACCOUNT"
    DEVICE = "DEVICE"
    SMS_BY = "SMS_BY"
    SMS_TO = "SMS_TO"
    RESET_FROM = "RESET_FROM"
    RESET_FOR = "RESET_FOR"
    COUNTER = "COUNTER"
    NEW_CODE = "NEW_CODE"
    WRONG_CODE = "WRONG_CODE"
    UPLOAD = "UPLOAD"


_SOON, _LATER = timedelta(minutes=5), timedelta(hours=1)
PACE_WINDOW = _SOON
PACES: Mapping[Scope, tuple[int, int]] = {
    Scope.NEW_CODE: (5, 50),
    Scope.WRONG_CODE: (10, 50),
    Scope.UPLOAD: (20, 100),
}
"""How often within the window: per user, and per address (an office shares one)."""
BUDGETS: Mapping[Scope, tuple[int, timedelta]] = {
    Scope.ADDRESS: (10, _SOON),
    Scope.ACCOUNT: (20, _SOON),
    Scope.DEVICE: (10, _SOON),
    Scope.SMS_BY: (10, _LATER),
    Scope.SMS_TO: (10, _LATER),
    Scope.RESET_FROM: (10, _LATER),
    Scope.RESET_FOR: (3, _LATER),
    Scope.COUNTER: (5, _LATER),
}
"""Wrong passwords, messages that cost money, and mails a stranger may have sent: how many, in what time."""


class Purpose(StrEnum):
    """What a challenge is for; an act is a payment or whatever else needs a step-up."""

    ACT = "ACT"
    SIGN_IN = "SIGN_IN"
    PROGRAM = "PROGRAM"
    RESET = "RESET"


class FailureReason(StrEnum):
    WRONG_CODE = "WRONG_CODE"
    ACT_CHANGED = "ACT_CHANGED"


class Ended(StrEnum):
    """Why a session or a family of tokens came to its end."""

    SIGNED_OUT = "SIGNED_OUT"
    REVOKED = "REVOKED"
    IDLE = "IDLE"
    TOO_OLD = "TOO_OLD"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105
    REUSED = "REUSED"


def act_digest(act: Mapping[str, Any]) -> bytes:
    """SHA-256 over the canonical JSON of an act: keys sorted, no spaces, what is not JSON as its text.

    Two acts have the same digest only if every name and value is the same (PSD2 RTS art. 5).
    """
    canonical = json.dumps(act, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(canonical.encode()).digest()


def plain_forms(password: str) -> set[str]:
    """The word a password is made of: itself, without the digits and signs around it, and said only once."""
    folded = password.casefold()
    core = _DECORATION.sub("", folded)
    forms = {folded, _once(folded)}
    return forms | {core, _once(core)} if len(core) >= _SHORTEST_WORD else forms


def is_about(password: str, words: set[str]) -> bool:
    """Whether hardly anything is left of a password without these words."""
    rest = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return sum(sign.isalnum() for sign in rest) < OWN_CHARACTERS and rest != password.casefold()


def _once(text: str) -> str:
    """``abab`` is ``ab`` said twice."""
    period = (text + text).find(text, 1)
    return text[:period]


def masked_phone(phone: str) -> str:
    """Recognisable to its owner alone: ``+254 ••• 678``."""
    return f"{phone[:4]} ••• {phone[-3:]}" if phone else ""


def device_label(user_agent: str) -> str:
    """Browser and system as a person would name them, e.g. "Firefox on Linux"."""
    return (
        f"{_first(user_agent, _BROWSERS, 'A program')} on {_first(user_agent, _SYSTEMS, 'an unknown system')}"
    )


def _first(user_agent: str, names: tuple[tuple[str, str], ...], otherwise: str) -> str:
    return next((name for mark, name in names if mark in user_agent), otherwise)


# The order matters: browsers claim to be their ancestors.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


class KeyState(StrEnum):
    """The life of a key that signs tokens: published, then signing, then only verifying."""

    NEXT = "NEXT"
    CURRENT = "CURRENT"
    RETIRED = "RETIRED"


KEY_PUBLISHED_FOR = timedelta(minutes=65)
"""How long a key is in the JWKS before it signs: longer than anybody may keep a copy of that."""
