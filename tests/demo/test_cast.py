"""The cast and its habits: the same for a seed, and shaped like a bank's customers."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from bank.demo import cast
from bank.demo.habits import Community, Day, Organisation, Person


def _plan(customers: int, seed: int = 1, after: int = 0) -> cast.Cast:
    return cast.plan(customers, Random(seed), after=after)


def _community(plan: cast.Cast) -> Community:
    people = [Person(person, f"c{n}", f"s{n}", f"d{n}") for n, person in enumerate(plan.people)]
    return Community(people, [Organisation(firm, f"o{n}") for n, firm in enumerate(plan.organisations)])


def test_a_seed_gives_one_cast() -> None:
    assert _plan(60) == _plan(60)
    assert _plan(60) != _plan(60, seed=2)


@pytest.mark.parametrize("customers", [3, 20, 200, 500])
def test_the_cast_is_as_large_as_asked(customers: int) -> None:
    plan = _plan(customers)
    assert len(plan.people) + len(plan.organisations) == customers
    assert {"CORPORATE", "SME"} == {firm.segment for firm in plan.organisations}


def test_two_hundred_customers_have_the_shape_of_a_bank() -> None:
    plan = _plan(200)
    segments = Counter(firm.segment for firm in plan.organisations)
    assert (len(plan.people), segments["SME"], segments["CORPORATE"]) == (170, 20, 10)


def test_nobody_shares_a_name_an_address_or_a_registration() -> None:
    plans = [_plan(300), _plan(300, seed=2, after=300)]
    emails = [one.email for plan in plans for one in (*plan.people, *plan.organisations)]
    assert len(set(emails)) == len(emails)
    registered = [firm.registration_number for plan in plans for firm in plan.organisations]
    assert len(set(registered)) == len(registered)
    for plan in plans:
        assert len({person.name for person in plan.people}) == len(plan.people)


def test_those_who_join_later_are_others() -> None:
    assert "Amina Wanjiru Otieno" not in {person.name for person in _plan(50, after=200).people}


def test_a_day_repeats_itself_for_the_same_luck() -> None:
    community = _community(_plan(40))
    first, second = (list(Day(date(2026, 5, 25), community, Random(3)).intents()) for _ in range(2))
    assert first == second
    assert {"Salary May 2026"} <= {intent.narrative for intent in first}
    assert all(intent.amount.is_positive and intent.payer != intent.payee for intent in first)
