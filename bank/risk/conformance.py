"""Answers conformance cases from the bank's own screening of names."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from bank.kernel.errors import Unsupported
from bank.risk.screening import matching
from bank.risk.screening.formats import plain
from bank.risk.screening.index import ListIndex
from bank.risk.screening.matching import Comparison
from bank.risk.screening.names import Kind, alternatives, parse

_REPOSITORY: Final = Path(__file__).resolve().parents[2]
_KINDS: Final = {
    "Person": (Kind.PERSON,),
    "Vessel": (Kind.VESSEL,),
    "Airplane": (Kind.VESSEL,),
    "LegalEntity": (Kind.PERSON, Kind.ORGANISATION),
}


def pair(case: dict[str, Any]) -> dict[str, Any]:
    """Whether two names are one, by the comparison a screening uses."""
    kinds = _KINDS.get(case.get("schema") or "", (Kind.ORGANISATION,))
    listed = case["listed"]
    found = max(
        (_compared(case["query"], name, kind) for kind in kinds for name in (listed, *alternatives(listed))),
        key=lambda each: each.score,
    )
    return {"match": found.is_match, "score": found.score, "reasons": list(found.reasons)}


def search(case: dict[str, Any]) -> dict[str, Any]:
    """The entries of the published OFAC list that answer to a name, whatever kind it is."""
    hits = _published_list().search(case["query"], tuple(Kind))
    return {
        "hit_ids": [hit.entry.key for hit in hits],
        "hits": [
            {"id": hit.entry.key, "name": hit.listed_name, "score": hit.comparison.score} for hit in hits
        ],
    }


def _compared(query: str, listed: str, kind: Kind) -> Comparison:
    return matching.compare(parse(query, kind), parse(listed, kind))


@cache
def _published_list() -> ListIndex:
    folder = Path(os.environ.get("VECTORS_DIR") or _REPOSITORY.parent / "shared" / "vectors")
    file = folder / "aml" / "give" / "ofac_sdn_list.json"
    if not file.exists():
        raise Unsupported(what=f"list at {file}")
    return ListIndex(plain.read_json(file.read_bytes()))


OPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"aml.pair": pair, "aml.search": search}
