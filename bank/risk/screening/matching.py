"""How alike two names are, 0 to 100, and why: every word is laid beside the one it answers to.

What both names have counts for them; what one has and the other lacks counts little against them;
where each has something the other lacks (another surname, another place) they are two names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz.distance import OSA

from bank.risk.screening import similarity, words
from bank.risk.screening.names import Kind, Name, Word

THRESHOLD: Final = 70
_CONFLICT: Final = 0.4
"""What is taken off, as a share, where words stand against each other."""
_ENOUGH_CONFLICT: Final = 0.3
_COUNTS: Final = 0.15
"""No more weight than this left over is a number or an initial, and counts for nothing."""
_SAYS_SOMETHING: Final = 0.99
"""Shared words of less weight than one rare word say nothing by themselves."""
_MOST_BESIDE_ONE: Final = 0.8
"""What may stand beside the one word that two organisations share: a place, a word of trade."""
_JOINED_MOST: Final = 3
_SHORT: Final = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """Words of the one name and the words of the other they answer to."""

    sought: tuple[Word, ...]
    listed: tuple[Word, ...]
    similarity: float

    @property
    def weight(self) -> float:
        return (sum(w.weight for w in self.sought) + sum(w.weight for w in self.listed)) / 2


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which words answer to which, and which are left on either side."""

    pairs: list[Pair]
    sought_left: list[Word]
    listed_left: list[Word]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A score from 0 to 100 and its parts, for people to follow."""

    score: int
    alignment: Alignment = field(default_factory=lambda: Alignment([], [], []))
    reasons: tuple[str, ...] = ()

    @property
    def is_match(self) -> bool:
        return self.score >= THRESHOLD


def compare(sought: Name, listed: Name) -> Comparison:
    """Compares two names of one kind. Order of words does not count; what they are does."""
    if sought.native and listed.native:
        return Comparison(_native_score(sought.native, listed.native), reasons=("NATIVE_SCRIPT",))
    if not sought.words or not listed.words:
        return Comparison(0)
    alignment = align(sought.words, listed.words)
    score, reasons = _score(alignment)
    joined = _joined_score(sought.joined, listed.joined)
    if joined > score:
        score, reasons = joined, ("WRITTEN_TOGETHER",)
    elif _says_too_little(alignment, sought.kind):
        score, reasons = min(score, 0.6), (*reasons, "TOO_LITTLE_SHARED")
    factor = _form_factor(sought, listed)
    return Comparison(round(score * factor * 100), alignment, reasons + ("OTHER_LEGAL_FORM",) * (factor < 1))


def align(sought: Sequence[Word], listed: Sequence[Word]) -> Alignment:
    """Pairs the most similar words first; words written together or apart count as one."""
    options = [*_single_options(sought, listed), *_joined_options(sought, listed)]
    options.sort(key=lambda option: (-option[0], -option[1]))
    pairs: list[Pair] = []
    sought_free, listed_free = set(range(len(sought))), set(range(len(listed)))
    for likeness, _length, left, right in options:
        if sought_free.issuperset(left) and listed_free.issuperset(right):
            sought_free.difference_update(left)
            listed_free.difference_update(right)
            pairs.append(Pair(_pick(sought, left), _pick(listed, right), likeness))
    return Alignment(
        pairs, list(_pick(sought, sorted(sought_free))), list(_pick(listed, sorted(listed_free)))
    )


_Option = tuple[float, int, Sequence[int], Sequence[int]]


def _single_options(sought: Sequence[Word], listed: Sequence[Word]) -> list[_Option]:
    return [
        (likeness, len(one.text), (left,), (right,))
        for left, one in enumerate(sought)
        for right, other in enumerate(listed)
        if (likeness := similarity.of_words(one.text, other.text)) > 0
    ]


def _joined_options(sought: Sequence[Word], listed: Sequence[Word]) -> list[_Option]:
    there = _together(sought, listed)
    back = [(likeness, length, left, right) for likeness, length, right, left in _together(listed, sought)]
    return [*there, *back]


def _together(apart: Sequence[Word], single: Sequence[Word]) -> list[_Option]:
    """Neighbouring words of ``apart`` that ``single`` writes as one, or as their initials."""
    found: list[_Option] = []
    for start in range(len(apart)):
        for end in range(start + 2, min(start + _JOINED_MOST, len(apart)) + 1):
            run = range(start, end)
            text = "".join(apart[place].text for place in run)
            initials = "".join(apart[place].text[0] for place in run)
            for place, word in enumerate(single):
                likeness = _run_likeness(text, initials, word.text)
                if likeness:
                    found.append((likeness, len(text), run, (place,)))
    return found


def _run_likeness(text: str, initials: str, word: str) -> float:
    if word == initials and text != word:
        return similarity.INITIAL
    if len(word) < _SHORT or abs(len(word) - len(text)) > 2:
        return 0.0
    likeness = similarity.of_words(text, word)
    return likeness - 0.01 if likeness > 0.8 else 0.0


def _pick(found: Sequence[Word], places: Sequence[int]) -> tuple[Word, ...]:
    return tuple(found[place] for place in places)


def _score(alignment: Alignment) -> tuple[float, tuple[str, ...]]:
    shared = sum(pair.weight for pair in alignment.pairs)
    if not shared:
        return 0.0, ("NOTHING_SHARED",)
    likeness = sum(pair.weight * pair.similarity for pair in alignment.pairs) / shared
    left, right = _weight(alignment.sought_left), _weight(alignment.listed_left)
    conflict, extra = min(left, right), abs(left - right)
    score = likeness * (0.4 + 0.6 * shared / (shared + extra + conflict))
    reasons = ("MORE_WORDS",) * (extra > _COUNTS)
    if conflict >= _COUNTS:
        return score * (1 - _CONFLICT * min(1.0, conflict / _ENOUGH_CONFLICT)), ("WORDS_DIFFER", *reasons)
    return score, reasons


def _says_too_little(alignment: Alignment, kind: Kind) -> bool:
    """Frequent words alone make nobody where more words stand beside them, and one word even less:
    one shared word makes no person and no ship, and one short word with a slip makes nothing.
    """
    extra = _weight([*alignment.sought_left, *alignment.listed_left])
    if extra > _COUNTS and sum(pair.weight for pair in alignment.pairs) < _SAYS_SOMETHING:
        return True
    if len(alignment.pairs) != 1:
        return False
    (pair,) = alignment.pairs
    if len(pair.sought) + len(pair.listed) > 2:
        return False
    longest = max(len(pair.sought[0].text), len(pair.listed[0].text))
    most = _MOST_BESIDE_ONE if kind is Kind.ORGANISATION else _COUNTS
    return (pair.similarity < 1 and longest <= _SHORT) or extra > most


def _form_factor(sought: Name, listed: Name) -> float:
    """A society that is no business is not the company of the same name; Ltd and Inc. may be."""
    if not sought.forms or not listed.forms or sought.forms & listed.forms:
        return 1.0
    is_society = [bool(name.forms & words.NOT_FOR_PROFIT) for name in (sought, listed)]
    return 0.95 if is_society[0] == is_society[1] else 0.65


def _joined_score(sought: str, listed: str) -> float:
    """For names written without spaces, or with them elsewhere."""
    if min(len(sought), len(listed)) < 8:
        return 0.0
    slips = OSA.distance(sought, listed, score_cutoff=1)
    return 1 - 1.5 * slips / max(len(sought), len(listed)) if slips <= 1 else 0.0


def _native_score(sought: str, listed: str) -> int:
    """Character by character: one of three that differs makes another name."""
    if sorted(sought) == sorted(listed):
        return 100
    most = max(len(sought), len(listed))
    share = 1 - OSA.distance(sought, listed) / most
    return round(share * (100 if most > 5 else 80))


def _weight(left: Sequence[Word]) -> float:
    return sum(word.weight for word in left)
