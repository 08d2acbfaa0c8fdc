"""The keys that sign API tokens: one signs, every public one is in the JWKS, found by ``kid`` alone.

A key is published as NEXT before it signs, signs as CURRENT, and verifies as RETIRED until
nothing it signed can be alive: so a rotation ends no token, and whoever keeps a copy of the
JWKS for its hour is never surprised. Private halves are sealed in the database and thrown away
on retirement. A bank that never rotated signs with ``JWT_SIGNING_KEY`` from its settings.

Every process keeps what it read for a minute, and reads again for a name it does not know.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings
from jwt.algorithms import ECAlgorithm

from bank.identity.models import SigningKey
from bank.identity.rules import KeyState
from bank.kernel import clock

ALGORITHM = "ES256"
_KEPT_S = 60.0
_ASKED_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Ring:
    """The key that signs, its name, and every public key whose tokens count, by name."""

    kid: str
    private: EllipticCurvePrivateKey
    public: dict[str, EllipticCurvePublicKey]
    read_at: float


_rings: list[Ring] = []


def signing_key() -> EllipticCurvePrivateKey:
    """The private key on P-256 that signs (RFC 7518 §3.4)."""
    return _ring().private


def key_id() -> str:
    """The name of the signing key: its thumbprint (RFC 7638)."""
    return _ring().kid


def verifying_keys() -> dict[str, EllipticCurvePublicKey]:
    """Every public key whose tokens count, by name."""
    return _ring().public


def verifying_key(kid: str) -> EllipticCurvePublicKey:
    """The public key of that name. Raises ``KeyError``.

    An unknown name may be of a key made a moment ago, so it is looked for once more; who makes
    names up has the database asked every two seconds at most.
    """
    ring = _ring()
    if kid not in ring.public and monotonic() - ring.read_at > _ASKED_AGAIN_S:
        forget()
        ring = _ring()
    return ring.public[kid]


def jwks() -> dict[str, Any]:
    """The public keys as a JSON Web Key Set (RFC 7517)."""
    described = {"use": "sig", "alg": ALGORITHM}
    return {"keys": [{**_as_jwk(key), **described, "kid": name} for name, key in verifying_keys().items()]}


def forget() -> None:
    """Has this process read the keys afresh, after they changed."""
    _rings.clear()


def thumbprint(key: EllipticCurvePublicKey) -> str:
    """SHA-256 over the required members in lexical order, as base64url without padding (RFC 7638)."""
    members = {name: _as_jwk(key)[name] for name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def private_key(pem: str) -> EllipticCurvePrivateKey:
    """Reads a private key. Raises ``TypeError`` for one that is not on P-256."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise TypeError("JWT_SIGNING_KEY must be a private key on the curve P-256, as PEM.")
    return key


def _ring() -> Ring:
    ring = _rings[0] if _rings else None
    if ring is None or monotonic() - ring.read_at > _KEPT_S:
        ring = _read()
        _rings[:] = [ring]
    return ring


def _read() -> Ring:
    rows = list(SigningKey.objects.order_by("pk"))
    current = next((row for row in rows if row.state == KeyState.CURRENT), None)
    if current is None or current.private_pem is None:
        private = _from_settings()
        kid = thumbprint(private.public_key())
        return Ring(kid, private, {kid: private.public_key()}, monotonic())
    now = clock.now()
    alive = [row for row in rows if row.counts_until is None or row.counts_until > now]
    public = {row.kid: _public(row.public_pem) for row in alive}
    return Ring(current.kid, private_key(current.private_pem), public, monotonic())


@cache
def _from_settings() -> EllipticCurvePrivateKey:
    return private_key(settings.JWT_SIGNING_KEY)


def _public(pem: str) -> EllipticCurvePublicKey:
    key = load_pem_public_key(pem.encode())
    assert isinstance(key, EllipticCurvePublicKey)
    return key


def _as_jwk(key: EllipticCurvePublicKey) -> dict[str, str]:
    return dict(ECAlgorithm.to_jwk(key, as_dict=True))
