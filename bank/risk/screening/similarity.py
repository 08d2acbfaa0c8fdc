"""How alike two words are: spelling, sound, other forms of one name, initials."""

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from bank.risk.screening import words
from bank.risk.screening.names import sound_of

ANOTHER_FORM: Final = 0.95
SOUNDS_ALIKE: Final = 0.93
INITIAL: Final = 0.8
_MOST_SLIPS: Final = 2


@lru_cache(maxsize=200_000)
def of_words(one: str, other: str) -> float:
    """1 for the same word, 0 for words nobody takes for one another.

    Slips of the pen are allowed by length: one for every three letters of the shorter word,
    two at most.
    """
    if one == other:
        return 1.0
    if one[0].isdigit() or other[0].isdigit():
        return 0.0
    if min(len(one), len(other)) == 1:
        return INITIAL if one[0] == other[0] else 0.0
    if is_same_name(one, other):
        return ANOTHER_FORM
    if len(sound_of(one)) > 1 and sound_of(one) == sound_of(other):
        return SOUNDS_ALIKE
    return max(_spelling(one, other), _sound(sound_of(one), sound_of(other)))


def class_of(word: str) -> str:
    """The given name this is a form of, or ""."""
    return words.SAME_NAME.get(word, "")


def is_same_name(one: str, other: str) -> bool:
    """Whether both are forms of one given name, such as Bob and Robert."""
    return class_of(one) != "" and class_of(one) == class_of(other)


def _sound(one: str, other: str) -> float:
    """One slip in four sounds or more: sounds are rough already."""
    is_near = min(len(one), len(other)) >= 4 and OSA.distance(one, other, score_cutoff=1) <= 1
    return 0.95 - 1 / max(len(one), len(other)) if is_near else 0.0


def _spelling(one: str, other: str) -> float:
    allowed = min(min(len(one), len(other)) // 3, _MOST_SLIPS)
    if abs(len(one) - len(other)) > allowed:
        return 0.0
    slips = OSA.distance(one, other, score_cutoff=allowed)
    return 1.0 - slips / max(len(one), len(other)) if slips <= allowed else 0.0
