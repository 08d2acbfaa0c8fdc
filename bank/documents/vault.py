"""Where documents lie: outside the web root, under random names, sealed; each file whole or absent."""

import os
import secrets as random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings

from bank.documents import errors
from bank.kernel.errors import BankError
from bank.runtime import secrets

_DRAFT = ".draft"


def new_name() -> str:
    """192 random bits: says nothing, cannot be guessed."""
    return random.token_hex(24)


def put(name: str, content: bytes) -> None:
    """Seals ``content`` and makes it durable before its name exists: a killed process leaves a draft."""
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(name + _DRAFT)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.encrypt(content, context=_context(name)))
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


def content_of(name: str) -> bytes:
    """What was put. Raises ``DocumentDamaged`` for a file that is gone, altered or another's."""
    try:
        return secrets.decrypt(_path(name).read_bytes(), context=_context(name))
    except (OSError, BankError) as error:
        raise errors.DocumentDamaged from error


def remove(name: str) -> None:
    """Takes the file away; nothing happens where there is none."""
    _path(name).unlink(missing_ok=True)


def seal_again(limit: int) -> int:
    """Seals up to ``limit`` files under the newest key; how many it did. Raises ``Unreadable``."""
    old = list(islice((path for path in _files() if not _is_under_newest_key(path)), limit))
    for path in old:
        content = secrets.decrypt(path.read_bytes(), context=_context(path.name))
        draft = path.with_name(path.name + _DRAFT)
        draft.write_bytes(secrets.encrypt(content, context=_context(path.name)))
        os.replace(draft, path)
    return len(old)


def names_older_than(instant: float) -> Iterator[str]:
    """Names of files last written before ``instant`` (seconds since 1970), unfinished drafts included."""
    for path in folder().glob("??/*"):
        if path.stat().st_mtime < instant:
            yield path.name


def folder() -> Path:
    return Path(settings.DOCUMENTS_DIR)


def _files() -> Iterator[Path]:
    return (path for path in folder().glob("??/*") if path.suffix != _DRAFT)


def _is_under_newest_key(path: Path) -> bool:
    with path.open("rb") as file:
        return secrets.is_newest(file.read(secrets.HEADER_BYTES))


def _path(name: str) -> Path:
    return folder() / name[:2] / name


def _context(name: str) -> bytes:
    """Binds the sealed content to its name, so that two files cannot be swapped."""
    return b"document:" + name.encode()
