"""BICs (ISO 9362:2022): four letters or digits, a country, two and optionally three more."""

import re
from typing import Final

from schwifty import BIC
from schwifty.exceptions import InvalidCountryCode, InvalidLength, SchwiftyException

from bank.kernel.errors import InvalidBic

_SHAPE: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)

#: Kosovo: user-assigned in ISO 3166-1, which the library goes by, but in use by SWIFT.
_KOSOVO: Final = "XK"


def validate(text: str) -> str:
    """The BIC in capitals without blanks, 8 or 11 long. Raises InvalidBic."""
    compact = re.sub(r"\s+", "", text)
    if not compact.isascii():
        raise InvalidBic(problem="it has letters of another alphabet")
    compact = compact.upper()
    if _SHAPE.fullmatch(compact) and compact[4:6] == _KOSOVO:
        return compact
    try:
        return str(BIC(compact))
    except InvalidLength as error:
        raise InvalidBic(problem="it has 8 or 11 characters") from error
    except InvalidCountryCode as error:
        raise InvalidBic(problem="characters 5 and 6 are not a country") from error
    except SchwiftyException as error:
        raise InvalidBic(problem="letters and digits do not stand where they should") from error
