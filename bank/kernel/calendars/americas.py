"""New York in its several calendars, Canada, Mexico and Brazil."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from bank.kernel.calendars.business_days import Calendar
from bank.kernel.calendars.rules import (
    MONDAY,
    THURSDAY,
    TUESDAY,
    Moves,
    Rule,
    easter,
    easter_sunday,
    fixed,
    last,
    nth,
    on_dates,
    on_or_after,
)

_GOOD_FRIDAY: Final = easter(-2, "Good Friday")
_THANKSGIVING: Final = nth(4, THURSDAY, 11, "Thanksgiving Day")
_LABOR_DAY: Final = nth(1, MONDAY, 9, "Labor Day")


def _federal(moves: Moves) -> tuple[Rule, ...]:
    """Holidays all New York calendars share; 5 U.S.C. §6103 with the Uniform Monday Holiday Act."""
    return (
        fixed(1, 1, "New Year's Day", moves=Moves.SUNDAY_ON),
        fixed(2, 22, "Washington's Birthday", moves=moves, until=1970),
        nth(3, MONDAY, 2, "Washington's Birthday", since=1971),
        fixed(5, 30, "Memorial Day", moves=moves, until=1970),
        last(MONDAY, 5, "Memorial Day", since=1971),
        fixed(6, 19, "Juneteenth", moves=moves, since=2022),
        fixed(7, 4, "Independence Day", moves=moves),
        _LABOR_DAY,
        _THANKSGIVING,
        fixed(12, 25, "Christmas Day", moves=moves),
    )


_COLUMBUS_AND_VETERANS: Final = (
    fixed(10, 12, "Columbus Day", until=1970),
    nth(2, MONDAY, 10, "Columbus Day", since=1971),
    nth(4, MONDAY, 10, "Veterans Day", since=1971, until=1977),
    fixed(11, 11, "Veterans Day", moves=Moves.SUNDAY_ON, until=1970),
    fixed(11, 11, "Veterans Day", moves=Moves.SUNDAY_ON, since=1978),
)
_KING: Final = nth(3, MONDAY, 1, "Martin Luther King's Birthday", since=1986)

#: Federal Reserve Banks: a holiday on a Saturday is lost, banks are open the Friday before.
FEDERAL_RESERVE: Final = Calendar(
    "NYFD", "Federal Reserve", (*_federal(Moves.SUNDAY_ON), _KING, *_COLUMBUS_AND_VETERANS)
)
NEW_YORK: Final = Calendar("USNY", "New York banks", FEDERAL_RESERVE.rules)


def _full_good_friday(year: int) -> Iterable[date]:
    """Markets open for the morning when the employment report comes out that day: since 1996, when
    Good Friday is the first Friday of April.
    """
    day = easter_sunday(year) - timedelta(days=2)
    return () if year >= 1996 and day.month == 4 and day.day <= 7 else (day,)


#: SIFMA's recommendations for government securities, days of full close.
GOVERNMENT_SECURITIES: Final = Calendar(
    "USGS",
    "United States government securities",
    (
        *_federal(Moves.NEAREST),
        _KING,
        *_COLUMBUS_AND_VETERANS,
        Rule("Good Friday", _full_good_friday),
        on_dates("Mourning of President Reagan", "2004-06-11"),
        on_dates("Hurricane Sandy", "2012-10-30"),
        on_dates("Mourning of President Bush", "2018-12-05"),
    ),
)

#: Exchange rule 7.2, and the exchange's list of special closings.
STOCK_EXCHANGE: Final = Calendar(
    "NYSE",
    "New York Stock Exchange",
    (
        *_federal(Moves.NEAREST),
        nth(3, MONDAY, 1, "Martin Luther King's Birthday", since=1998),
        _GOOD_FRIDAY,
        fixed(2, 12, "Lincoln's Birthday", until=1953),
        fixed(10, 12, "Columbus Day", until=1953),
        fixed(11, 11, "Armistice Day", until=1953),
        on_or_after(TUESDAY, 11, 2, "Election Day", until=1968),
        on_dates("Election Day", "1972-11-07", "1976-11-02", "1980-11-04"),
        on_dates("Eve of Christmas", "1954-12-24", "1956-12-24", "1965-12-24"),
        on_dates("Day after Christmas", "1958-12-26"),
        on_dates("Eve of Decoration Day", "1961-05-29"),
        on_dates("Lincoln's Birthday", "1968-02-12"),
        on_dates("Mourning of President Kennedy", "1963-11-25"),
        on_dates("Mourning of Martin Luther King", "1968-04-09"),
        on_dates("Paper work", "1968-06-12", "1968-06-19", "1968-06-26", "1968-07-03", "1968-07-10"),
        on_dates("Paper work", "1968-07-17", "1968-07-24", "1968-07-31", "1968-08-07", "1968-08-14"),
        on_dates("Paper work", "1968-08-21", "1968-08-28", "1968-09-04", "1968-09-11", "1968-09-18"),
        on_dates("Paper work", "1968-09-25", "1968-10-02", "1968-10-09", "1968-10-16", "1968-10-23"),
        on_dates("Paper work", "1968-10-30", "1968-11-06", "1968-11-13", "1968-11-20", "1968-11-27"),
        on_dates("Paper work", "1968-12-04", "1968-12-11", "1968-12-18"),
        on_dates("Day after Independence Day", "1968-07-05"),
        on_dates("Snow", "1969-02-10"),
        on_dates("Mourning of President Eisenhower", "1969-03-31"),
        on_dates("Landing on the Moon", "1969-07-21"),
        on_dates("Mourning of President Truman", "1972-12-28"),
        on_dates("Mourning of President Johnson", "1973-01-25"),
        on_dates("Blackout", "1977-07-14"),
        on_dates("Hurricane Gloria", "1985-09-27"),
        on_dates("Mourning of President Nixon", "1994-04-27"),
        on_dates("Attack on New York", "2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14"),
        on_dates("Mourning of President Reagan", "2004-06-11"),
        on_dates("Mourning of President Ford", "2007-01-02"),
        on_dates("Hurricane Sandy", "2012-10-29", "2012-10-30"),
        on_dates("Mourning of President Bush", "2018-12-05"),
        on_dates("Mourning of President Carter", "2025-01-09"),
    ),
)

_NEW_YEAR: Final = fixed(1, 1, "New Year's Day", moves=Moves.WEEKEND_ON)
_VICTORIA: Final = on_or_after(MONDAY, 5, 18, "Victoria Day")
_CANADA: Final = fixed(7, 1, "Canada Day", moves=Moves.WEEKEND_ON)
_RECONCILIATION: Final = fixed(9, 30, "Truth and Reconciliation", moves=Moves.WEEKEND_ON, since=2021)
_CANADIAN_THANKSGIVING: Final = nth(2, MONDAY, 10, "Thanksgiving")

#: Payments Canada's closing days, and Ontario's.
TORONTO: Final = Calendar(
    "CATO",
    "Toronto",
    (
        _NEW_YEAR,
        nth(3, MONDAY, 2, "Family Day", since=2008),
        _GOOD_FRIDAY,
        _VICTORIA,
        _CANADA,
        nth(1, MONDAY, 8, "Civic Holiday"),
        _LABOR_DAY,
        _RECONCILIATION,
        _CANADIAN_THANKSGIVING,
        fixed(11, 11, "Remembrance Day", moves=Moves.WEEKEND_ON),
        fixed(12, 25, "Christmas Day", moves=Moves.WEEKEND_ON),
        fixed(12, 26, "Boxing Day", moves=Moves.WEEKEND_ON),
    ),
)

#: Québec: Loi sur les normes du travail, article 60, and Loi sur la fête nationale.
MONTREAL: Final = Calendar(
    "CAMO",
    "Montreal",
    (
        _NEW_YEAR,
        _GOOD_FRIDAY,
        _VICTORIA,
        fixed(6, 24, "National Day", moves=Moves.SUNDAY_ON),
        _CANADA,
        _LABOR_DAY,
        _CANADIAN_THANKSGIVING,
        fixed(12, 25, "Christmas Day", moves=Moves.WEEKEND_ON),
    ),
)

#: Comisión Nacional Bancaria y de Valores: closing days of banks.
MEXICO_CITY: Final = Calendar(
    "MXMC",
    "Mexico City",
    (
        fixed(1, 1, "New Year's Day"),
        fixed(2, 5, "Constitution Day", until=2005),
        nth(1, MONDAY, 2, "Constitution Day", since=2006),
        fixed(3, 21, "Benito Juárez", until=2005),
        nth(3, MONDAY, 3, "Benito Juárez", since=2006),
        easter(-3, "Maundy Thursday"),
        _GOOD_FRIDAY,
        fixed(5, 1, "Labour Day"),
        fixed(9, 16, "Independence Day"),
        fixed(11, 2, "All Souls' Day"),
        fixed(11, 20, "Revolution Day", until=2005),
        nth(3, MONDAY, 11, "Revolution Day", since=2006),
        on_dates("Change of president", "2000-12-01", "2006-12-01"),
        Rule("Change of president", lambda year: (date(year, 10, 1),) if year % 6 == 2 else (), since=2024),
        fixed(12, 12, "Bank employees' day"),
        fixed(12, 25, "Christmas Day"),
    ),
)

#: Laws 662/1949, 6.802/1980, 10.607/2002 and 14.759/2023; Conselho Monetário Nacional.
BRAZIL: Final = Calendar(
    "BRBD",
    "Brazil",
    (
        fixed(1, 1, "New Year's Day"),
        easter(-48, "Carnival"),
        easter(-47, "Carnival"),
        _GOOD_FRIDAY,
        fixed(4, 21, "Tiradentes"),
        fixed(5, 1, "Labour Day"),
        easter(60, "Corpus Christi"),
        fixed(9, 7, "Independence Day"),
        fixed(10, 12, "Our Lady of Aparecida", since=1980),
        fixed(11, 2, "All Souls' Day"),
        fixed(11, 15, "Republic Day"),
        fixed(11, 20, "Black Awareness", since=2024),
        fixed(12, 25, "Christmas Day"),
    ),
)

CALENDARS: Final = (
    FEDERAL_RESERVE,
    NEW_YORK,
    GOVERNMENT_SECURITIES,
    STOCK_EXCHANGE,
    TORONTO,
    MONTREAL,
    MEXICO_CITY,
    BRAZIL,
)
