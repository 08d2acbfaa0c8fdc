"""IBANs (ISO 13616): validate, build, write for people.

Structure and length per country come from schwifty, which holds SWIFT's registry and the
formats of countries (such as Senegal) whose banks use an IBAN before being registered. The
check is the registry's: characters, length, structure and ISO 7064 mod 97-10. Bank codes and
national check digits inside are not judged: lists of them age, and refuse good accounts.
"""

import re
from typing import Final

from schwifty import IBAN
from schwifty.exceptions import (
    InvalidChecksumDigits,
    InvalidCountryCode,
    InvalidLength,
    SchwiftyException,
)

from bank.kernel.errors import InvalidIban

_BLANKS: Final = re.compile(r"\s+")
_SHAPE: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", re.ASCII)

_PROBLEMS: Final[tuple[tuple[type[SchwiftyException], str], ...]] = (
    (InvalidCountryCode, "no country that uses IBANs has this code"),
    (InvalidLength, "it is not as long as this country's IBANs are"),
    (InvalidChecksumDigits, "the check digits do not fit, so a character may be mistyped"),
)


def validate(text: str) -> str:
    """The IBAN in capitals without blanks, once proven well formed. Raises InvalidIban."""
    if not text.isascii():
        text = text.replace("\u00a0", "").replace("\u202f", "")
    compact = _BLANKS.sub("", text)
    if not compact.isascii() or not _SHAPE.fullmatch(compact.upper()):
        raise InvalidIban(problem="it starts with two letters and two digits, then letters and digits only")
    try:
        return str(IBAN(compact))
    except SchwiftyException as error:
        raise _refusal(error) from error


def build(country: str, bank: str, account: str, branch: str | None = None) -> str:
    """The IBAN of a domestic account, with its check digits (ISO 7064) and, where the country has
    them, national ones. Parts are filled with zeros on the left. Raises InvalidIban.
    """
    try:
        return validate(str(IBAN.generate(country.upper(), bank, account, branch or "")))
    except SchwiftyException as error:
        raise _refusal(error) from error


def format(text: str) -> str:
    """The IBAN as printed on paper: groups of four (ISO 13616-1). Raises InvalidIban."""
    compact = validate(text)
    return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))


def _refusal(error: SchwiftyException) -> InvalidIban:
    for kind, problem in _PROBLEMS:
        if isinstance(error, kind):
            return InvalidIban(problem=problem)
    return InvalidIban(problem="its parts do not have the form this country prescribes")
