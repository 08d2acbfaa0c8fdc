from datetime import date

from bank.runtime.steps import Day


def test_a_close_before_a_weekend_stands_for_the_weekend_too():
    day = Day(date(2026, 7, 31), date(2026, 8, 3))
    assert day.days == (date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 2))
    assert day.last == date(2026, 8, 2)


def test_month_quarter_and_year_end_where_the_next_day_is_in_another():
    assert not Day(date(2026, 7, 30), date(2026, 7, 31)).ends_month
    assert Day(date(2026, 7, 31), date(2026, 8, 3)).ends_month
    assert not Day(date(2026, 7, 31), date(2026, 8, 3)).ends_quarter
    assert Day(date(2026, 9, 30), date(2026, 10, 1)).ends_quarter
    new_year = Day(date(2026, 12, 31), date(2027, 1, 4))
    assert new_year.ends_month
    assert new_year.ends_quarter
    assert new_year.ends_year
