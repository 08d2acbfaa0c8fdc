"""Which texts may be a name or an address line: what people write, and none of what deceives them.

Invisible and direction-changing characters, letters of two scripts in one name, markup and spreadsheet
formulas are refused (Unicode UTS 39 §5.1 and UAX 9; CWE-1007, CWE-1236); what only differs in its coding
is brought to one form.
"""

import unicodedata
from enum import StrEnum
from typing import Final

_APOSTROPHES: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"})
_FORMULA: Final = ("=", "+", "-", "@")
_MARKUP: Final = frozenset("<>{}[]\\|`")
_NAME_SIGNS: Final = frozenset(" '-.,")
_MOST_MARKS: Final = 3
#: Scripts that one language writes together.
_ALLIED: Final = (frozenset({"CJK", "HIRAGANA", "KATAKANA"}), frozenset({"CJK", "HANGUL"}))


class Fault(StrEnum):
    """What is wrong with a text, the worst first."""

    INVISIBLE = "INVISIBLE"
    MARKUP = "MARKUP"
    FORMULA = "FORMULA"
    SCRIPTS = "SCRIPTS"
    MARKS = "MARKS"
    LETTERS = "LETTERS"


def tidy(text: str) -> str:
    """The text in Unicode's composed form, blanks single, apostrophes straight."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_APOSTROPHES).split())


def line_fault(text: str) -> Fault | None:
    """What is wrong with a line such as a street, a company's name or an occupation."""
    if any(_is_invisible(letter) for letter in text):
        return Fault.INVISIBLE
    if any(letter in _MARKUP for letter in text):
        return Fault.MARKUP
    if text.startswith(_FORMULA):
        return Fault.FORMULA
    if _mixes_scripts(text):
        return Fault.SCRIPTS
    return Fault.MARKS if _is_smothered(text) else None


def name_fault(text: str) -> Fault | None:
    """As ``line_fault``, for a person's name: letters, blanks, apostrophes, hyphens and points alone."""
    found = line_fault(text)
    if found is not None:
        return found
    signs = all(letter in _NAME_SIGNS or unicodedata.category(letter)[0] in "LM" for letter in text)
    begins = bool(text) and unicodedata.category(text[0])[0] == "L"
    return None if signs and begins else Fault.LETTERS


def _is_invisible(letter: str) -> bool:
    """Controls, formats (bidi, zero-width), private and unassigned characters, odd blanks and fillers."""
    category = unicodedata.category(letter)
    return (
        (category[0] == "C") or (category[0] == "Z" and letter != " ") or letter in "\u115f\u1160\u3164\uffa0"
    )


def _mixes_scripts(text: str) -> bool:
    scripts = {_script(letter) for letter in text if unicodedata.category(letter)[0] == "L"}
    return len(scripts) > 1 and not any(scripts <= allied for allied in _ALLIED)


def _script(letter: str) -> str:
    """The first word of a letter's Unicode name; mathematical and full-width letters count as their own."""
    name = unicodedata.name(letter, "UNKNOWN")
    return name.split(" ")[0].split("-")[0]


def _is_smothered(text: str) -> bool:
    marks = [unicodedata.category(letter) == "Mn" for letter in text]
    return any(all(marks[at : at + _MOST_MARKS]) for at in range(len(marks) - _MOST_MARKS + 1))
