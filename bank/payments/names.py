"""Confirmation of payee: how well the name a payer wrote fits the name on the account.

Plain Python. Titles, legal forms, accents, case, punctuation and the order of names do not
count; a missing middle name does not either. A misspelling, an initial or a missing family name
makes it close.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from bank.payments.rules import NameCheck

CLOSE_FROM: Final = 80
_TITLES: Final = {"MR", "MRS", "MS", "MISS", "DR", "PROF", "ENG", "HON", "REV", "SIR", "BWANA", "BI"}
_LEGAL_FORMS: Final = {
    "LTD",
    "LIMITED",
    "PLC",
    "LLC",
    "LLP",
    "INC",
    "CO",
    "COMPANY",
    "CORP",
    "GMBH",
    "SA",
    "PTY",
}
_NOT_A_LETTER: Final = re.compile(r"[^\w]+")
_APOSTROPHES: Final = re.compile(r"['’`´]")


@lru_cache(maxsize=10_000)
def normalised(name: str) -> tuple[str, ...]:
    """The words of a name that tell one payee from another, in capitals."""
    plain = unicodedata.normalize("NFKD", name).replace("&", " AND ")
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    words = _NOT_A_LETTER.sub(" ", _APOSTROPHES.sub("", letters)).upper().replace("_", " ").split()
    telling = tuple(word for word in words if word not in _TITLES and word not in _LEGAL_FORMS)
    return telling or tuple(words)


def check(written: str, registered: str) -> NameCheck:
    """How ``written`` fits ``registered``; one word alone is never more than close."""
    ours, theirs = normalised(registered), normalised(written)
    if not ours or not theirs:
        return NameCheck.NO_MATCH
    if sorted(ours) == sorted(theirs) or _leaves_out_middle_names(theirs, ours):
        return NameCheck.MATCH
    score = fuzz.token_sort_ratio(" ".join(ours), " ".join(theirs))
    return NameCheck.CLOSE_MATCH if score >= CLOSE_FROM or _is_part(theirs, ours) else NameCheck.NO_MATCH


def masked(name: str) -> str:
    """A registered name shown to a payer who nearly had it: first letters only."""
    return " ".join(word[0] + "•" * min(len(word) - 1, 8) for word in name.split())


def _leaves_out_middle_names(written: tuple[str, ...], registered: tuple[str, ...]) -> bool:
    has_both_ends = {registered[0], registered[-1]} <= set(written)
    return len(set(written)) >= 2 and has_both_ends and set(written) <= set(registered)


def _is_part(written: tuple[str, ...], registered: tuple[str, ...]) -> bool:
    """Whole words or initials of the registered name, at least one of them a whole word."""
    whole = [word for word in written if word in registered]
    initials = {word[0] for word in registered}
    return bool(whole) and all(
        word in registered or (len(word) == 1 and word in initials) for word in written
    )
