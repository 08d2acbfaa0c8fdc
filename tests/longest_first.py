"""The order of a run in several processes: what takes longest begins first, so that nothing long is left
for the end, when the other processes have nothing more to do.

``seconds.tsv`` says what took long: files, and tests of them that are handed out by themselves.
``SECONDS=write script/test`` writes it anew. What it does not name begins last.
"""

import os
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadFileScheduling

TABLE: Final = Path(__file__).with_name("seconds.tsv")
LONG_FILE_S, LONG_TEST_S = 4, 12


class LongestFirst(LoadFileScheduling):
    """A file stays together, so that what it builds once is built once; a long test goes by itself."""

    def _split_scope(self, nodeid: str) -> str:
        return of(nodeid)


def scheduler(config: pytest.Config, log: Any) -> LongestFirst:
    config.option.loadscopereorder = False
    return LongestFirst(config, log)


def sort(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: -_seconds().get(of(item.nodeid), 0))


def of(nodeid: str) -> str:
    """What a test is handed out with."""
    return nodeid if nodeid in _seconds() else nodeid.partition("::")[0]


@cache
def _seconds() -> dict[str, float]:
    rows = (line.split("\t") for line in TABLE.read_text().splitlines())
    return {name: float(seconds) for seconds, name in rows}


def note(reports: Iterable[pytest.TestReport]) -> None:
    """Writes the table, where the run was asked for it."""
    if os.environ.get("SECONDS") == "write":
        TABLE.write_text(_written(reports))


def _written(reports: Iterable[pytest.TestReport]) -> str:
    tests: Counter[str] = Counter()
    for report in reports:
        tests[report.nodeid] += report.duration  # type: ignore[assignment]
    found: Counter[str] = Counter()
    for name, seconds in tests.items():
        found[name if seconds >= LONG_TEST_S else name.partition("::")[0]] += seconds
    rows = [(round(seconds), name) for name, seconds in found.items() if seconds >= LONG_FILE_S]
    return "".join(
        f"{seconds}\t{name}\n" for seconds, name in sorted(rows, key=lambda row: (-row[0], row[1]))
    )
