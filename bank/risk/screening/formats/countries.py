"""Countries by ISO code, from the names lists use."""

from functools import lru_cache
from typing import Final

import pycountry

_AS_LISTED: Final = {
    "russia": "RU", "iran": "IR", "syria": "SY", "north korea": "KP", "korea, north": "KP", "burma": "MM",
    "south korea": "KR", "korea, south": "KR", "venezuela": "VE", "bolivia": "BO", "tanzania": "TZ",
    "congo, democratic republic of the": "CD", "cote d ivoire": "CI", "ivory coast": "CI", "laos": "LA",
    "vietnam": "VN", "the gambia": "GM", "the bahamas": "BS", "west bank": "PS", "palestinian": "PS",
    "region: gaza": "PS", "region: crimea": "UA", "england": "GB", "uk": "GB", "usa": "US", "turkey": "TR",
    "brunei": "BN", "moldova": "MD", "taiwan": "TW", "macau": "MO", "kosovo": "XK", "cape verde": "CV",
}  # fmt: skip


@lru_cache(maxsize=2_000)
def code_of(name: str) -> str:
    """``KE`` for ``Kenya``, ``ke`` or ``KEN``; "" for what is no country."""
    text = name.strip()
    if len(text) == 2 and text.isalpha():
        return text.upper()
    if known := _AS_LISTED.get(text.lower()):
        return known
    try:
        return str(pycountry.countries.lookup(text).alpha_2)
    except LookupError:
        return ""


def codes_of(names: list[str]) -> tuple[str, ...]:
    """The codes, each once, in order; what is no country is left out."""
    return tuple(dict.fromkeys(code for name in names if name and (code := code_of(name))))
