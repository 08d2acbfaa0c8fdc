"""``script/bench bulk.csv``: 100,000 payments as csv, uploaded, checked and paid; see ``bulk_world``."""

from collections.abc import Iterator
from typing import Any

from bench import bulk_world


def run() -> Iterator[dict[str, Any]]:
    """One line: lines a second from upload to checked, beside the plain reader of the same file."""
    yield from bulk_world.measured("csv")
