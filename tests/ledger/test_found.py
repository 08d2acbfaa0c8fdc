"""Entries that a query finds are booked like any others: checked, once, all or each."""

from typing import Any

import pytest
from django.db import Error, transaction

from bank import ledger
from bank.ledger.posting import Mode
from tests.ledger.book import CASH, booked, everything, opened, refused

_PAYOUTS = """
    SELECT n, 'found:' || n AS key, 'PAYOUT' AS code, date '2026-01-31' AS value_date,
           'Paid ' || n AS narrative, '' AS reference,
           ARRAY[code, %(cash)s] AS accounts, ARRAY['KES', 'KES'] AS currencies,
           ARRAY[-minor, minor - %(off)s] AS amounts
    FROM unnest(%(codes)s::text[], %(minors)s::bigint[]) WITH ORDINALITY AS t (code, minor, n)
"""


def _found(codes: list[str], minors: list[int], *, off: int = 0, outcome: Mode = "EACH") -> Any:
    asked = {"cash": CASH, "codes": codes, "minors": minors, "off": off}
    return ledger.post_found(_PAYOUTS, asked, outcome=outcome)


def test_what_a_query_finds_is_booked_once_each_by_itself() -> None:
    opened("A", "B", funds=100)
    outcomes = _found(["A", "B", "A"], [6000, 4000, 6000])
    assert [one.is_posted for one in outcomes] == [True, True, False]
    assert (booked("A"), booked("B")) == ("40.00", "60.00")
    entry = ledger.entry(outcomes.ids[0])
    assert (entry.code, entry.narrative, str(entry.value_date)) == ("PAYOUT", "Paid 1", "2026-01-31")
    before = everything()
    again = _found(["A", "B", "A"], [6000, 4000, 6000])
    assert (list(again.ids), [one.replayed for one in again]) == (list(outcomes.ids), [True] * 3)
    other = _found(["A", "B"], [6001, 4000])
    assert [one.refusal and one.refusal.code for one in other] == ["IDEMPOTENCY_CONFLICT", None]
    assert everything() == before


def test_one_refusal_undoes_all_and_nothing_unbalanced_gets_in() -> None:
    opened("A", "B", funds=100)
    before = everything()
    with refused("INSUFFICIENT_FUNDS"):
        _found(["B", "A"], [100, 10001], outcome="ALL_OR_NOTHING")
    for codes, minors, off in ((["A", "B"], [100, 100], 1), (["A"], [0], 0)):
        with pytest.raises(Error, match="does not balance"), transaction.atomic():
            _found(codes, minors, off=off)
    assert everything() == before
