"""An authenticator in software (WebAuthn level 3, attestation "none", ES256), honest or not as told."""

import hashlib
import json
import os
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from bank.identity import passkeys
from bank.identity.models import Passkey, User

ORIGIN = "http://localhost:8000"
_PRESENT, _VERIFIED, _ATTESTED = 1, 4, 64


class SoftKey:
    """One key pair; ``count`` goes up with each signature, as a device's does."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(32)
        self.count = 0

    def make(self, options: str, **lies: Any) -> str:
        """The answer to registration options."""
        auth = self._authenticator_data(_ATTESTED, **lies) + self._credential()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": auth})
        response = {
            "attestationObject": bytes_to_base64url(attestation),
            "clientDataJSON": bytes_to_base64url(self._client("webauthn.create", options, **lies)),
        }
        return self._answer(response)

    def sign(self, options: str, **lies: Any) -> str:
        """The answer to authentication options."""
        self.count += 1
        auth = self._authenticator_data(0, **lies)
        client = self._client("webauthn.get", options, **lies)
        signature = self._key.sign(auth + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": bytes_to_base64url(auth),
            "clientDataJSON": bytes_to_base64url(client),
            "signature": bytes_to_base64url(signature),
        }
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> str:
        name = bytes_to_base64url(self.id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})

    def _authenticator_data(
        self, flags: int, *, rp: str = "localhost", verified: bool = True, **_lies: Any
    ) -> bytes:
        flags |= _PRESENT | (_VERIFIED if verified else 0)
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(
        self, kind: str, options: str, *, origin: str = ORIGIN, challenge: bytes | None = None, **_lies: Any
    ) -> bytes:
        asked = bytes_to_base64url(challenge) if challenge else json.loads(options)["challenge"]
        told = {"type": kind, "challenge": asked, "origin": origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _credential(self) -> bytes:
        point = self._key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)


def registered(user: User, name: str = "Phone") -> tuple[SoftKey, Passkey]:
    """A key of the user's own, known to the bank."""
    key, challenge = SoftKey(), os.urandom(32)
    answer = key.make(passkeys.registration(user, challenge))
    return key, passkeys.register(user=user, name=name, answer=answer, challenge=challenge)


def challenge_in(options: str) -> bytes:
    return base64url_to_bytes(json.loads(options)["challenge"])
