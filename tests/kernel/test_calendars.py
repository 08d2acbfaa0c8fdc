from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank.kernel import calendars
from bank.kernel.errors import InvalidInput, UnknownCalendar, UnknownConvention

CODES = st.sampled_from(calendars.CODES)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def weekday_holidays(code: str, year: int) -> list[str]:
    return [f"{day:%m-%d}" for day in calendars.calendar(code).holidays(year)]


class TestTables:
    @pytest.mark.parametrize(
        ("code", "year", "days"),
        [
            ("KE", 2022, "04-15 04-18 04-29 05-02 05-03 06-01 07-11 08-09 09-13 10-10 10-20 12-12 12-26 "
             "12-27"),
            ("EUTA", 2001, "01-01 04-13 04-16 05-01 12-25 12-26 12-31"),
            ("EUTA", 2026, "01-01 04-03 04-06 05-01 12-25"),
            ("GBLO", 2010, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
            ("GBLO", 2011, "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27"),
            ("GBLO", 2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"),
            ("NYSE", 2012, "01-02 01-16 02-20 04-06 05-28 07-04 09-03 10-29 10-30 11-22 12-25"),
            ("NYSE", 2022, "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26"),
            ("NYFD", 2026, "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25"),
            ("USGS", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25"),
            ("JPTO", 2020, "01-01 01-02 01-03 01-13 02-11 02-24 03-20 04-29 05-04 05-05 05-06 07-23 07-24 "
             "08-10 09-21 09-22 11-03 11-23 12-31"),
            ("NZBD", 2023, "01-02 01-03 02-06 04-07 04-10 04-25 06-05 07-14 10-23 12-25 12-26"),
            ("ZAJO", 2016, "01-01 03-21 03-25 03-28 04-27 05-02 06-16 08-03 08-09 12-16 12-26 12-27"),
            ("WEEKENDS", 2026, ""),
        ],
    )  # fmt: skip
    def test_a_year(self, code: str, year: int, days: str) -> None:
        assert weekday_holidays(code, year) == days.split()

    @given(CODES, st.integers(min_value=calendars.FIRST_YEAR, max_value=calendars.LAST_YEAR))
    def test_every_table_speaks_of_every_year(self, code: str, year: int) -> None:
        calendar = calendars.calendar(code)
        holidays = calendar.holidays(year)
        assert list(holidays) == sorted(holidays)
        assert all(day.year == year and day.weekday() not in calendar.weekend for day in holidays)
        assert all(holidays.values())
        assert len(holidays) < 60

    def test_holidays_lost_to_a_saturday_at_the_federal_reserve_only(self) -> None:
        eve = date(2026, 7, 3)
        assert calendars.calendar("NYFD").is_business_day(eve)
        assert not calendars.calendar("NYSE").is_business_day(eve)

    @pytest.mark.parametrize(("year", "kept"), [(1992, []), (1998, []), (2009, ["05-06"]), (2015, ["05-06"])])
    def test_a_sunday_in_golden_week_moves_past_holidays_since_2007(self, year: int, kept: list[str]) -> None:
        holidays = calendars.calendar("JPTO").holidays(year)
        assert [
            f"{day:%m-%d}" for day in holidays if (day.month, day.day) > (5, 5) and day.month == 5
        ] == kept

    def test_bonds_were_closed_for_the_mourning_of_2004(self) -> None:
        assert not calendars.calendar("USGS").is_business_day(date(2004, 6, 11))

    def test_easter(self) -> None:
        assert calendars.easter_sunday(2024) == date(2024, 3, 31)
        assert calendars.easter_sunday(2025) == date(2025, 4, 20)
        assert calendars.easter_sunday(2038) == date(2038, 4, 25)
        assert calendars.easter_sunday(1954) == date(1954, 4, 18)

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("TARGET2", "EUTA"),
            ("target", "EUTA"),
            ("UnitedKingdom", "GBLO"),
            ("US Fed", "NYFD"),
            ("UnitedStates.FederalReserve", "NYFD"),
            ("XNYS", "NYSE"),
            ("Kenya", "KE"),
            ("KES", "KE"),
        ],
    )
    def test_calendars_have_many_names(self, name: str, code: str) -> None:
        assert calendars.calendar(name).code == code

    def test_countries_without_a_table_come_from_the_library(self) -> None:
        assert not calendars.calendar("INR").is_business_day(date(2025, 8, 15))
        assert not calendars.calendar("Uganda").is_business_day(date(2025, 10, 9))
        assert calendars.calendar("KW").is_business_day(date(2025, 3, 9))
        assert not calendars.calendar("KW").is_business_day(date(2025, 3, 7))

    @pytest.mark.parametrize("name", ["", "ATLANTIS", "XX", "../../etc"])
    def test_a_calendar_that_does_not_exist(self, name: str) -> None:
        with pytest.raises(UnknownCalendar):
            calendars.calendar(name)

    @pytest.mark.parametrize("year", [0, 1949, 2100, -5])
    def test_years_beyond_the_tables(self, year: int) -> None:
        with pytest.raises(InvalidInput):
            calendars.calendar("KE").holidays(year)

    def test_a_walk_off_the_tables_is_refused(self) -> None:
        with pytest.raises(InvalidInput):
            calendars.calendar("KE").add_business_days(date(2099, 12, 30), 5)


class TestBusinessDays:
    @pytest.mark.parametrize(
        ("day", "convention", "adjusted"),
        [
            # Saturday 31 May 2025; Madaraka Day is kept on Monday 2 June
            ("2025-05-31", "FOLLOWING", "2025-06-03"),
            ("2025-05-31", "MODIFIED_FOLLOWING", "2025-05-30"),
            ("2025-05-31", "PRECEDING", "2025-05-30"),
            ("2025-05-31", "NEAREST", "2025-05-30"),
            ("2025-05-31", "UNADJUSTED", "2025-05-31"),
            ("2025-06-01", "MODIFIED_PRECEDING", "2025-06-03"),
            ("2025-06-01", "NEAREST", "2025-06-03"),
            ("2025-06-04", "FOLLOWING", "2025-06-04"),
        ],
    )
    def test_conventions(self, day: str, convention: str, adjusted: str) -> None:
        kenya = calendars.calendar("KE")
        assert kenya.adjust(date.fromisoformat(day), convention).isoformat() == adjusted

    @pytest.mark.parametrize("name", ["ModifiedFollowing", "modified following", "MODFOLLOWING", "MF"])
    def test_conventions_have_many_names(self, name: str) -> None:
        assert calendars.convention_named(name) == "MODIFIED_FOLLOWING"

    def test_an_unknown_convention(self) -> None:
        with pytest.raises(UnknownConvention):
            calendars.calendar("KE").adjust(date(2025, 6, 1), "SIDEWAYS")

    def test_zero_business_days_is_the_next_or_same(self) -> None:
        kenya = calendars.calendar("KE")
        assert kenya.add_business_days(date(2025, 5, 31), 0) == date(2025, 6, 3)
        assert kenya.add_business_days(date(2025, 6, 3), 0) == date(2025, 6, 3)

    @given(CODES, DAYS, st.integers(min_value=-60, max_value=60))
    def test_forth_and_back_is_where_one_started(self, code: str, day: date, n: int) -> None:
        calendar = calendars.calendar(code)
        start = calendar.next_or_same(day)
        there = calendar.add_business_days(start, n)
        assert calendar.is_business_day(there)
        assert calendar.add_business_days(there, -n) == start
        assert calendar.business_days_between(start, there) == n

    @given(CODES, DAYS, DAYS)
    def test_adding_keeps_the_order_of_days(self, code: str, one: date, other: date) -> None:
        calendar = calendars.calendar(code)
        first, second = sorted((one, other))
        assert calendar.add_business_days(first, 3) <= calendar.add_business_days(second, 3)

    @given(CODES, DAYS, st.sampled_from(list(calendars.BusinessDayConvention)))
    def test_an_adjusted_day_is_near_and_stays(self, code: str, day: date, convention: str) -> None:
        calendar = calendars.calendar(code)
        adjusted = calendar.adjust(day, convention)
        assert abs(adjusted - day) <= timedelta(days=12)
        assert calendar.adjust(adjusted, convention) == adjusted
        if convention.startswith("MODIFIED"):
            assert adjusted.month == day.month
