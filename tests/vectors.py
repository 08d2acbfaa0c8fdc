"""The folder of published cases beside the repository: read in place, never copied."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

VECTORS_DIR = Path(os.environ.get("VECTORS_DIR") or Path(__file__).parents[2] / "shared" / "vectors")


def folder(path: str) -> Path:
    """A folder of the published cases; skips the test, saying why, where it is absent."""
    found = VECTORS_DIR / path
    if not found.is_dir():
        pytest.skip(f"{found} is absent: set VECTORS_DIR to the folder of published cases")
    return found


def load(path: str) -> Any:
    """A JSON file of the folder; skips the test, saying why, where it is absent."""
    file = VECTORS_DIR / path
    if not file.exists():
        pytest.skip(f"{file} is absent: set VECTORS_DIR to the folder of published cases")
    return json.loads(file.read_text(encoding="utf-8"))
