"""Decisions about identity in plain Python: limits, digests of acts, roles."""

import hashlib
import json
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
ADDRESS_FAILURES = 10
ACCOUNT_FAILURES = 20
ATTEMPT_WINDOW = timedelta(minutes=5)
PACES = {"NEW_CODE": (5, 50), "WRONG_CODE": (10, 50), "UPLOAD": (20, 100)}
"""How often within the window: per user, and per address (an office shares one)."""
LONGEST_PASSWORD = 1024
RECOVERY_CODES = 10
CHALLENGES_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=365)
CONFIRMED_FOR = timedelta(minutes=5)
"""How long credentials may be changed after the second factor was asked again."""


class Channel(StrEnum):
    EMAIL = "EMAIL"
    TOTP = "TOTP"


class Purpose(StrEnum):
    """What a challenge is for; an act is a payment or whatever else needs a step-up."""

    ACT = "ACT"
    SIGN_IN = "SIGN_IN"
    PROGRAM = "PROGRAM"


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

ROLES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "TELLER": {
        "cif": ("view",),
        "products": ("view",),
        "places": ("view",),
        "accounts": ("view",),
        "payments": ("view", "add"),
        "cases": ("view",),
        "statements": ("view", "add"),
    },
    "OFFICER": {
        "workflows": ("view",),
        "cif": ("view", "add", "change"),
        "documents": ("view", "add"),
        "onboarding": ("view", "change"),
        "risk": ("view",),
        "products": ("view",),
        "places": ("view",),
        "accounts": ("view", "add", "change"),
        "cases": ("view", "add", "change"),
        "payments": ("view",),
        "statements": ("view", "add"),
    },
    "COMPLIANCE": {
        "workflows": ("view",),
        "cif": ("view", "change"),
        "documents": ("view", "change"),
        "onboarding": ("view", "change"),
        "risk": ("view", "change"),
        "products": ("view",),
        "places": ("view",),
        "accounts": ("view", "change"),
        "cases": ("view", "change"),
        "payments": ("view",),
        "statements": ("view",),
        "ledger": ("view",),
        "audit": ("view",),
        "access": ("view",),
    },
    "AUDITOR": {
        "workflows": ("view",),
        "cif": ("view",),
        "documents": ("view",),
        "onboarding": ("view",),
        "risk": ("view",),
        "products": ("view",),
        "places": ("view",),
        "accounts": ("view",),
        "cases": ("view",),
        "payments": ("view",),
        "statements": ("view",),
        "ledger": ("view",),
        "audit": ("view",),
        "identity": ("view",),
        "access": ("view",),
    },
    "ADMINISTRATOR": {
        "workflows": ("view",),
        "identity": ("view", "add", "change"),
        "access": ("view",),
        "auth": ("view",),
        "audit": ("view",),
        "products": ("view",),
        "places": ("view",),
        "runtime": ("view",),
        "django_celery_beat": ("view",),
    },
}
"""Staff roles: what their holders may do to the tables of each app. Customers' rights are mandates."""
