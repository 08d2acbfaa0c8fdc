"""What a format of statement is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from bank.statements.paper import Paper

XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Format:
    """``title`` says what it is for, in English; pages translate it. Lower ranks are offered first."""

    code: str
    title: str
    content_type: str
    extension: str
    write: Callable[[Paper, BinaryIO], None]
    rank: int = 50


def gettext_noop(text: str) -> str:
    """Marks ``text`` for the catalogue of translations; pages look it up."""
    return text
