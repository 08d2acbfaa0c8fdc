"""Before several processes collect the same tests, each reads a part of the modules no other begins with.

To rewrite the assertions of all modules takes a process longer than to import them, and what one has
written down the others find. Without this all of them rewrite the same module at the same time.
"""

import importlib
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]


def begin(config: pytest.Config) -> None:
    """Only where the whole suite is asked for. What cannot be imported is told when it is collected."""
    worker = getattr(config, "workerinput", None)
    if worker is None or {Path(one).resolve() for one in config.args} != {ROOT / "tests"}:
        return
    modules = sorted(ROOT.glob("tests/**/test_*.py"))
    for path in modules[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
        with suppress(Exception):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
