"""The keys that sign API tokens: one in use, every public one in the JWKS, found by ``kid`` alone."""

import base64
import hashlib
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from jwt.algorithms import ECAlgorithm

ALGORITHM = "ES256"


@cache
def signing_key() -> EllipticCurvePrivateKey:
    """The private key on P-256 that signs (RFC 7518 §3.4)."""
    key = load_pem_private_key(settings.JWT_SIGNING_KEY.encode(), password=None)
    if not isinstance(key, EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise TypeError("JWT_SIGNING_KEY must be a private key on the curve P-256, as PEM.")
    return key


@cache
def key_id() -> str:
    """The name of the signing key: its thumbprint (RFC 7638)."""
    return _thumbprint(signing_key().public_key())


@cache
def verifying_keys() -> dict[str, EllipticCurvePublicKey]:
    """Every public key whose tokens count, by name."""
    return {key_id(): signing_key().public_key()}


def jwks() -> dict[str, Any]:
    """The public keys as a JSON Web Key Set (RFC 7517)."""
    described = {"use": "sig", "alg": ALGORITHM}
    return {"keys": [{**_as_jwk(key), **described, "kid": name} for name, key in verifying_keys().items()]}


def _as_jwk(key: EllipticCurvePublicKey) -> dict[str, str]:
    return dict(ECAlgorithm.to_jwk(key, as_dict=True))


def _thumbprint(key: EllipticCurvePublicKey) -> str:
    """SHA-256 over the required members in lexical order, as base64url without padding."""
    members = {name: _as_jwk(key)[name] for name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
