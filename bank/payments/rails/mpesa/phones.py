"""Phone numbers that have M-Pesa: Safaricom's, in the form Daraja wants (2547..., 2541...)."""

import re
from typing import Final

_WRITTEN = re.compile(r"(?:\+?254|0)?([17]\d{8})", re.ASCII)
#: The numbering plan's blocks of Safaricom (Communications Authority of Kenya), without the leading zero.
_SAFARICOM: Final = re.compile(r"(?:7[0-2]\d|74[0-3568]|75[7-9]|76[89]|79\d|11\d)\d{6}", re.ASCII)


def read(text: str) -> str:
    """``0712 345 678``, ``+254712345678`` or ``254712345678`` as 254712345678; empty where it is none
    of Safaricom's.
    """
    found = _WRITTEN.fullmatch(re.sub(r"[\s()\-]", "", text))
    return f"254{found[1]}" if found and _SAFARICOM.fullmatch(found[1]) else ""
