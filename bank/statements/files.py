"""Where the documents lie: one folder, random names, each file whole or absent."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Seal:
    """What proves a file unaltered."""

    digest: str
    size: int


def folder() -> Path:
    return Path(settings.FILES_DIR, "statements")


def write_whole(name: str, write: Callable[[BinaryIO], None]) -> Seal:
    """Writes the file beside its place, makes it durable, then renames it over whatever was there.

    A process killed at any moment leaves the old state or the new one, never half a file; the
    draft it leaves is overwritten by the next try. Only one process at a time may write a name.
    """
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder() / f".{name}.draft"
    try:
        with draft.open("w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            seal = _seal(file)
        os.replace(draft, folder() / name)
    finally:
        draft.unlink(missing_ok=True)
    _make_durable(folder())
    return seal


def open_file(name: str) -> BinaryIO:
    return (folder() / name).open("rb")


def digest_of(file: BinaryIO) -> str:
    """SHA-256 of the whole file, read a piece at a time."""
    return _seal(file).digest


def _seal(file: BinaryIO) -> Seal:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return Seal(digest.hexdigest(), size)


def _make_durable(path: Path) -> None:
    """Makes the rename itself survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
