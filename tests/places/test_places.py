"""Branches and cash machines: found by place, sorted by distance, open when they say so."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bank.kernel.errors import NotFound
from bank.places import gazetteer, rules, selectors, services
from bank.places.errors import PlaceTaken, UnusablePlace
from bank.places.models import Place

NAIROBI = ZoneInfo("Africa/Nairobi")
HOURS = [rules.Hours(day, time(8, 30), time(16, 0)) for day in range(5)]
FRIDAY_NOON = datetime(2026, 11, 27, 12, 0, tzinfo=NAIROBI)
SPOT = rules.Spot(Decimal("-1.3"), Decimal("36.8"))


def opened(**changed: Any) -> Place:
    asked: dict[str, Any] = {
        "code": "test", "kind": "BRANCH", "name": "Test", "town": "Nairobi", "street": "Test Road",
        "spot": SPOT, "hours": HOURS,
    }  # fmt: skip
    return services.open_place(**asked | changed)


def test_distances_are_those_of_the_atlas() -> None:
    nairobi, mombasa = gazetteer.TOWNS["Nairobi"], gazetteer.TOWNS["Mombasa"]
    assert 435 < rules.distance_km(nairobi, mombasa) < 445
    assert rules.distance_km(nairobi, nairobi) == 0
    pole = rules.Spot(Decimal(90), Decimal(0))
    assert 10_000 < rules.distance_km(pole, rules.Spot(Decimal(0), Decimal(77))) < 10_015


def test_every_town_lies_in_the_country() -> None:
    for spot in gazetteer.TOWNS.values():
        assert Decimal("-4.8") < spot.latitude < Decimal("5.1")
        assert Decimal("33.9") < spot.longitude < Decimal("42")


@pytest.mark.parametrize(
    ("now", "is_open", "changes"),
    [
        (FRIDAY_NOON, True, "2026-11-27 16:00"),
        (datetime(2026, 11, 27, 7, 0, tzinfo=NAIROBI), False, "2026-11-27 08:30"),
        (datetime(2026, 11, 27, 16, 0, tzinfo=NAIROBI), False, "2026-11-30 08:30"),
        (datetime(2026, 12, 24, 17, 0, tzinfo=NAIROBI), False, "2026-12-28 08:30"),
    ],
)
def test_a_door_is_open_in_its_hours_and_not_on_holidays(now: datetime, is_open: bool, changes: str) -> None:
    holidays = {date(2026, 12, 25): "Christmas Day"}
    state = rules.opening(HOURS, now, holidays)
    assert state.is_open == is_open
    assert f"{state.changes_at:%Y-%m-%d %H:%M}" == changes


def test_a_place_that_never_opens_says_nothing() -> None:
    assert rules.opening([], FRIDAY_NOON, {}) == rules.Opening(False, None)


@pytest.mark.django_db
def test_the_nearest_comes_first_in_two_queries(django_assert_max_num_queries: Any) -> None:
    services.seed_places()
    services.seed_places()
    with django_assert_max_num_queries(2):
        found = selectors.find(now=FRIDAY_NOON, near="Mombasa")
    assert [one.place.town for one in found[:2]] == ["Mombasa", "Mombasa"]
    distances = [one.distance_km for one in found]
    assert distances == sorted(distances)
    assert found[-1].place.code == "atm-lodwar"


@pytest.mark.django_db
def test_places_are_found_by_words_of_name_street_and_town() -> None:
    services.seed_places()
    names = {one.place.code for one in selectors.find(now=FRIDAY_NOON, text="kenyatta nairobi")}
    assert names == {"nairobi-kenyatta"}
    machines = selectors.find(now=FRIDAY_NOON, kind="ATM", text="kisumu")
    assert [one.place.code for one in machines] == ["atm-kisumu-west-end"]
    assert machines[0].opening.is_open
    assert selectors.find(now=FRIDAY_NOON, text="%") == []
    assert selectors.town_named("  homa BAY ") == "Homa Bay"
    assert selectors.town_named("Atlantis") == ""


@pytest.mark.django_db
def test_hours_change_and_places_are_given_up() -> None:
    opened()
    words: dict[str, Any] = {"name": "Test", "town": "Nairobi", "street": "Other Road", "phone": ""}
    terms = words | {"code": "test", "spot": SPOT, "services": []}
    services.change_place(**terms, hours=[rules.Hours(0, time(9), time(12))])
    assert not selectors.place("test", now=FRIDAY_NOON).opening.is_open
    services.change_place(**terms, hours=[])
    assert selectors.place("test", now=FRIDAY_NOON).opening == rules.Opening(True, None)
    services.give_up_place(code="test", on=date(2026, 11, 27))
    with pytest.raises(NotFound):
        selectors.place("test", now=FRIDAY_NOON)
    with pytest.raises(NotFound):
        services.give_up_place(code="test", on=date(2026, 11, 27))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"spot": rules.Spot(Decimal(91), Decimal(0))},
        {"hours": [rules.Hours(7, time(8), time(9))]},
        {"hours": [rules.Hours(0, time(9), time(9))]},
    ],
)
def test_impossible_places_are_refused_whole(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnusablePlace):
        opened(**wrong)
    assert not Place.objects.exists()


@pytest.mark.django_db
def test_a_code_is_taken_once() -> None:
    opened()
    with pytest.raises(PlaceTaken):
        opened()
