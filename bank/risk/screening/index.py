"""All names of the lists in force, in memory, found by how their words are written or sound.

The index gives candidates; ``matching`` decides. A name is a candidate when the words it shares
with the sought one leave no room for a conflict, so that nothing above the threshold is lost.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bank.risk.screening import matching, similarity
from bank.risk.screening.entries import ListedEntry
from bank.risk.screening.matching import Comparison
from bank.risk.screening.names import Kind, Name, Word, alternatives, parse, sound_of

_RARE, _EVERYWHERE, _LEAST = 3, 200, 0.4
_KEPT: Final = 50_000
_LONG_ENOUGH: Final = 8
"""Shorter names written together must be the same to the letter."""
_SLACK: Final = 0.35
_ALMOST: Final = 0.42
"""The share of the heavier name that must be shared before a score of 70 is possible."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that answers to the sought name, by which of its names, and how well."""

    entry: ListedEntry
    listed_name: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class _Listed:
    entry: ListedEntry
    name: Name
    weight: float


class ListIndex:
    """Built once for a version of the lists, then read by many."""

    def __init__(self, entries: Iterable[ListedEntry]) -> None:
        raw = [_Listed(entry, name, 0.0) for entry in entries for name in _names_of(entry)]
        self._frequency = _frequency(raw)
        self._listed = [self._weighed_entry(each) for each in raw]
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._by_sound: defaultdict[str, set[str]] = defaultdict(set)
        self._by_class: defaultdict[str, set[str]] = defaultdict(set)
        self._nearby: dict[str, list[str]] = {}
        self._by_neighbours: defaultdict[str, list[int]] = defaultdict(list)
        self._by_whole: defaultdict[str, list[int]] = defaultdict(list)
        self._native: list[int] = []
        for place, each in enumerate(self._listed):
            self._add(place, each.name)
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in self._by_word:
            self._by_length[len(word)].append(word)
        self._wholes = list(self._by_whole)

    def __len__(self) -> int:
        return len(self._listed)

    def search(self, text: str, kinds: Sequence[Kind]) -> list[Hit]:
        """Every entry of these kinds whose name scores the threshold or more, the best first."""
        best: dict[str, Hit] = {}
        for kind in kinds:
            sought = self._weighed(parse(text, kind))
            for each in self._candidates(sought):
                found = matching.compare(sought, each.name)
                known = best.get(each.entry.key)
                if found.is_match and (known is None or found.score > known.comparison.score):
                    best[each.entry.key] = Hit(each.entry, each.name.text, found)
        return sorted(best.values(), key=lambda hit: (-hit.comparison.score, hit.entry.key))

    def _candidates(self, sought: Name) -> Iterator[_Listed]:
        whole = sought.weight
        for place, shared in self._shared(sought).items():
            each = self._listed[place]
            if each.entry.kind is sought.kind and _may_match(shared, whole, each.weight):
                yield each
        if sought.native:
            yield from (self._listed[place] for place in self._native)

    def _shared(self, sought: Name) -> dict[int, float]:
        """For each listed name, how much of the sought one it may hold."""
        shared: defaultdict[int, float] = defaultdict(float)
        for word in sought.words:
            for place in self._places_of(word.text):
                shared[place] += word.weight
        for one, other in zip(sought.words, sought.words[1:], strict=False):
            for place in self._places_of_known(one.text + other.text):
                shared[place] += one.weight + other.weight
        for place in self._places_of_whole(sought.joined):
            shared[place] += sought.weight
        return shared

    def _places_of(self, word: str) -> set[int]:
        if len(word) == 1:
            return set()
        found = {place for like in self._near(word) for place in self._by_word[like]}
        found.update(self._by_neighbours.get(sound_of(word), ()))
        return found

    def _near(self, word: str) -> list[str]:
        """The listed words somebody may have meant by ``word``; kept, for the same words come again."""
        known = self._nearby.get(word)
        if known is None:
            if len(self._nearby) > _KEPT:
                self._nearby.clear()
            found = {
                *self._by_sound.get(sound_of(word), ()),
                *self._by_class.get(similarity.class_of(word), ()),
            }
            found.update(self._misspelled(word))
            known = [like for like in found if similarity.of_words(word, like)]
            self._nearby[word] = known
        return known

    def _misspelled(self, word: str) -> Iterator[str]:
        slips = min(len(word) // 3, 2)
        if not slips:
            return
        for length in range(len(word) - slips, len(word) + slips + 1):
            choices = self._by_length.get(length, ())
            near = process.extract(word, choices, scorer=OSA.distance, score_cutoff=slips, limit=None)
            yield from (like for like, _slips, _place in near)

    def _places_of_known(self, text: str) -> set[int]:
        return {place for like in self._by_sound.get(sound_of(text), ()) for place in self._by_word[like]}

    def _places_of_whole(self, text: str) -> set[int]:
        if len(text) < _LONG_ENOUGH:
            return set(self._by_whole.get(text, ()))
        near = process.extract_iter(text, self._wholes, scorer=OSA.distance, score_cutoff=1)
        return {place for whole, _slips, _place in near for place in self._by_whole[whole]}

    def _add(self, place: int, name: Name) -> None:
        for word in name.words:
            self._by_word[word.text].append(place)
            self._by_sound[word.sound].add(word.text)
            if known := similarity.class_of(word.text):
                self._by_class[known].add(word.text)
        for one, other in zip(name.words, name.words[1:], strict=False):
            self._by_neighbours[sound_of(one.text + other.text)].append(place)
        self._by_whole[name.joined].append(place)
        if name.native:
            self._native.append(place)

    def _weighed_entry(self, each: _Listed) -> _Listed:
        name = self._weighed(each.name)
        return _Listed(each.entry, name, name.weight)

    def _weighed(self, name: Name) -> Name:
        return replace(name, words=tuple(self._weighed_word(word) for word in name.words))

    def _weighed_word(self, word: Word) -> Word:
        return replace(word, weight=min(word.weight, _rarity(self._frequency[word.sound])))


def _names_of(entry: ListedEntry) -> Iterator[Name]:
    """Every name of an entry, those that hold several taken apart as well."""
    texts = dict.fromkeys(
        part for text in (entry.name, *entry.aliases) for part in (text, *alternatives(text))
    )
    for text in texts:
        name = parse.__wrapped__(text, entry.kind)
        if name.words:
            yield name


def _frequency(listed: Iterable[_Listed]) -> Counter[str]:
    """In how many entries a word occurs, whatever its spelling."""
    seen = {(each.entry.key, word.sound) for each in listed for word in each.name.words}
    return Counter(sound for _key, sound in seen)


def _rarity(frequency: int) -> float:
    """1 for a word of three entries or fewer, falling with the logarithm to 0.4 for one of two hundred."""
    if frequency <= _RARE:
        return 1.0
    fallen = math.log(frequency / _RARE) / math.log(_EVERYWHERE / _RARE)
    return max(_LEAST, 1 - (1 - _LEAST) * fallen)


def _may_match(shared: float, sought: float, listed: float) -> bool:
    return shared >= min(sought, listed) - _SLACK and shared >= _ALMOST * max(sought, listed)
