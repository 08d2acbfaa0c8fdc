"""The lines MT940 and MT942 share: :61: with its :86:, in SWIFT's character set X and line lengths.

Letters outside ``a-z A-Z 0-9 / - ? : ( ) . , ' +`` are written in Latin, or as a full stop. :86:
holds six lines of 65 letters: the reference, the other side's name and account and then the
description behind their code words; the description comes last, so it may contain anything. What
390 letters cannot hold is cut, and is whole in every other format.
"""

import re
from collections.abc import Iterator
from datetime import date

from anyascii import anyascii

from bank.kernel.money import Money
from bank.statements.paper import Line, Paper

WIDTH, LINES = 65, 6
LONGEST = WIDTH * LINES
_REFERENCE = 16
_STRANGE = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_KINDS = (("INTEREST", "NINT"), ("FEE", "NCHG"), ("TAX", "NCHG"), ("CHEQUE", "NCHK"), ("TRANSFER", "NTRF"))
END = "-"


def letters(text: str) -> str:
    """``text`` in character set X on one line: other scripts in Latin letters, braces as brackets."""
    latin = anyascii(text).replace("{", "(").replace("}", ")").replace("[", "(").replace("]", ")")
    return " ".join(_STRANGE.sub(".", " ".join(latin.split())).split())


def amount(value: Money) -> str:
    """Digits and a comma, which stands even without decimals: ``1250,5``, ``1250,``."""
    whole, _point, decimals = str(abs(value).amount).partition(".")
    return f"{whole},{decimals}"


def balance(tag: str, value: Money, day: date) -> str:
    """``:60F:C261001KES1250,00``."""
    return f":{tag}:{_sign(value)}{day:%y%m%d}{value.currency}{amount(value)}"


def about(paper: Paper, page: int = 1) -> list[str]:
    """:20: reference, :25: account, :28C: number of the statement and of its page."""
    return [
        f":20:{letters(paper.reference)[:_REFERENCE].strip('/')}",
        f":25:{paper.account_number}",
        f":28C:{paper.number % 100_000:05}/{page:03}",
    ]


def entry(line: Line) -> Iterator[str]:
    """One :61: and its :86:."""
    days = f"{line.value_date:%y%m%d}{line.booking_date:%m%d}"
    reference = letters(line.reference).replace("//", "/").strip("/")[:_REFERENCE] or "NONREF"
    movement = f"{_sign(line.amount)}{amount(line.amount)}"
    yield f":61:{days}{movement}{_kind(line)}{reference}//{line.entry_id}"
    yield from _folded(f":86:{information(line)}")


def information(line: Line) -> str:
    """What :86: says, at most 390 letters."""
    parts = (
        ("EREF", letters(line.reference).replace("/", ".")),
        ("NAME", letters(line.counterparty).replace("/", ".")),
        ("ACCT", line.counterparty_number),
        ("REMI", letters(line.description)),
    )
    said = "".join(f"/{word}/{text}" for word, text in parts if text)
    return said[:LONGEST].rstrip() or "/REMI/"


def _folded(text: str) -> Iterator[str]:
    """Lines of at most 65 letters after the tag. None but the first begins with a colon or a hyphen, which
    would be read as the next tag or as the end, nor begins or ends with a blank, which readers strip.
    """
    tag, rest = text[:4], text[4:]
    for _number in range(LINES):
        at = _break(rest)
        yield tag + rest[:at]
        tag, rest = "", rest[at:]
        if not rest:
            return


def _break(text: str) -> int:
    if len(text) <= WIDTH:
        return len(text)
    fits = (at for at in range(WIDTH, 1, -1) if text[at] not in ":- " and text[at - 1] != " ")
    return next(fits, WIDTH)


def _kind(line: Line) -> str:
    return next((kind for word, kind in _KINDS if word in line.code), "NMSC")


def _sign(value: Money) -> str:
    return "D" if value.is_negative else "C"
