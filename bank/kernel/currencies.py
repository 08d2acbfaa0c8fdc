"""Currencies and their minor units.

Names come from CLDR through Babel. Minor units are ISO 4217's: CLDR's ``currency_fractions``
tell how many decimals people *write* (none for the Afghani or the Serbian dinar), while
payments are settled in the minor unit of the standard, so where the two differ the standard wins.
"""

from functools import cache
from typing import Final

from babel import Locale
from babel.numbers import get_currency_precision, list_currencies

from bank.kernel.errors import UnknownCurrency

#: ISO 4217 list one (and list three for the withdrawn ones), where CLDR gives the cash habit instead.
_ISO_4217_OVER_CLDR: Final[dict[str, int]] = {
    **dict.fromkeys(
        ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"),
        2,
    ),
    **dict.fromkeys(("MRO", "SLL", "STD"), 2),
    **dict.fromkeys(("BEF", "GRD", "PTE"), 0),
    "IQD": 3,
}

#: Codes of ISO 4217 that have no minor unit: metals, bond market units, SDR, ECU, testing, "none".
_WITHOUT_MINOR_UNIT: Final = frozenset(
    (
        *("XAG", "XAU", "XPD", "XPT"),
        *("XBA", "XBB", "XBC", "XBD"),
        *("XAD", "XDR", "XEU", "XFO", "XFU", "XRE", "XSU", "XUA"),
        "XTS",
        "X" * 3,
    )
)


@cache
def _known() -> frozenset[str]:
    return frozenset(list_currencies()) - _WITHOUT_MINOR_UNIT


def is_currency(code: str) -> bool:
    """Whether money can be kept in this currency: an ISO 4217 code, in capitals, with a minor unit."""
    return code in _known()


@cache
def exponent(code: str) -> int:
    """Decimals of the currency's minor unit (ISO 4217): KES 2, JPY 0, KWD 3. Raises UnknownCurrency."""
    if not is_currency(code):
        raise UnknownCurrency(currency=code)
    if code in _ISO_4217_OVER_CLDR:
        return _ISO_4217_OVER_CLDR[code]
    return int(get_currency_precision(code))


@cache
def name(code: str, language: str = "en") -> str:
    """The currency's name for people, from CLDR: ``Kenyan Shilling``. Raises UnknownCurrency."""
    if not is_currency(code):
        raise UnknownCurrency(currency=code)
    return str(Locale.parse(language).currencies.get(code, code))
