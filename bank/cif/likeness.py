"""Whether two customers may be one: points for what they share, in plain Python."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from anyascii import anyascii
from rapidfuzz import fuzz

WORTH_A_LOOK: Final = 50
SURE: Final = 80
_CLOSE: Final = 88
_NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]+")
_LEGAL: Final = frozenset(
    {"ltd", "limited", "plc", "llc", "llp", "inc", "co", "company", "mr", "mrs", "ms", "dr", "prof"}
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells a customer from others; sets hold everything that was true at any time."""

    pk: int
    kind: str
    name: str
    born: str
    documents: frozenset[bytes]
    phones: frozenset[str]
    emails: frozenset[str]


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` from 0 to 100, and what it is made of."""

    score: int
    reasons: tuple[str, ...]


def normalised(name: str) -> str:
    """A name without script, accents, case, titles, legal forms or the order of its words."""
    words = _NOT_A_LETTER.sub(" ", anyascii(name).casefold()).split()
    telling = [word for word in words if word not in _LEGAL]
    return " ".join(sorted(telling or words))


def compare(one: Traits, other: Traits) -> Likeness:
    """How alike two customers are. Persons and organisations never are."""
    if one.kind != other.kind:
        return Likeness(0, ())
    found = list(_shared(one, other))
    return Likeness(min(100, sum(points for points, _reason in found)), tuple(reason for _p, reason in found))


def keys_of(traits: Traits) -> Iterator[object]:
    """What two customers must share at least one of to be worth comparing."""
    yield ("name", traits.kind, traits.name)
    if traits.born:
        yield ("born", traits.born)
    for document in traits.documents:
        yield ("document", document)
    for phone in traits.phones:
        yield ("phone", phone)
    for email in traits.emails:
        yield ("email", email)


def _shared(one: Traits, other: Traits) -> Iterable[tuple[int, str]]:
    if one.documents & other.documents:
        yield 60, "SAME_DOCUMENT"
    if one.name and one.name == other.name:
        yield 40, "SAME_NAME"
    elif fuzz.ratio(one.name, other.name) >= _CLOSE:
        yield 30, "CLOSE_NAME"
    if one.born and one.born == other.born:
        yield 25, "SAME_BIRTH_DATE"
    if one.phones & other.phones:
        yield 20, "SAME_PHONE"
    if one.emails & other.emails:
        yield 20, "SAME_EMAIL"
