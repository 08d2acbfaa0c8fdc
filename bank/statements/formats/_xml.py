"""XML written piece by piece with lxml, and text made fit for it."""

import re
from typing import Any

# What XML 1.0 (§2.2) cannot say, not even as a reference; and what turns or hides text.
_UNSPEAKABLE = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """``text`` on one line, without what XML cannot hold."""
    return " ".join(_UNSPEAKABLE.sub(" ", text).split())


def pieces(text: str, longest: int) -> list[str]:
    """``text`` in pieces of at most ``longest`` letters; joined without a blank they are the text."""
    whole = clean(text)
    return [whole[at : at + longest] for at in range(0, len(whole), longest)]


def put(file: Any, path: str, text: str = "", **attributes: str) -> None:
    """Writes ``text`` inside the elements ``path`` names, such as ``Bal/Dt/Dt``."""
    name, _slash, rest = path.partition("/")
    with file.element(name, **({} if rest else attributes)):
        if rest:
            put(file, rest, text, **attributes)
        else:
            file.write(text)
