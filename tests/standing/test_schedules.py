"""When a standing order is due: every rule, month ends, holidays."""

from datetime import date
from itertools import islice

import pytest

from bank.kernel.calendars import calendar
from bank.standing import rules
from bank.standing.errors import OrderUnusable
from bank.standing.rules import Frequency, HolidayRule, MonthRule, Schedule

TODAY = date(2026, 3, 2)


def first_ones(schedule: Schedule, n: int = 4) -> list[str]:
    return [day.isoformat() for day in islice(schedule.dates(), n)]


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        (Schedule(Frequency.ONCE, date(2026, 4, 1)), "2026-04-01"),
        (Schedule(Frequency.WEEKLY, date(2026, 3, 6)), "2026-03-06 2026-03-13 2026-03-20 2026-03-27"),
        (Schedule(Frequency.FORTNIGHTLY, date(2026, 12, 25)), "2026-12-25 2027-01-08 2027-01-22 2027-02-05"),
        (Schedule(Frequency.MONTHLY, date(2027, 1, 31)), "2027-01-31 2027-02-28 2027-03-31 2027-04-30"),
        (
            Schedule(Frequency.MONTHLY, date(2027, 2, 5), MonthRule.LAST_DAY),
            "2027-02-28 2027-03-31 2027-04-30 2027-05-31",
        ),
        (
            Schedule(Frequency.MONTHLY, date(2026, 3, 13), MonthRule.SAME_WEEKDAY),
            "2026-03-13 2026-04-10 2026-05-08 2026-06-12",
        ),
        (
            Schedule(Frequency.MONTHLY, date(2026, 3, 31), MonthRule.SAME_WEEKDAY),
            "2026-03-31 2026-04-28 2026-05-26 2026-06-30",
        ),
        (Schedule(Frequency.QUARTERLY, date(2026, 11, 30)), "2026-11-30 2027-02-28 2027-05-30 2027-08-30"),
        (Schedule(Frequency.YEARLY, date(2028, 2, 29)), "2028-02-29 2029-02-28 2030-02-28 2031-02-28"),
        (Schedule(Frequency.MONTHLY, date(2026, 3, 9), times=2), "2026-03-09 2026-04-09"),
        (Schedule(Frequency.WEEKLY, date(2026, 3, 9), until=date(2026, 3, 16)), "2026-03-09 2026-03-16"),
    ],
)
def test_every_rule_is_read_off_the_first_date(schedule: Schedule, due: str) -> None:
    assert first_ones(schedule) == due.split()


def test_holidays_move_what_is_due() -> None:
    """1 May 2026 is Labour Day, a Friday; 31 May a Sunday before Madaraka Day."""
    kenya = calendar("KE")
    paid = {
        rule: [
            Schedule(Frequency.ONCE, day, holiday_rule=rule).paid_on(day, kenya).isoformat()
            for day in (date(2026, 5, 1), date(2026, 5, 31))
        ]
        for rule in HolidayRule
    }
    assert paid == {
        HolidayRule.FOLLOWING: ["2026-05-04", "2026-06-02"],
        HolidayRule.MODIFIED_FOLLOWING: ["2026-05-04", "2026-05-29"],
        HolidayRule.PRECEDING: ["2026-04-30", "2026-05-29"],
    }
    preview = Schedule(Frequency.MONTHLY, date(2026, 3, 1)).preview(kenya)
    assert len(preview) == 6
    assert preview[0] == (date(2026, 3, 1), date(2026, 3, 2))


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule(Frequency.ONCE, TODAY),
        Schedule(Frequency.ONCE, date(2029, 1, 1)),
        Schedule(Frequency.WEEKLY, date(2026, 3, 9), until=date(2026, 3, 8)),
        Schedule(Frequency.WEEKLY, date(2026, 3, 9), times=0),
        Schedule(Frequency.WEEKLY, date(2026, 3, 9), times=601),
        Schedule(Frequency.WEEKLY, date(2026, 3, 9), until=date(2026, 4, 8), times=3),
        Schedule(Frequency.ONCE, date(2026, 3, 8), holiday_rule=HolidayRule.PRECEDING),
    ],
)
def test_schedules_that_cannot_be(schedule: Schedule) -> None:
    today = date(2026, 3, 6) if schedule.first == date(2026, 3, 8) else TODAY
    with pytest.raises(OrderUnusable):
        rules.check_schedule(schedule, today, calendar("KE"))
