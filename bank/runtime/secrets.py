"""Secrets that a demonstration bank makes for itself and keeps under ``var/secrets``."""

import os
import secrets as random
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bank.runtime import services


def kept(name: str) -> str:
    """A random text of 50+ characters, the same at every start of this installation."""
    return _kept(name, lambda: random.token_urlsafe(50))


def kept_signing_key(name: str) -> str:
    """A private key on P-256 as PEM, for ES256 signatures (RFC 7518 §3.4)."""
    return _kept(name, _new_signing_key)


def public_key(private_pem: str) -> str:
    """The public half, as PEM."""
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()


def _new_signing_key() -> str:
    form = serialization.PrivateFormat.PKCS8
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


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
