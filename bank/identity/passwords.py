"""Which passwords the bank takes: long enough, not known to thieves, not about their owner. No other rules.

Twelve characters at least: a second factor is always asked for, so the password alone opens
nothing, and every sign-in is counted; NIST SP 800-63B-4 asks 8 of such a password and 15 of one
that stands alone. Rules about digits and signs make passwords worse (ASVS 5.0 6.2.5) and are left
out. The 20,000 commonest passwords come with Django; an operator adds the hundreds of millions
of Have I Been Pwned with ``manage.py load_breached_passwords``.
"""

import hashlib
import mmap
import os
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import overload

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.translation import gettext as _

from bank.identity import rules
from bank.identity.errors import BreachedListUnfit
from bank.identity.models import User

_RECORD = 6
"""Bytes kept of each SHA-1: with a thousand million passwords one in 280,000 good ones is refused."""
_HASH = re.compile(r"\A([0-9A-Fa-f]{40})(?::\d+)?\s*\Z")


def problems(password: str, user: User) -> list[str]:
    """What is wrong with it, in sentences; empty where nothing is."""
    if len(password) > rules.LONGEST_PASSWORD:
        return [_("it has more than %(most)d characters.") % {"most": rules.LONGEST_PASSWORD}]
    found = []
    if len(password) < rules.SHORTEST_PASSWORD:
        found.append(_("it has fewer than %(least)d characters.") % {"least": rules.SHORTEST_PASSWORD})
    if is_known_to_thieves(password):
        found.append(_("it is on a list of passwords that thieves try first."))
    if rules.is_about(password, _words_about(user)):
        found.append(_("it is little more than your name, your e-mail address or the bank's name."))
    return found


def is_known_to_thieves(password: str) -> bool:
    """Whether it, or the common word it decorates or repeats, is on a list."""
    common = _common()
    return any(form in common for form in rules.plain_forms(password)) or _is_loaded(password)


def load(lines: Iterable[str]) -> int:
    """Replaces the loaded list by these SHA-1 hashes (``HASH:COUNT``, ascending); returns how many.

    The new list takes the old one's place at once and whole. Raises ``BreachedListUnfit``.
    """
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    try:
        with draft.open("wb") as out:
            count = sum(out.write(record) // _RECORD for record in _records(lines))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count


def _records(lines: Iterable[str]) -> Iterable[bytes]:
    before = b""
    for number, line in enumerate(lines, start=1):
        found = _HASH.match(line)
        if found is None:
            raise BreachedListUnfit(line=number, problem=_("is no SHA-1 in hexadecimal"))
        record = bytes.fromhex(found[1])[:_RECORD]
        if record < before:
            raise BreachedListUnfit(line=number, problem=_("is out of order; sort the file first"))
        if record != before:
            yield record
        before = record


class _Records(Sequence[bytes]):
    """The loaded list as a sequence, without reading it into memory."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content

    def __len__(self) -> int:
        return len(self._content) // _RECORD

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        return self._content[place * _RECORD : (place + 1) * _RECORD]


def _is_loaded(password: str) -> bool:
    path = _path()
    if not path.exists() or not path.stat().st_size:
        return False
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).digest()[:_RECORD]
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        records = _Records(content)
        place = bisect_left(records, wanted)
        return place < len(records) and records[place] == wanted


def _path() -> Path:
    return Path(settings.VAR_DIR) / "breached-passwords"


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _words_about(user: User) -> set[str]:
    told = f"{user.email} {user.full_name} {settings.BANK_NAME} {settings.BANK_BIC}"
    return {word for word in re.split(r"[\W_]+", told.casefold()) if len(word) >= 3}
