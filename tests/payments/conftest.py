"""What the payment tests share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def vectors_dir() -> Path:
    folder = Path(os.environ.get("VECTORS_DIR", Path(__file__).parents[3] / "shared" / "vectors"))
    if not folder.is_dir():
        pytest.skip(f"no published cases at {folder}")
    return folder
