"""Reads a name as it is written anywhere into the words it is made of."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from anyascii import anyascii

from bank.risk.screening import words

LONGEST: Final = 300
MOST_WORDS: Final = 24


class Kind(StrEnum):
    """What is sought, and what is listed; vessels and aircraft are screened by their names as well."""

    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"
    VESSEL = "VESSEL"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: as written in Latin letters, as it sounds, and how much it says (0 to 1)."""

    text: str
    sound: str
    weight: float


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart. ``native`` is set for scripts whose single characters are whole syllables."""

    text: str
    kind: Kind
    words: tuple[Word, ...]
    forms: frozenset[str]
    titles: tuple[str, ...]
    native: str

    @property
    def joined(self) -> str:
        return "".join(word.text for word in self.words)

    @property
    def weight(self) -> float:
        return sum(word.weight for word in self.words)


_DOTTED: Final = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}(?:[^\W\d_]\b)?")
_APOSTROPHES: Final = re.compile("['\u2018\u2019\u02bc\u02bb\u02bf\u02be`\u00b4\u2032]")
_GLUED: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD: Final = re.compile(r"[a-z]+|[0-9]+(?:st|nd|rd|th)?")
_ROMAN: Final = re.compile(r"(?=[ivxl])x{0,4}(?:ix|iv|v?i{0,3})\Z")
_SYLLABIC: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: Letters that stand for one sound, applied in this order.
_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("sch|sh|zh|ch", "s"),
        ("dj|dzh|j", "j"),
        ("ck|kh|q|c(?![eiy])", "k"),
        ("ks|x", "s"),
        ("ph", "f"),
        ("th", "t"),
        ("dh", "d"),
        ("gh", "g"),
        ("tz|ts|z|c", "s"),
        ("w", "v"),
        ("ou|oo|au|aw|o", "u"),
        ("ae|ei|ai|ay|ey|ee|ie|iy|yy|y|e", "i"),
        (r"(.)\1+", r"\1"),
        ("(?<=.)h", ""),
    )
)


@lru_cache(maxsize=100_000)
def sound_of(word: str) -> str:
    """How a word sounds, roughly, whoever wrote it down: Usama and Osama, Sergei and Sergey sound alike."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


@lru_cache(maxsize=20_000)
def parse(text: str, kind: Kind) -> Name:
    """The name taken apart: titles, legal forms and particles away, every other word weighed."""
    text = unicodedata.normalize("NFKC", text)[:LONGEST]
    found = _latin_words(text)
    titles: tuple[str, ...] = ()
    forms: frozenset[str] = frozenset()
    if kind is Kind.PERSON:
        found, titles = _without_titles(found)
        found = _without_particles(found)
    else:
        found, forms = _without_forms(found)
        found, _stopped = _without(found, words.STOPPED)
    parsed = tuple(Word(word, sound_of(word), weight_of(word, kind)) for word in found[:MOST_WORDS])
    return Name(text, kind, parsed, forms, titles, _native(text))


def alternatives(text: str) -> list[str]:
    """A listed name that holds several, as ``AL-QAIDA / ISLAMIC ARMY`` does."""
    return [part for part in re.split(r"\s*[/;]\s*|\s+a\.?k\.?a\.?\s+", text, flags=re.I) if len(part) > 2]


def weight_of(word: str, kind: Kind) -> float:
    """What a word says about whose name it is, before any list tells how often it occurs."""
    if word.isdigit() or len(word) == 1 or (kind is not Kind.PERSON and _ROMAN.match(word)):
        return 0.15
    if kind is Kind.PERSON:
        return 0.5 if words.SAME_NAME.get(word, word) in words.FREQUENT else 1.0
    return 0.4 if word in words.TRADE else 0.5 if word in words.PLACES else 1.0


def _latin_words(text: str) -> list[str]:
    text = _DOTTED.sub(lambda found: found[0].replace(".", "").replace(" ", "") + " ", text)
    text = _APOSTROPHES.sub("", text.replace("&", " and ").replace("%", "percent"))
    if " " not in text.strip():
        text = _GLUED.sub(" ", text)
    latin = anyascii(text).lower()
    latin = _APOSTROPHES.sub("", latin)
    return [words.SHORT.get(word, word) for word in _WORD.findall(latin)]


def _without(found: list[str], unwanted: Iterable[str]) -> tuple[list[str], tuple[str, ...]]:
    """Takes words away as long as something is left."""
    kept = [word for word in found if word not in unwanted]
    if not kept:
        return found, ()
    return kept, tuple(word for word in found if word in unwanted)


def _without_titles(found: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Some titles are names as well (Sultan, Prince): those count as titles only where they begin a
    name of three words or more.
    """
    begins = len(found) > 2 and found[0] in words.TITLES_AND_NAMES
    kept, titles = _without(found[1:] if begins else found, words.TITLES)
    return kept, (*found[:begins], *titles)


def _without_particles(found: list[str]) -> list[str]:
    """``Ben`` between two names means "son of"; where it begins one, it is short for Benjamin."""
    first = found[:1] if found and found[0] in words.SAME_NAME else []
    rest, _particles = _without(found[len(first) :], words.PARTICLES)
    return [*first, *rest]


def _without_forms(found: list[str]) -> tuple[list[str], frozenset[str]]:
    line = f" {' '.join(found)} "
    for long, short in words.LONG_FORMS:
        line = line.replace(f" {long} ", f" {short} ")
    spelled = line.split()
    kept = [word for word in spelled if word not in words.FORMS]
    if not kept:
        return spelled, frozenset()
    return kept, frozenset(words.FORMS[word] for word in spelled if word in words.FORMS)


def _native(text: str) -> str:
    """Chinese, Japanese and Korean characters: two that sound alike are not the same name."""
    return "".join(_SYLLABIC.findall(text))
