"""Business days of the world's financial centres, as tables of rules one can read.

``calendar("KE")`` is Kenya, with the days a gazette made otherwise where whoever runs the bank keeps such
(``changed_by``). Codes are those of the ISDA definitions' financial centres where
they have one (GBLO, EUTA, USGS, NYFD, JPTO); other names in use are understood too.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Final

from bank.kernel import currencies
from bank.kernel.calendars import africa, americas, asia_pacific, elsewhere, europe
from bank.kernel.calendars.business_days import (
    FIRST_YEAR,
    LAST_YEAR,
    BusinessDayConvention,
    Calendar,
    convention_named,
)
from bank.kernel.calendars.rules import easter_sunday
from bank.kernel.errors import UnknownCalendar

__all__ = [
    "CODES",
    "FIRST_YEAR",
    "LAST_YEAR",
    "BusinessDayConvention",
    "Calendar",
    "UnknownCalendar",
    "calendar",
    "changed_by",
    "convention_named",
    "currencies_of",
    "easter_sunday",
    "table",
]

_WEEKENDS_ONLY: Final = Calendar("WEEKENDS", "Saturdays and Sundays")
_NO_HOLIDAYS: Final = Calendar("NONE", "Every day a business day", weekend=frozenset())

_TABLES: Final = {
    table.code: table
    for table in (
        *africa.CALENDARS,
        *europe.CALENDARS,
        *americas.CALENDARS,
        *asia_pacific.CALENDARS,
        _WEEKENDS_ONLY,
        _NO_HOLIDAYS,
    )
}

#: The calendars the bank keeps tables for.
CODES: Final = tuple(sorted(_TABLES))

#: Other names, letters and digits only: countries, cities, exchanges' MICs, currencies,
#: QuantLib's and FpML's names.
_ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "KE": ("KENYA", "KEN", "KENA", "NAIROBI", "KES"),
    "ZAJO": ("ZA", "SOUTHAFRICA", "JOHANNESBURG", "ZAR"),
    "EUTA": (
        "TARGET",
        "TARGET2",
        "T2",
        "TGT",
        "ECB",
        "XECB",
        "EUR",
        "EU",
        "EUROZONE",
        "EUROSYSTEM",
        "EUTARGET",
    ),
    "GBLO": (
        *("GB", "UK", "ENGLAND", "LONDON", "GBP", "UNITEDKINGDOM", "UKSETTLEMENT", "UNITEDKINGDOMSETTLEMENT"),
        *("LSE", "XLON", "GBENG", "UKENG", "UKENGLAND", "UNITEDKINGDOMEXCHANGE", "LON", "BOE", "CHAPS"),
    ),
    "FRPA": ("PARIS",),
    "DEFR": ("FRANKFURT",),
    "CHZU": ("ZURICH", "SWITZERLAND", "CH", "CHF", "SIX"),
    "DKCO": ("COPENHAGEN", "DENMARK", "DK", "DKK"),
    "NOOS": ("OSLO", "NORWAY", "NO", "NOK"),
    "SEST": ("STOCKHOLM", "SWEDEN", "SE", "SEK"),
    "CZPR": ("PRAGUE", "CZECHREPUBLIC", "CZECHIA", "CZ", "CZK"),
    "PLWA": ("WARSAW", "XWAR", "PLN"),
    "HUBU": ("BUDAPEST", "HUF"),
    "NYFD": (
        *("FED", "USFED", "FEDERALRESERVE", "USFEDERALRESERVE", "UNITEDSTATESFEDERALRESERVE", "FEDWIRE"),
        *("USFEDRESERVE", "FEDRESERVE", "FRB", "USFR", "FEDACH", "FEDERALRESERVEBANK", "USFEDERAL", "USBANK"),
        *("US", "USA", "USD", "UNITEDSTATES", "FEDERALRESERVEUS", "FEDUS", "NEWYORKFED", "USFD", "USFRB"),
    ),
    "USNY": ("NEWYORK", "NY", "USSETTLEMENT", "UNITEDSTATESSETTLEMENT"),
    "USGS": ("SIFMA", "USGOVERNMENTBOND", "UNITEDSTATESGOVERNMENTBOND", "USTREASURY"),
    "NYSE": ("XNYS", "USNYSE", "UNITEDSTATESNYSE", "NEWYORKSTOCKEXCHANGE", "NASDAQ", "XNAS"),
    "CATO": ("TORONTO", "CANADA", "CA", "CAD", "CANADASETTLEMENT"),
    "CAMO": ("MONTREAL",),
    "MXMC": ("MEXICO", "MX", "MXN", "MEXICOCITY"),
    "BRBD": ("BRAZIL", "BR", "BRL", "BRSP", "BRAZILSETTLEMENT"),
    "JPTO": ("TOKYO", "JAPAN", "JP", "JPY"),
    "AUSY": ("SYDNEY", "AUSTRALIA", "AU", "AUD", "AUSTRALIASETTLEMENT"),
    "NZBD": ("NEWZEALAND", "NZ", "NZD"),
    "NZAU": ("AUCKLAND", "NEWZEALANDAUCKLAND"),
    "NZWE": ("WELLINGTON", "NEWZEALANDWELLINGTON"),
    "WEEKENDS": ("SATSUN", "WEEKENDSONLY", "WEEKEND"),
    "NONE": ("NOHOLIDAYS", "NULLCALENDAR", "NULL"),
}
_sources: Final[list[Callable[[str], Mapping[date, str]]]] = []
_changed: Final[dict[str, Calendar]] = {}
_CODE_OF: Final = {alias: code for code, aliases in _ALIASES.items() for alias in (code, *aliases)}

#: Currencies the bank keeps whose centres have no table here.
_ELSEWHERE: Final = {"INR": "IN", "INMU": "IN", "KWD": "KW", "UGX": "UG", "TZS": "TZ", "RWF": "RW"}


def changed_by(source: Callable[[str], Mapping[date, str]]) -> None:
    """Has every calendar ask ``source``, by its code, which days are otherwise than its table says.

    It is asked each time: it must answer at once, and with the same object while nothing has changed.
    """
    _sources[:] = [source]


def calendar(code: str) -> Calendar:
    """The calendar of this code or name. Raises UnknownCalendar."""
    base = table(code)
    changes = _sources[0](base.code) if _sources else {}
    if not changes:
        return base
    known = _changed.get(base.code)
    if known is None or known.changes is not changes:
        known = _changed[base.code] = base.changed(changes)
    return known


@cache
def table(code: str) -> Calendar:
    """The calendar as its rules alone say. Raises UnknownCalendar."""
    squeezed = re.sub("[^A-Z0-9]", "", code.upper())
    if squeezed in _CODE_OF:
        return _TABLES[_CODE_OF[squeezed]]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code.strip())
    found = elsewhere.find(_ELSEWHERE.get(squeezed, words.upper()))
    if found is None:
        raise UnknownCalendar(name=code)
    return found


def currencies_of(code: str) -> list[str]:
    """The currencies that settle by the calendar of this code, of those the tables name."""
    names = {alias for alias, found in _CODE_OF.items() if found == code}
    names |= {alias for alias, found in _ELSEWHERE.items() if found == code}
    return sorted(filter(currencies.is_currency, names))
