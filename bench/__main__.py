"""``python -m bench [name…]``: every module here with a ``run()`` is a benchmark; one JSON object a line.

``http.transfer`` is ``bench/http_transfer.py``. Without names all run, in order of name.
"""

import json
import sys
from importlib import import_module
from pathlib import Path


def names() -> list[str]:
    """The benchmarks there are."""
    here = Path(__file__).parent
    found = (path for path in sorted(here.glob("[a-z]*.py")) if "\ndef run(" in path.read_text())
    return [path.stem.replace("_", ".", 1) for path in found]


def main(asked: list[str]) -> None:
    known = names()
    if unknown := [name for name in asked if name not in known]:
        sys.exit(f"no such benchmark: {', '.join(unknown)}. There are: {', '.join(known)}")
    for name in asked or known:
        for line in import_module(f"bench.{name.replace('.', '_')}").run():
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
