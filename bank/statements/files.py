"""Where the documents lie: one folder, random names, each file whole or absent."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
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

    A process killed at any moment leaves the old state or the new one, never half a file.
    """
    with _draft() as draft:
        write(draft)
        draft.flush()
        os.fsync(draft.fileno())
        seal = _seal(draft)
        os.replace(draft.name, folder() / name)
    _make_durable(folder())
    return seal


def open_file(name: str) -> BinaryIO:
    return (folder() / name).open("rb")


@contextmanager
def _draft() -> Iterator[BinaryIO]:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile("w+b", dir=folder(), prefix=".draft-", delete=False) as draft:
        try:
            yield draft  # type: ignore[misc]
        finally:
            Path(draft.name).unlink(missing_ok=True)


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
