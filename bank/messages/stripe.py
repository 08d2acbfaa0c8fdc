"""Whether a webhook is Stripe's: the signature scheme v1 of the header ``Stripe-Signature``.

HMAC-SHA256 over the time, a point and the body as received, compared in constant time. A body that was
parsed and written again is not the body that was signed.
"""

import hashlib
import hmac
import re
from typing import Final

from bank.messages import errors

TOLERANCE_S: Final = 300
_SCHEME: Final = "v1"
_MOST_PARTS: Final = 50


def verify(payload: bytes, header: str, secret: str, *, now: int, tolerance_s: int = TOLERANCE_S) -> int:
    """The time the webhook was signed, in seconds of the epoch.

    Raises ``SignatureInvalid``, which says what is wrong and nothing of what would be right. A signature
    older than ``tolerance_s`` is refused, so that an old one cannot be played again; zero lets any age pass.
    """
    parts = [part.partition("=") for part in header.split(",")[:_MOST_PARTS]]
    times = [value for name, _equals, value in parts if name.strip() == "t"]
    signatures = [value.strip() for name, _equals, value in parts if name.strip() == _SCHEME]
    if not times or not re.fullmatch(r"[0-9]{1,12}", times[-1].strip(), re.ASCII):
        raise errors.SignatureInvalid(problem="the header names no time")
    if not signatures:
        raise errors.SignatureInvalid(problem=f"the header has no signature of scheme {_SCHEME}")
    signed_at = times[-1].strip()
    expected = hmac.new(secret.encode(), signed_at.encode() + b"." + payload, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(expected.encode(), given.encode()) for given in signatures):
        raise errors.SignatureInvalid(problem="no signature fits the content")
    if tolerance_s and int(signed_at) < now - tolerance_s:
        raise errors.SignatureInvalid(problem="it was signed too long ago")
    return int(signed_at)
