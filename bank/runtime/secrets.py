"""The keys of the bank: those a demonstration makes for itself, and those that seal what is stored.

Stored secrets are sealed with AES-256-GCM under a ring of keys (``FIELD_KEYS``, the first one
seals, all of them open): a fresh nonce each time, and the name of the key in front, so that
``manage.py reencrypt`` finds what an older key sealed. ``lookup_hash`` finds an equal value
without opening any: HMAC-SHA-256 under ``LOOKUP_KEY``. None of these keys is in the database.
"""

import base64
import hashlib
import hmac
import os
import secrets as random
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from bank.runtime import errors, services

_FORM = b"\x01"
_NAME_BYTES = 4
_NONCE_BYTES = 12
_KEY_BYTES = 32
HEADER_BYTES = len(_FORM) + _NAME_BYTES


def encrypt(plain: bytes, *, context: bytes = b"") -> bytes:
    """``plain`` sealed under the newest key; the same ``context`` opens it again, no other does.

    Form byte, four bytes that name the key, twelve of nonce, ciphertext with its tag.
    """
    header, key = next(iter(_ring(tuple(settings.FIELD_KEYS)).items()))
    nonce = os.urandom(_NONCE_BYTES)
    return header + nonce + key.encrypt(nonce, plain, header + context)


def decrypt(sealed: bytes, *, context: bytes = b"") -> bytes:
    """What was sealed, under whichever key of the ring. Raises ``Unreadable``: never garbage."""
    header, rest = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
    key = _ring(tuple(settings.FIELD_KEYS)).get(header)
    if key is None or len(rest) < _NONCE_BYTES:
        raise errors.Unreadable
    try:
        return key.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], header + context)
    except InvalidTag:
        raise errors.Unreadable from None


def newest_header() -> bytes:
    """What everything sealed under the newest key begins with."""
    return next(iter(_ring(tuple(settings.FIELD_KEYS))))


def is_newest(sealed: bytes) -> bool:
    """Whether the newest key sealed this; if not, seal it again before the old key is thrown away."""
    return sealed[:HEADER_BYTES] == newest_header()


def lookup_hash(text: str, *, context: str = "") -> bytes:
    """32 bytes, equal for texts that differ in case, spaces or Unicode form alone.

    Who has the database and not the key can neither read nor try out values. Give the column's
    name as ``context`` to keep equal values of two columns apart.
    """
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    key = hashlib.sha256(b"bank.runtime.lookup" + settings.LOOKUP_KEY.encode()).digest()
    return hmac.digest(key, f"{context}\0{folded}".encode(), "sha256")


def kept_field_key(name: str) -> str:
    """256 random bits as base64, for ``FIELD_KEYS``."""
    return _kept(name, lambda: base64.b64encode(os.urandom(_KEY_BYTES)).decode())


@cache
def _ring(keys: tuple[str, ...]) -> dict[bytes, AESGCM]:
    """By header, the newest first."""
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS names no key; give at least one, as base64 of 32 bytes.")
    return {_header(raw): AESGCM(raw) for raw in _raw(keys)}


def _raw(keys: Iterable[str]) -> Iterable[bytes]:
    for position, key in enumerate(keys, start=1):
        try:
            raw = base64.b64decode(key.strip().replace("-", "+").replace("_", "/"), validate=True)
        except ValueError:
            raw = b""
        if len(raw) != _KEY_BYTES:
            raise ImproperlyConfigured(f"Key {position} of FIELD_KEYS is not base64 of 32 bytes.")
        yield raw


def _header(raw: bytes) -> bytes:
    return _FORM + hashlib.sha256(b"bank.runtime.key" + raw).digest()[:_NAME_BYTES]


def kept(name: str) -> str:
    """A random text of 50+ characters, the same at every start of this installation."""
    return _kept(name, lambda: random.token_urlsafe(50))


def kept_signing_key(name: str) -> str:
    """A private key on P-256 as PEM, for ES256 signatures (RFC 7518 §3.4)."""
    return _kept(name, new_signing_key)


def public_key(private_pem: str) -> str:
    """The public half, as PEM."""
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


def new_signing_key() -> str:
    """A fresh private key on P-256, as PEM."""
    form = serialization.PrivateFormat.PKCS8
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def kept_text(name: str, make: Callable[[], str]) -> str:
    """What ``make`` gave the first time; the same at every start of this installation."""
    return _kept(name, make)


def _kept(name: str, make: Callable[[], str]) -> str:
    path = services.var_dir() / "secrets" / name
    if not path.exists():
        _write_once(path, make())
    return path.read_text()


def _write_once(path: Path, text: str) -> None:
    """Of several processes that start at once exactly one wins; the others read what it wrote."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
