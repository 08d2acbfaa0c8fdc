"""The seal between the bank and its gateway to SWIFT: an HMAC over the message, as SWIFT's local
authentication (LAU) has it, so that nothing between the two can change or add one."""

import hashlib
import hmac

HEADER = "x-lau"


def seal(key: str, content: bytes) -> str:
    return hmac.new(key.encode(), content, hashlib.sha256).hexdigest()


def is_sealed(key: str, content: bytes, given: str) -> bool:
    return bool(key) and hmac.compare_digest(seal(key, content).encode(), given.encode())
