"""Time as an office counts it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bank.kernel.calendars import calendar
from bank.kernel.working_hours import WorkingHours

HOURS = WorkingHours(calendar("KE"), time(8), time(17), ZoneInfo("Africa/Nairobi"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+03:00")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-16T09:00", 4, "2026-11-16T13:00"),
        ("2026-11-16T09:00", 8, "2026-11-16T17:00"),
        ("2026-11-16T09:00", 9, "2026-11-17T09:00"),
        ("2026-11-16T03:00", 1, "2026-11-16T09:00"),
        ("2026-11-20T16:30", 1, "2026-11-23T08:30"),
        ("2026-11-21T12:00", 1, "2026-11-23T09:00"),
        ("2026-12-11T16:00", 2, "2026-12-14T09:00"),
    ],
    ids=[
        "same day",
        "to closing",
        "over night",
        "before opening",
        "over a weekend",
        "on a Saturday",
        "holiday",
    ],
)
def test_only_open_hours_count(start: str, hours: int, end: str) -> None:
    assert HOURS.add(at(start), timedelta(hours=hours)) == at(end)


@pytest.mark.parametrize("hours", [0, 1, 5, 9, 17, 40, 300])
def test_what_is_added_has_passed_between(hours: int) -> None:
    start = at("2026-11-18T11:17")
    assert HOURS.between(start, HOURS.add(start, timedelta(hours=hours))) == timedelta(hours=hours)


def test_nothing_passes_backwards_or_at_night() -> None:
    assert HOURS.between(at("2026-11-17T09:00"), at("2026-11-16T09:00")) == timedelta(0)
    assert HOURS.between(at("2026-11-16T18:00"), at("2026-11-17T07:00")) == timedelta(0)


def test_jamhuri_day_is_no_business_day() -> None:
    """12 December 2026 is a Saturday, Christmas Day a Friday and Boxing Day a Saturday."""
    assert HOURS.end_of_business_day(at("2026-12-24T10:00"), 1) == at("2026-12-28T17:00")
    assert HOURS.end_of_business_day(at("2026-11-16T10:00"), 5).tzinfo is UTC
