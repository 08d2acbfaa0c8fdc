"""Counting windows: whenever they open, nobody gets more than the limit in the seconds that follow."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from bank.kernel import clock
from bank.runtime.windows import Window

BEFORE_THE_MINUTE = datetime(2026, 11, 27, 22, 23, 59, 500_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_full_minute_does_not_open_another_window(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Window("codes", 7, 60)
    at(monkeypatch, BEFORE_THE_MINUTE)
    assert (asked.counted(), asked.count(), asked.left()) == (0, 1, 60)
    at(monkeypatch, BEFORE_THE_MINUTE + timedelta(seconds=1))
    assert (asked.count(), asked.counted(), asked.left()) == (2, 2, 59)
    at(monkeypatch, BEFORE_THE_MINUTE + timedelta(seconds=59.8))
    assert (asked.count(), asked.left()) == (3, 1)


def test_a_window_that_ended_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Window("codes", 7, 60)
    at(monkeypatch, BEFORE_THE_MINUTE)
    asked.count()
    at(monkeypatch, BEFORE_THE_MINUTE + timedelta(seconds=60))
    assert (asked.counted(), asked.count(), asked.left()) == (0, 1, 60)


def test_each_is_counted_for_itself() -> None:
    for other in (Window("codes", 8, 60), Window("files", 7, 60)):
        other.count()
    assert Window("codes", 7, 60).count() == 1


def test_many_at_once_are_all_counted() -> None:
    asked = Window("codes", 7, 60)
    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(lambda _: asked.count(), range(64)))
    assert sorted(counted) == list(range(1, 65))
