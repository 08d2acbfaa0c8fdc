"""The addresses M-Pesa calls back. Daraja signs nothing, so each request has an address of its own, which
names what was asked and proves by its token that the bank made it (HMAC-SHA-256).

``<token>/<kind>/<subject>/<cents>/<phone's digest>``: what comes back is compared with it. The phone is
only in it as a digest, for addresses end up in logs.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from ipaddress import ip_address
from typing import Final

from django.conf import settings

from bank.payments import errors
from bank.payments.rails.mpesa.connection import NAME

_TOKEN: Final = 40
_DIGEST: Final = 16
_PARTS: Final = 5
_NONE: Final = "-"
#: Hidden digits of a phone number, or a digest of Safaricom's making: nothing that could be compared.
_HIDDEN: Final = frozenset("*xabcdef")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request of ours asked for, as its address says."""

    kind: str
    subject: str = _NONE
    amount: Decimal = Decimal(0)
    phone_digest: str = _NONE

    def is_from(self, phone: str) -> bool:
        """Whether a phone number that was told is the one asked; true where it was not told or hidden."""
        if not phone or _HIDDEN & set(phone) or self.phone_digest == _NONE:
            return True
        return hmac.compare_digest(_digest(self.subject, phone), self.phone_digest)


def made(kind: str, subject: str = _NONE, amount: Decimal = Decimal(0), phone: str = "") -> str:
    """The address for the answer to one request."""
    digest = _digest(subject, phone) if phone else _NONE
    told = f"{kind}/{subject}/{int(amount * 100)}/{digest}"
    return f"{settings.RAIL_MPESA_CALLBACK_URL}/{_token(told)}/{told}"


def read(headers: Mapping[str, str]) -> Asked:
    """What was asked at the address a callback came to. Raises ``NetworkMessageForged`` where the bank
    did not make it, or the sender is not of the networks Safaricom calls from.
    """
    _check_sender(headers.get(":remote", ""))
    token, _slash, told = headers.get(":path", "").partition("?")[0].strip("/").partition("/")
    parts = told.split("/")
    if not hmac.compare_digest(token.encode(), _token(told).encode()) or len(parts) != _PARTS - 1:
        raise errors.NetworkMessageForged(rail=NAME)
    kind, subject, cents, digest = parts
    return Asked(kind, subject, Decimal(cents) / 100, digest)


def _check_sender(remote: str) -> None:
    allowed = settings.RAIL_MPESA_CALLBACK_NETWORKS
    if not allowed:
        return
    try:
        address = ip_address(remote)
    except ValueError as error:
        raise errors.NetworkMessageForged(rail=NAME) from error
    if not any(address in network for network in allowed):
        raise errors.NetworkMessageForged(rail=NAME)


def _token(told: str) -> str:
    return _hmac(f"address/{told}")[:_TOKEN]


def _digest(subject: str, phone: str) -> str:
    return _hmac(f"phone/{subject}/{phone}")[:_DIGEST]


def _hmac(text: str) -> str:
    own = settings.RAIL_MPESA.get("callback_key") or settings.SECRET_KEY
    key = f"bank.payments.rails.mpesa/{own}".encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
