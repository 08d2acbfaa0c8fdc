"""Kenya, where the bank is, and Johannesburg."""

from typing import Final

from bank.kernel.calendars.business_days import Calendar
from bank.kernel.calendars.rules import Moves, easter, fixed, on_dates

_IDD_UL_FITR: Final = on_dates(
    "Idd-ul-Fitr",
    *("1990-04-26", "1991-04-15", "1992-04-04", "1993-03-24", "1994-03-13", "1995-03-02"),
    *("1996-02-19", "1997-02-08", "1998-01-29", "1999-01-18", "2000-01-08", "2000-12-27"),
    *("2001-12-16", "2002-12-05", "2003-11-25", "2004-11-14", "2005-11-03", "2006-10-23"),
    *("2007-10-13", "2008-10-01", "2009-09-20", "2010-09-10", "2011-08-30", "2012-08-19"),
    *("2013-08-08", "2014-07-29", "2015-07-18", "2016-07-07", "2017-06-26", "2018-06-15"),
    *("2019-06-05", "2020-05-25", "2021-05-14", "2022-05-03", "2023-04-21", "2024-04-10"),
    *("2025-03-31", "2026-03-20"),
    # expected from here on: the Gazette settles each when the moon is sighted
    *("2027-03-09", "2028-02-26", "2029-02-14", "2030-02-04", "2031-01-24", "2032-01-14"),
    *("2033-01-02", "2033-12-23", "2034-12-12", "2035-12-01", "2036-11-19", "2037-11-08"),
    *("2038-10-29", "2039-10-19", "2040-10-07"),
    moves=Moves.SUNDAY_ON,
)
#: A holiday for all since 2015.
_IDD_UL_AZHA: Final = on_dates(
    "Idd-ul-Azha",
    *("2015-09-24", "2016-09-12", "2017-09-01", "2018-08-21", "2019-08-12", "2020-07-31"),
    *("2021-07-20", "2022-07-11", "2023-06-28", "2024-06-17", "2025-06-06", "2026-05-27"),
    *("2027-05-16", "2028-05-05", "2029-04-24", "2030-04-13", "2031-04-02", "2032-03-22"),
    *("2033-03-11", "2034-03-01", "2035-02-18", "2036-02-07", "2037-01-26", "2038-01-16"),
    *("2039-01-05", "2039-12-26", "2040-12-14"),
    moves=Moves.SUNDAY_ON,
)


#: Public Holidays Act (Cap. 110), by which a Sunday's holiday moves to the next day that is not one
#: itself, and days added in the Gazette. Constitution, article 9(3): national days.
KENYA: Final = Calendar(
    "KE",
    "Kenya",
    (
        fixed(1, 1, "New Year's Day", moves=Moves.SUNDAY_ON),
        easter(-2, "Good Friday"),
        easter(1, "Easter Monday"),
        fixed(5, 1, "Labour Day", moves=Moves.SUNDAY_ON),
        fixed(6, 1, "Madaraka Day", moves=Moves.SUNDAY_ON, since=1964),
        fixed(10, 10, "Moi Day", moves=Moves.SUNDAY_ON, since=1989, until=2009),
        fixed(10, 10, "Moi Day", moves=Moves.SUNDAY_ON, since=2018, until=2020),
        fixed(10, 10, "Utamaduni Day", moves=Moves.SUNDAY_ON, since=2021, until=2023),
        fixed(10, 10, "Mazingira Day", moves=Moves.SUNDAY_ON, since=2024),
        fixed(10, 20, "Kenyatta Day", moves=Moves.SUNDAY_ON, since=1958, until=2009),
        fixed(10, 20, "Mashujaa Day", moves=Moves.SUNDAY_ON, since=2010),
        fixed(12, 12, "Jamhuri Day", moves=Moves.SUNDAY_ON, since=1963),
        fixed(12, 25, "Christmas Day", moves=Moves.SUNDAY_ON),
        fixed(12, 26, "Boxing Day", moves=Moves.SUNDAY_ON),
        _IDD_UL_FITR,
        _IDD_UL_AZHA,
        on_dates("Visit of Pope Francis", "2015-11-26"),
        on_dates("General election", "2017-08-08", "2017-10-25", "2017-10-26", "2022-08-09"),
        on_dates("Inauguration", "2017-11-28", "2022-09-13", "2024-11-01"),
        on_dates("State funeral", "2020-02-11", "2022-04-29", "2025-10-17"),
        on_dates("National Tree Growing Day", "2023-11-13", "2024-05-10"),
    ),
)

#: Public Holidays Act 36 of 1994: section 2(1) moves a Sunday's holiday to Monday; section 2A lets the
#: President add days.
JOHANNESBURG: Final = Calendar(
    "ZAJO",
    "Johannesburg",
    (
        fixed(1, 1, "New Year's Day", moves=Moves.SUNDAY_TO_MONDAY),
        fixed(3, 21, "Human Rights Day", moves=Moves.SUNDAY_TO_MONDAY),
        easter(-2, "Good Friday"),
        easter(1, "Family Day"),
        fixed(4, 27, "Freedom Day", moves=Moves.SUNDAY_TO_MONDAY),
        fixed(5, 1, "Workers' Day", moves=Moves.SUNDAY_TO_MONDAY),
        fixed(6, 16, "Youth Day", moves=Moves.SUNDAY_TO_MONDAY),
        fixed(8, 9, "National Women's Day", moves=Moves.SUNDAY_TO_MONDAY),
        fixed(9, 24, "Heritage Day", moves=Moves.SUNDAY_TO_MONDAY),
        fixed(12, 16, "Day of Reconciliation", moves=Moves.SUNDAY_TO_MONDAY),
        fixed(12, 25, "Christmas Day", moves=Moves.SUNDAY_TO_MONDAY),
        fixed(12, 26, "Day of Goodwill", moves=Moves.SUNDAY_TO_MONDAY),
        on_dates("Christmas Day, kept on", "2011-12-27", "2016-12-27", "2022-12-27"),
        on_dates("Change of millennium", "1999-12-31", "2000-01-03"),
        on_dates("National election", "1999-06-02", "2004-04-14", "2009-04-22", "2014-05-07"),
        on_dates("National election", "2019-05-08", "2024-05-29"),
        on_dates("Local election", "2006-03-01", "2011-05-18", "2016-08-03", "2021-11-01", "2026-11-04"),
        on_dates("Human Rights Day, kept on", "2008-05-02"),
        on_dates("Rugby World Cup", "2023-12-15"),
    ),
)

CALENDARS: Final = (KENYA, JOHANNESBURG)
