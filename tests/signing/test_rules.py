"""Who must sign: in Python as in the database, for any ways and any order of signatures."""

import random
from decimal import Decimal
from itertools import combinations

import pytest
from django.db import connection

from bank.kernel.money import Money
from bank.signing import rules
from bank.signing.errors import RuleUnusable
from bank.signing.rules import ANYBODY, Given, Step, Terms

LETTERS = ("A", "B", "C", "")


def way(dice: random.Random) -> str:
    return "".join(dice.choices("ABC*", k=dice.randint(1, 4)))


def by_trying(way: str, letters: list[str]) -> bool:
    """Whether some of the signatures can be dealt out to the way's letters, found by trying."""
    if not way:
        return True
    takers = [i for i, letter in enumerate(letters) if way[0] in ("*", letter)]
    return any(by_trying(way[1:], letters[:i] + letters[i + 1 :]) for i in takers)


@pytest.mark.django_db
def test_python_and_the_database_count_alike_and_as_trying_out_does() -> None:
    dice = random.Random(20)
    cases = [
        (way(dice), dice.choices(LETTERS, k=dice.randint(0, 5)), dice.random() < 0.5) for _ in range(400)
    ]
    with connection.cursor() as cursor:
        for slots, letters, in_order in cases:
            said = rules.missing(slots, letters, in_order=in_order) == 0
            cursor.execute("SELECT signing_way_met(%s, %s::text[], %s)", [slots, letters, in_order])
            assert cursor.fetchone() == (said,), (slots, letters, in_order)
            if not in_order:
                assert said == by_trying(slots, letters), (slots, letters)


def test_a_signature_never_takes_away_and_what_helps_brings_nearer() -> None:
    dice = random.Random(5)
    for _ in range(400):
        terms = Terms(tuple({way(dice) for _ in range(3)}), dice.random() < 0.3, dice.random() < 0.7)
        given = [Given(dice.choice(LETTERS), dice.random() < 0.2) for _ in range(dice.randint(0, 4))]
        one = Given(dice.choice(LETTERS))
        before, after = rules.still([terms], given), rules.still([terms], [*given, one])
        if not terms.in_order:
            assert before - 1 <= after <= before
        if rules.is_met(terms, given):
            assert rules.is_met(terms, [*given, one])
            assert not rules.helps([terms], given, one)
        if terms.in_order and rules.helps([terms], given, one):
            assert rules.may_follow([terms], given, one)
        if not terms.maker_counts:
            assert rules.still([terms], [*given, Given("A", is_maker=True)]) == before


def test_one_of_a_and_one_of_b_or_three_of_b() -> None:
    terms = Terms(rules.read_ways("A+B or B+B+B"))
    assert rules.write_ways(terms.ways) == "A+B or B+B+B"
    for letters in ("AB", "BA", "BBB", "BBBA", "ABC"):
        assert rules.is_met(terms, [Given(one) for one in letters]), letters
    for letters in ("", "A", "AA", "BB", "BBC", "AAC", "CCC"):
        assert not rules.is_met(terms, [Given(one) for one in letters]), letters
    assert not rules.helps([terms], [Given("A")], Given("A"))
    assert not rules.helps([terms], [], Given("C"))
    assert rules.can_be_met(terms, [Given("B")] * 3)
    assert not rules.can_be_met(terms, [Given("B")] * 2)


def test_in_order_the_second_does_not_sign_before_the_first() -> None:
    terms = [Terms(("BA",), in_order=True)]
    assert not rules.may_follow(terms, [], Given("A"))
    assert rules.may_follow(terms, [], Given("B"))
    assert rules.may_follow(terms, [Given("B")], Given("A"))
    assert not rules.may_follow(terms, [Given("B")], Given("B"))
    assert rules.may_follow(terms, [Given("B"), Given("A")], Given("C")), "what comes after the last is free"


def test_the_closest_rule_holds_and_an_account_is_closer_than_a_type() -> None:
    steps = [
        Step(Decimal(0), 2),
        Step(Decimal(1000), 3),
        Step(Decimal(0), ways=("A",), payment_type="PAYROLL"),
        Step(Decimal(500), ways=("AA",), account="1"),
        Step(Decimal(0), ways=("AAA",), account="1", payment_type="PAYROLL"),
    ]
    sums = {
        ("2000", "", ""): ("***",), ("1000", "", ""): ("**",), ("9", "", "FILE"): ("**",),
        ("9000", "", "PAYROLL"): ("A",), ("500", "1", "FILE"): ("*",), ("501", "1", "FILE"): ("AA",),
        ("1", "1", "PAYROLL"): ("AAA",), ("1", "2", "PAYROLL"): ("A",),
    }  # fmt: skip
    for (amount, account, payment_type), ways in sums.items():
        found = rules.reached(steps, Money.of(amount, "KES"), account, payment_type)
        assert found.ways == ways, (amount, account, payment_type)
    assert rules.together([ANYBODY, rules.TWO, rules.TWO]) == [rules.TWO]
    rules.check_steps(steps)


def test_what_cannot_be_read_or_falls_is_refused() -> None:
    for text in ("A+", "AB", "0", "6", "A+B+C+D+E+A", "F", "A-B", "٢", "9" * 50):
        with pytest.raises(RuleUnusable):
            rules.read_ways(text)
    for bad in (
        [Step(Decimal(0), ways=("AAA",)), Step(Decimal(5), ways=("AA",))],
        [Step(Decimal(0), 2), Step(Decimal(0), 3)],
        [Step(Decimal(0), 2, hours=0)],
        [Step(Decimal(0), 2, payment_type="BARTER")],
        [Step(Decimal(0), ways=("Z",))],
        [Step(Decimal(0))],
    ):
        with pytest.raises(RuleUnusable):
            rules.check_steps(bad)
    for first, second in combinations([Step(Decimal(0), 5), Step(Decimal(9), 2, account="1")], 2):
        rules.check_steps([first, second])
