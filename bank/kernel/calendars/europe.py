"""TARGET, and financial centres of Europe.

Sources: the central banks' and exchanges' published closing days and the national holiday acts
named in the tables. Centres of the euro area also close when TARGET does.
"""

from typing import Final

from bank.kernel.calendars.business_days import Calendar
from bank.kernel.calendars.rules import (
    FRIDAY,
    MONDAY,
    WEDNESDAY,
    Moves,
    bridged,
    easter,
    fixed,
    last,
    nth,
    on_dates,
    on_or_after,
)

_GOOD_FRIDAY: Final = easter(-2, "Good Friday")
_EASTER_MONDAY: Final = easter(1, "Easter Monday")
_ASCENSION: Final = easter(39, "Ascension Day")
_WHIT_MONDAY: Final = easter(50, "Whit Monday")
_CORPUS_CHRISTI: Final = easter(60, "Corpus Christi")
_NEW_YEAR: Final = fixed(1, 1, "New Year's Day")
_LABOUR_DAY: Final = fixed(5, 1, "Labour Day")
_CHRISTMAS_EVE: Final = fixed(12, 24, "Christmas Eve")
_CHRISTMAS: Final = (fixed(12, 25, "Christmas Day"), fixed(12, 26, "St Stephen's Day"))
_NEW_YEARS_EVE: Final = fixed(12, 31, "New Year's Eve")

#: ECB press releases of 15 July 1999, 25 May 2000 and 14 December 2000 (long-term calendar).
TARGET: Final = Calendar(
    "EUTA",
    "TARGET",
    (
        _NEW_YEAR,
        easter(-2, "Good Friday", since=2000),
        easter(1, "Easter Monday", since=2000),
        fixed(5, 1, "Labour Day", since=2000),
        fixed(12, 25, "Christmas Day"),
        fixed(12, 26, "Christmas holiday", since=2000),
        on_dates("End of year", "1998-12-31", "1999-12-31", "2001-12-31"),
    ),
)

#: Banking and Financial Dealings Act 1971, its predecessor of 1871, and royal proclamations.
LONDON: Final = Calendar(
    "GBLO",
    "London",
    (
        fixed(1, 1, "New Year's Day", moves=Moves.WEEKEND_ON, since=1974),
        _GOOD_FRIDAY,
        _EASTER_MONDAY,
        nth(1, MONDAY, 5, "Early May bank holiday", since=1978, except_in=(1995, 2020)),
        on_dates("Victory in Europe anniversary", "1995-05-08", "2020-05-08"),
        easter(50, "Whit Monday", until=1970, except_in=(1967, 1970)),
        last(MONDAY, 5, "Spring bank holiday", since=1967, except_in=(1968, 1969, 2002, 2012, 2022)),
        on_dates("Spring bank holiday", "2002-06-04", "2012-06-04", "2022-06-02"),
        on_dates("Royal jubilee", "1977-06-07", "2002-06-03", "2012-06-05", "2022-06-03"),
        nth(1, MONDAY, 8, "August bank holiday", until=1964),
        on_dates("Late summer holiday", "1965-08-30", "1966-08-29", "1967-08-28", "1968-09-02"),
        on_dates("Late summer holiday", "1969-09-01", "1970-08-31"),
        last(MONDAY, 8, "Summer bank holiday", since=1971),
        fixed(12, 25, "Christmas Day", moves=Moves.WEEKEND_ON),
        fixed(12, 26, "Boxing Day", moves=Moves.WEEKEND_ON),
        on_dates("Royal wedding", "1973-11-14", "1981-07-29", "2011-04-29"),
        on_dates("Millennium", "1999-12-31"),
        on_dates("State funeral of Queen Elizabeth II", "2022-09-19"),
        on_dates("Coronation of King Charles III", "2023-05-08"),
    ),
)

#: Code du travail L3133-1, and TARGET. Whit Monday was a working day from 2005 to 2007.
PARIS: Final = Calendar(
    "FRPA",
    "Paris",
    (
        _NEW_YEAR,
        _GOOD_FRIDAY,
        _EASTER_MONDAY,
        _LABOUR_DAY,
        fixed(5, 8, "Victory in Europe"),
        _ASCENSION,
        easter(50, "Whit Monday", except_in=(2005, 2006, 2007)),
        fixed(7, 14, "National Day"),
        fixed(8, 15, "Assumption"),
        fixed(11, 1, "All Saints' Day"),
        fixed(11, 11, "Armistice"),
        *_CHRISTMAS,
        on_dates("Millennium", "1999-12-31"),
    ),
)

#: Hessisches Feiertagsgesetz, Frankfurter Wertpapierbörse, and TARGET.
FRANKFURT: Final = Calendar(
    "DEFR",
    "Frankfurt",
    (
        _NEW_YEAR,
        _GOOD_FRIDAY,
        _EASTER_MONDAY,
        _LABOUR_DAY,
        _ASCENSION,
        _WHIT_MONDAY,
        _CORPUS_CHRISTI,
        fixed(6, 17, "German Unity", since=1954, until=1990),
        fixed(10, 3, "German Unity", since=1990),
        on_or_after(WEDNESDAY, 11, 16, "Repentance Day", until=1994),
        on_dates("500 years of Reformation", "2017-10-31"),
        _CHRISTMAS_EVE,
        *_CHRISTMAS,
        _NEW_YEARS_EVE,
    ),
)

#: SIX Swiss Exchange trading and settlement calendar; canton of Zurich.
ZURICH: Final = Calendar(
    "CHZU",
    "Zurich",
    (
        _NEW_YEAR,
        fixed(1, 2, "Berchtold's Day"),
        _GOOD_FRIDAY,
        _EASTER_MONDAY,
        _LABOUR_DAY,
        _ASCENSION,
        _WHIT_MONDAY,
        fixed(8, 1, "National Day"),
        *_CHRISTMAS,
        on_dates("Millennium", "1999-12-31", "2000-01-03"),
    ),
)

#: Finans Danmark's bank closing days. Prayer Day was abolished from 2024 (Act 214 of 2023).
COPENHAGEN: Final = Calendar(
    "DKCO",
    "Copenhagen",
    (
        _NEW_YEAR,
        easter(-3, "Maundy Thursday"),
        _GOOD_FRIDAY,
        _EASTER_MONDAY,
        easter(26, "Prayer Day", until=2023),
        _ASCENSION,
        easter(40, "Bank closing day", since=2009),
        _WHIT_MONDAY,
        fixed(6, 5, "Constitution Day"),
        _CHRISTMAS_EVE,
        *_CHRISTMAS,
        _NEW_YEARS_EVE,
    ),
)

#: Oslo Børs and Norges Bank.
OSLO: Final = Calendar(
    "NOOS",
    "Oslo",
    (
        _NEW_YEAR,
        easter(-3, "Maundy Thursday"),
        _GOOD_FRIDAY,
        _EASTER_MONDAY,
        _LABOUR_DAY,
        fixed(5, 17, "Constitution Day"),
        _ASCENSION,
        _WHIT_MONDAY,
        fixed(12, 24, "Christmas Eve", since=2002),
        *_CHRISTMAS,
        fixed(12, 31, "New Year's Eve", since=2002),
    ),
)

#: Sveriges riksbank. National Day replaced Whit Monday in 2005.
STOCKHOLM: Final = Calendar(
    "SEST",
    "Stockholm",
    (
        _NEW_YEAR,
        fixed(1, 6, "Epiphany"),
        _GOOD_FRIDAY,
        _EASTER_MONDAY,
        _LABOUR_DAY,
        _ASCENSION,
        easter(50, "Whit Monday", until=2004),
        fixed(6, 6, "National Day", since=2005),
        on_or_after(FRIDAY, 6, 19, "Midsummer Eve"),
        _CHRISTMAS_EVE,
        *_CHRISTMAS,
        _NEW_YEARS_EVE,
    ),
)

#: Act 245/2000 and Česká národní banka. Good Friday since 2016.
PRAGUE: Final = Calendar(
    "CZPR",
    "Prague",
    (
        _NEW_YEAR,
        easter(-2, "Good Friday", since=2016),
        _EASTER_MONDAY,
        _LABOUR_DAY,
        fixed(5, 8, "Liberation Day"),
        fixed(7, 5, "Cyril and Methodius"),
        fixed(7, 6, "Jan Hus"),
        fixed(9, 28, "Statehood"),
        fixed(10, 28, "Independence"),
        fixed(11, 17, "Freedom and Democracy"),
        _CHRISTMAS_EVE,
        *_CHRISTMAS,
    ),
)

#: Act of 18 January 1951 and its changes; Giełda Papierów Wartościowych.
WARSAW: Final = Calendar(
    "PLWA",
    "Warsaw",
    (
        _NEW_YEAR,
        fixed(1, 6, "Epiphany", until=1960),
        fixed(1, 6, "Epiphany", since=2011),
        _EASTER_MONDAY,
        _LABOUR_DAY,
        fixed(5, 3, "Constitution Day", since=1990),
        _CORPUS_CHRISTI,
        fixed(7, 22, "National Day", until=1989),
        fixed(8, 15, "Assumption", until=1960),
        fixed(8, 15, "Assumption", since=1989),
        fixed(11, 1, "All Saints' Day"),
        fixed(11, 11, "Independence Day", since=1989),
        on_dates("Centenary of independence", "2018-11-12"),
        _CHRISTMAS_EVE,
        *_CHRISTMAS,
        fixed(12, 31, "End of year at the exchange", since=2012),
        on_dates("End of year at the exchange", "2007-12-31", "2009-12-31", "2010-12-31"),
    ),
)

#: Labour Code §102. Single working days before or after a holiday are exchanged each year by
#: decree for a Saturday, on which markets stay closed.
BUDAPEST: Final = Calendar(
    "HUBU",
    "Budapest",
    (
        bridged(1, 1, "New Year's Day"),
        bridged(3, 15, "Revolution of 1848"),
        easter(-2, "Good Friday", since=2017),
        _EASTER_MONDAY,
        bridged(5, 1, "Labour Day"),
        _WHIT_MONDAY,
        bridged(8, 20, "State Foundation"),
        bridged(10, 23, "Revolution of 1956", since=1989),
        bridged(11, 1, "All Saints' Day"),
        _CHRISTMAS_EVE,
        fixed(12, 25, "Christmas Day"),
        bridged(12, 26, "Second day of Christmas"),
    ),
)

CALENDARS: Final = (
    TARGET,
    LONDON,
    PARIS,
    FRANKFURT,
    ZURICH,
    COPENHAGEN,
    OSLO,
    STOCKHOLM,
    PRAGUE,
    WARSAW,
    BUDAPEST,
)
