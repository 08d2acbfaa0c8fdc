"""An order's reference in the sixteen characters of field 20, and back; and its UETR where it has none."""

import hashlib
import re
from typing import Final
from uuid import UUID

from bank.kernel import ids

_LONGEST: Final = 15
_FIT = re.compile(r"[A-Za-z0-9\-?:().,'+](?:[A-Za-z0-9\-?:().,'+]|/(?!/))*(?<!/)")


def short(reference: str) -> str:
    """``PAY-7K3M-9QXD-4TRH`` as PAY7K3M9QXD4TRH, others as they are; empty where it does not fit.

    One character is left free: a request to cancel puts its R before it.
    """
    bare = reference.replace("-", "")
    made = bare if ids.read_reference(bare) == reference else reference
    return made if len(made) <= _LONGEST and _FIT.fullmatch(made) and _whole(made) == reference else ""


def whole(told: str) -> str:
    """The reference of an order from what the network gives back of it."""
    return _whole(told.strip())


def _whole(told: str) -> str:
    return ids.read_reference(told) if re.fullmatch(r"[A-Z]{2,3}[0-9A-Z]{12}", told) else told


def uetr(reference: str) -> str:
    """A UUID of version 4 in form, always the same for an order, so that asking again finds it."""
    drawn = hashlib.sha256(f"bank.payments.rails.swift/{reference}".encode()).digest()[:16]
    return str(UUID(bytes=drawn, version=4))
