"""Check digits of card numbers, American routing numbers and Indian branch codes.

All take the strict machine form: ASCII, no blanks, capitals. Forms clean what people type.
"""

import re
from typing import Final

_CARD_NUMBER: Final = re.compile(r"[0-9]{12,19}", re.ASCII)
_ROUTING_NUMBER: Final = re.compile(r"[0-9]{9}", re.ASCII)
_IFSC: Final = re.compile(r"[A-Z]{4}0[A-Z0-9]{6}", re.ASCII)

#: First two digits the American Bankers Association has given out: Treasury, Federal Reserve
#: districts, thrifts, electronic, traveller's cheques.
_ROUTING_PREFIXES: Final = frozenset((*range(13), *range(21, 33), *range(61, 73), 80))


def luhn_digit(payload: str) -> str:
    """The check digit to append to ``payload`` (digits): ISO/IEC 7812-1 annex B."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(payload)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def luhn_valid(number: str) -> bool:
    """Whether this is a well-formed card number: 12 to 19 digits, of which the last checks the
    others (ISO/IEC 7812-1). All zeros pass the sum and are refused.
    """
    return (
        _CARD_NUMBER.fullmatch(number) is not None
        and number.strip("0") != ""
        and luhn_digit(number[:-1]) == number[-1]
    )


def aba_check_digit_valid(routing: str) -> bool:
    """Whether nine digits satisfy the ABA sum (weights 3, 7, 1); enough for files under test,
    which use numbers never given to a bank.
    """
    if not _ROUTING_NUMBER.fullmatch(routing) or routing == "000000000":
        return False
    return sum(int(digit) * weight for digit, weight in zip(routing, (3, 7, 1) * 3, strict=True)) % 10 == 0


def aba_valid(routing: str) -> bool:
    """Whether this can be an American bank's routing number (ABA policy): sum and prefix fit."""
    return aba_check_digit_valid(routing) and int(routing[:2]) in _ROUTING_PREFIXES


def ifsc_valid(ifsc: str) -> bool:
    """Whether this has the form of an Indian Financial System Code (Reserve Bank of India):
    four letters for the bank, a zero, six letters or digits for the branch.
    """
    return _IFSC.fullmatch(ifsc) is not None
