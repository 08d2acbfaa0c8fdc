"""Tokyo, Sydney and New Zealand."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from bank.kernel.calendars.business_days import Calendar
from bank.kernel.calendars.rules import MONDAY, Moves, Rule, easter, fixed, nth, on_dates, on_or_after


def _equinox(month: int, offset: int, offset_before_1980: int) -> Rule:
    """Days of the equinoxes in Japan, by the almanac formula good for 1900 to 2099; the offsets are
    in millionths of a day, from the first of the month in 1980.
    """

    def on(year: int) -> Iterable[date]:
        since_1980 = year - 1980
        if since_1980 >= 0:
            return (date(year, month, (offset + 242_194 * since_1980) // 1_000_000 - since_1980 // 4),)
        return (
            date(year, month, (offset_before_1980 + 242_194 * since_1980) // 1_000_000 + (1983 - year) // 4),
        )

    return Rule("Equinox", on, Moves.SUNDAY_ON)


_VERNAL: Final = _equinox(3, 20_843_100, 20_835_700)
_AUTUMNAL: Final = _equinox(9, 23_248_800, 23_258_800)
_AGED: Final = nth(3, MONDAY, 9, "Respect for the Aged", since=2003)


def _between_aged_and_equinox(year: int) -> Iterable[date]:
    """Act 178 of 1948, article 3(3): a day between two holidays is one."""
    (aged,), (equinox,) = _AGED.on(year), _AUTUMNAL.on(year)
    return (aged + timedelta(days=1),) if equinox - aged == timedelta(days=2) else ()


#: National Holidays Act (Act 178 of 1948): article 3(2) moves a Sunday's holiday to the next day
#: that is not one, since 2007; before, to Monday. Bank of Japan: also 2 and 3 January and 31 December.
TOKYO: Final = Calendar(
    "JPTO",
    "Tokyo",
    (
        fixed(1, 1, "New Year's Day"),
        fixed(1, 2, "Bank holiday"),
        fixed(1, 3, "Bank holiday"),
        fixed(1, 15, "Coming of Age", moves=Moves.SUNDAY_ON, until=1999),
        nth(2, MONDAY, 1, "Coming of Age", since=2000),
        fixed(2, 11, "National Foundation", moves=Moves.SUNDAY_ON, since=1967),
        fixed(2, 23, "Emperor's Birthday", moves=Moves.SUNDAY_ON, since=2020),
        _VERNAL,
        fixed(4, 29, "Showa Day", moves=Moves.SUNDAY_ON),
        fixed(5, 3, "Constitution Day", moves=Moves.SUNDAY_TO_MONDAY, until=2006),
        fixed(5, 3, "Constitution Day", moves=Moves.SUNDAY_ON, since=2007),
        fixed(5, 4, "Citizens' holiday", since=1986, until=2006),
        fixed(5, 4, "Greenery Day", moves=Moves.SUNDAY_ON, since=2007),
        fixed(5, 5, "Children's Day", moves=Moves.SUNDAY_ON),
        fixed(7, 20, "Marine Day", moves=Moves.SUNDAY_ON, since=1996, until=2002),
        nth(3, MONDAY, 7, "Marine Day", since=2003, except_in=(2020, 2021)),
        on_dates("Marine Day", "2020-07-23", "2021-07-22"),
        fixed(8, 11, "Mountain Day", moves=Moves.SUNDAY_ON, since=2016, except_in=(2020, 2021)),
        on_dates("Mountain Day", "2020-08-10", "2021-08-09"),
        fixed(9, 15, "Respect for the Aged", moves=Moves.SUNDAY_ON, since=1966, until=2002),
        _AGED,
        Rule("Citizens' holiday", _between_aged_and_equinox, since=2003),
        _AUTUMNAL,
        fixed(10, 10, "Sports Day", moves=Moves.SUNDAY_ON, since=1966, until=1999),
        nth(2, MONDAY, 10, "Sports Day", since=2000, except_in=(2020, 2021)),
        on_dates("Sports Day", "2020-07-24", "2021-07-23"),
        fixed(11, 3, "Culture Day", moves=Moves.SUNDAY_ON),
        fixed(11, 23, "Labour Thanksgiving", moves=Moves.SUNDAY_ON),
        fixed(12, 23, "Emperor's Birthday", moves=Moves.SUNDAY_ON, since=1989, until=2018),
        fixed(12, 31, "Bank holiday"),
        on_dates("Wedding of the crown prince", "1959-04-10", "1993-06-09"),
        on_dates("Funeral of Emperor Showa", "1989-02-24"),
        on_dates("Enthronement", "1990-11-12", "2019-05-01", "2019-10-22"),
        on_dates("Between two holidays", "2019-04-30", "2019-05-02"),
    ),
)

#: Public Holidays Act 2010 (New South Wales), Reserve Bank of Australia.
SYDNEY: Final = Calendar(
    "AUSY",
    "Sydney",
    (
        fixed(1, 1, "New Year's Day", moves=Moves.WEEKEND_ON),
        fixed(1, 26, "Australia Day", moves=Moves.WEEKEND_ON),
        easter(-2, "Good Friday"),
        easter(1, "Easter Monday"),
        fixed(4, 25, "Anzac Day"),
        on_dates("Anzac Day, kept on", "2026-04-27", "2027-04-26"),
        nth(2, MONDAY, 6, "Sovereign's Birthday"),
        nth(1, MONDAY, 8, "Bank Holiday"),
        on_dates("Mourning of Queen Elizabeth II", "2022-09-22"),
        nth(1, MONDAY, 10, "Labour Day"),
        fixed(12, 25, "Christmas Day", moves=Moves.WEEKEND_ON),
        fixed(12, 26, "Boxing Day", moves=Moves.WEEKEND_ON),
    ),
)

#: Holidays Act 2003, sections 44 to 45A; Waitangi and Anzac Days move since 2014.
_NEW_ZEALAND: Final = (
    fixed(1, 1, "New Year's Day", moves=Moves.WEEKEND_ON),
    fixed(1, 2, "Day after New Year's Day", moves=Moves.WEEKEND_ON),
    fixed(2, 6, "Waitangi Day", until=2013),
    fixed(2, 6, "Waitangi Day", moves=Moves.WEEKEND_TO_MONDAY, since=2014),
    easter(-2, "Good Friday"),
    easter(1, "Easter Monday"),
    fixed(4, 25, "Anzac Day", until=2013),
    fixed(4, 25, "Anzac Day", moves=Moves.WEEKEND_TO_MONDAY, since=2014),
    nth(1, MONDAY, 6, "Sovereign's Birthday"),
    # Te Kāhui o Matariki Public Holiday Act 2022, schedule 1
    *(
        on_dates("Matariki", *days)
        for days in (
            ("2022-06-24", "2023-07-14", "2024-06-28", "2025-06-20", "2026-07-10", "2027-06-25"),
            ("2028-07-14", "2029-07-06", "2030-06-21", "2031-07-11", "2032-07-02", "2033-06-24"),
            ("2034-07-07", "2035-06-29", "2036-07-18", "2037-07-10", "2038-06-25", "2039-07-15"),
            ("2040-07-06", "2041-07-19", "2042-07-11", "2043-07-03", "2044-06-24", "2045-07-07"),
            ("2046-06-29", "2047-07-19", "2048-07-03", "2049-06-25", "2050-07-15", "2051-06-30"),
            ("2052-06-21",),
        )
    ),
    on_dates("Mourning of Queen Elizabeth II", "2022-09-26"),
    nth(4, MONDAY, 10, "Labour Day"),
    fixed(12, 25, "Christmas Day", moves=Moves.WEEKEND_ON),
    fixed(12, 26, "Boxing Day", moves=Moves.WEEKEND_ON),
)
NEW_ZEALAND: Final = Calendar("NZBD", "New Zealand", _NEW_ZEALAND)
AUCKLAND: Final = Calendar(
    "NZAU", "Auckland", (*_NEW_ZEALAND, on_or_after(MONDAY, 1, 26, "Auckland Anniversary"))
)
WELLINGTON: Final = Calendar(
    "NZWE", "Wellington", (*_NEW_ZEALAND, on_or_after(MONDAY, 1, 19, "Wellington Anniversary"))
)

CALENDARS: Final = (TOKYO, SYDNEY, NEW_ZEALAND, AUCKLAND, WELLINGTON)
