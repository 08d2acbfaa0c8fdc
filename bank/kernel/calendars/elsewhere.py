"""Countries and exchanges the bank keeps no table for, by the `holidays` library.

It follows the gazettes of places whose holidays go by the moon (India, Kuwait, Singapore) and
the neighbours of Kenya. Loaded only when asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import holidays
import pycountry

from bank.kernel.calendars.business_days import Calendar


@dataclass(frozen=True)
class LibraryCalendar(Calendar):
    """A calendar the library knows by ``source``, an ISO 3166 country or an exchange."""

    source: str = ""
    is_exchange: bool = False

    def _kept_in(self, year: int) -> dict[date, str]:
        return dict(_of_library(self.source, is_exchange=self.is_exchange, year=year))


def _of_library(source: str, *, is_exchange: bool, year: int) -> Mapping[date, str]:
    read = holidays.financial_holidays if is_exchange else holidays.country_holidays
    return read(source, years=year, expand=False)


def find(name: str) -> LibraryCalendar | None:
    """The library's calendar for an exchange (``XNSE``), a country's code or its English name."""
    if name in holidays.list_supported_financial():
        return _named(name, name, is_exchange=True)
    try:
        country = pycountry.countries.lookup(name)
    except LookupError:
        return None
    if country.alpha_2 not in holidays.list_supported_countries():
        return None
    return _named(country.alpha_2, country.name, is_exchange=False)


def _named(source: str, name: str, *, is_exchange: bool) -> LibraryCalendar:
    read = holidays.financial_holidays if is_exchange else holidays.country_holidays
    weekend = frozenset(read(source).weekend)
    return LibraryCalendar(source, name, weekend=weekend, source=source, is_exchange=is_exchange)
