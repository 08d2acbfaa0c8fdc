"""Calls to customers' servers: signed with a time, so that a call can be neither forged nor sent again."""

import hmac
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from bank.kernel import clock
from bank.runtime import outgoing
from bank.runtime.outgoing import Answer

SIGNATURE: Final = "Umoja-Signature"


def signature(secrets: str | Sequence[str], at: int, body: bytes) -> str:
    """``t=<unix seconds>,v1=<HMAC-SHA-256 over "t.body" in hex>``, a ``v1`` for each secret: while one
    follows another, both hold. The time is signed against replays.
    """
    signed = f"{at}.".encode() + body
    known = [secrets] if isinstance(secrets, str) else secrets
    return ",".join(
        [f"t={at}", *(f"v1={hmac.new(one.encode(), signed, sha256).hexdigest()}" for one in known)]
    )


def written(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode()


def call(url: str, secrets: str | Sequence[str], body: bytes) -> Answer:
    """Posts ``body``, signed; returns whatever is answered. Raises ``AddressRefused``, ``CallFailed``."""
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Umoja-Webhook/1",
        SIGNATURE: signature(secrets, int(clock.now().timestamp()), body),
    }
    return outgoing.post(url, body, headers)
