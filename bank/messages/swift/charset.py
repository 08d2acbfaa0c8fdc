"""Text in SWIFT's character set x: what has a common spelling in it is spelt so, the rest is refused."""

import re
import unicodedata
from typing import Final

from anyascii import anyascii

from bank.messages.swift.formats import X

_FOREIGN = re.compile(rf"[^{X}]")
#: Signs that are not in the set, as banks write them.
_SIGNS: Final = str.maketrans(
    {
        "&": "+",
        "@": "(AT)",
        "_": "-",
        ";": ",",
        '"': "'",
        "`": "'",
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": "'",
        "\u201d": "'",
        "\u2013": "-",
        "\u2014": "-",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
        "|": "/",
        "\\": "/",
        "#": "NO.",
        "%": " PCT",
        "*": ".",
        "!": ".",
        "=": "-",
        "\u20ac": "EUR",
        "\u00a3": "GBP",
        "$": "USD",
        "\n": " ",
        "\t": " ",
    }
)
_LETTERS: Final = frozenset({"L", "M", "N", "P", "Z"})


def spelt(text: str) -> str:
    """The text as SWIFT carries it. What has no spelling stays as it is: see ``foreign``."""
    return "".join(map(_spelt, text.translate(_SIGNS)))


def _spelt(letter: str) -> str:
    """Letters, marks and digits of other scripts by their Latin spelling; pictures have none."""
    if not _FOREIGN.match(letter) or unicodedata.category(letter)[0] not in _LETTERS:
        return letter
    return _FOREIGN.sub("", anyascii(letter))


def foreign(text: str) -> str:
    """The characters, each once, that SWIFT does not carry even when spelt otherwise."""
    return "".join(dict.fromkeys(_FOREIGN.findall(spelt(text))))
