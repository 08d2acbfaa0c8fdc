"""The part of the accounts a close works on, in temporary tables of the session.

``interest_part`` is a still picture: each account's balance and version at one instant, so what is
booked meanwhile is simply not seen yet and found by the next close. Terms, tiers and parts of the
year come from the rules in plain Python as small tables to join with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from bank.interest import rules
from bank.ledger import engine
from bank.products import selectors as products
from bank.products.models import ProductTerms
from bank.products.rules import GlPurpose

TABLES: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS interest_part (
        account_id bigint, ledger_id bigint, terms_id bigint, since date, accrued_through date,
        seen_version bigint, credit_posted bigint, debit_posted bigint, booked bigint, version bigint,
        agreed_slope numeric, low date, high date, slow boolean, held_back boolean DEFAULT false
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS interest_terms (
        terms_id bigint, basis text, day_count text, debit_slope numeric
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS interest_card (
        terms_id bigint, above bigint, upto bigint, slope numeric, intercept numeric
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS interest_fraction (
        day_count text, since date, day date, num numeric(40, 20), den numeric,
        whole_num numeric(40, 20), whole_den numeric
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS interest_move (
        account_id bigint, day date, amount numeric
    ) ON COMMIT DELETE ROWS;
    TRUNCATE interest_part, interest_terms, interest_card, interest_fraction, interest_move;
"""
LOCK: Final = "SELECT pg_advisory_xact_lock(7306, 1)"
"""One writer of positions at a time: parts of the close and settlements of single accounts."""

# The moves an account made since it was last seen: the first and last value date among them.
_SNAPSHOT: Final = """
    INSERT INTO interest_part (account_id, ledger_id, terms_id, since, accrued_through, seen_version,
                               credit_posted, debit_posted, booked, version, agreed_slope, low, high)
    SELECT p.account_id, p.ledger_id, p.terms_id, p.since, p.accrued_through, p.seen_version,
           p.credit_posted, p.debit_posted, b.booked, b.version, p.agreed_rate_pct * 0.01,
           m.span[1], m.span[2]
    FROM interest_position p
    JOIN ledger_balance b ON b.account_id = p.ledger_id
    CROSS JOIN LATERAL (SELECT CASE WHEN b.version > p.seen_version THEN (
        SELECT ARRAY[min(e.value_date), max(e.value_date)]
        FROM ledger_posting x JOIN ledger_entry e ON e.id = x.entry_id
        WHERE x.account_id = p.ledger_id AND x.version > p.seen_version AND x.version <= b.version
    ) END AS span OFFSET 0) m
    WHERE p.account_id > %(after)s AND p.account_id <= %(upto)s AND {which}
        AND b.status <> 'CLOSED'
"""
_MARK: Final = """
    UPDATE interest_part SET slow = true
    WHERE %(every)s OR accrued_through + 1 <> %(first)s OR low <> %(first)s OR high <> %(first)s
"""

_KINDS: Final = """
    SELECT DISTINCT t.day_count, s.since FROM interest_part s JOIN interest_terms t ON t.terms_id = s.terms_id
    WHERE coalesce(s.slow, false) = %s ORDER BY 1, 2
"""
_TERMS: Final = """
    INSERT INTO interest_terms
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::numeric[])
"""
_CARD: Final = """
    INSERT INTO interest_card
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[])
"""
_FRACTIONS: Final = """
    INSERT INTO interest_fraction
    SELECT * FROM unnest(%s::text[], %s::date[], %s::date[], %s::numeric[], %s::numeric[],
                         %s::numeric[], %s::numeric[])
"""


def lock() -> None:
    engine.rows(LOCK)


def open_tables() -> None:
    """Makes the tables, or empties them."""
    engine.rows(TABLES)


def snapshot(after: int, upto: int, through: date, only: Sequence[int] | None = None) -> None:
    """The still picture of the accounts with ids above ``after`` up to ``upto`` that are not yet accrued
    ``through`` the day; of those in ``only``, accrued or not, where it is given.
    """
    which = "p.accrued_through < %(through)s" if only is None else "p.account_id = ANY (%(only)s::bigint[])"
    asked = {"after": after, "upto": upto, "through": through, "only": list(only or ())}
    engine.rows(_SNAPSHOT.format(which=which), asked)


def again(only: Sequence[int], through: date) -> None:
    """A new picture of these accounts, after a correction moved their balances."""
    engine.rows("DELETE FROM interest_part WHERE account_id = ANY (%s::bigint[])", (list(only),))
    snapshot(0, max(only), through, only)


def mark_slow(first: date, *, every: bool) -> None:
    """Marks the accounts whose balance was not the same on all the days to accrue, or every one."""
    engine.rows(_MARK, {"first": first, "every": every})
    engine.rows("ANALYZE interest_part")


def load_terms(ids: Iterable[int]) -> dict[int, rules.Terms]:
    """These terms of the catalogue in the form the rules take."""
    rows = ProductTerms.objects.filter(pk__in=list(ids)).prefetch_related("interest_tiers")
    return {row.pk: terms_of(row) for row in rows}


def terms_of(row: ProductTerms, agreed: Decimal | None = None) -> rules.Terms:
    """A row of the catalogue in the form the rules take; an overdraft costs what was ``agreed``, if so."""
    earning = products.interest_terms(row)
    return rules.Terms(
        earning=earning if agreed is None else replace(earning, debit_rate_pct=agreed),
        currency=row.currency,
        accrual=row.accrual_frequency,
        capitalisation=row.capitalisation_frequency,
    )


def expense_role(terms_id: int) -> str:
    """The GL role of the interest the bank pays under these terms."""
    version = ProductTerms.objects.select_related("version").get(pk=terms_id).version
    return products.gl_role(version, GlPurpose.INTEREST_EXPENSE)


def stage_terms(terms: dict[int, rules.Terms]) -> None:
    """Puts terms and their tiers where the SQL can join them."""
    about = [
        (key, one.earning.basis, one.earning.day_count, Decimal(one.earning.debit_rate_pct) / 100)
        for key, one in terms.items()
    ]
    _insert(_TERMS, about)
    lines = [
        (key, line.above, line.upto, line.slope, line.intercept)
        for key, one in terms.items()
        for line in rules.segments(one)
    ]
    _insert(_CARD, lines)


def stage_fractions(kinds: Iterable[tuple[str, date]], days: Sequence[date], last: date) -> None:
    """For each (day count, since) the part of the year of each of the days, and of all days to ``last``."""
    rows = []
    for day_count, since in kinds:
        total = rules.fraction(day_count, since, last).as_integer_ratio()
        for day in days:
            if day >= since:
                part = rules.day_fraction(day_count, since, day).as_integer_ratio()
                rows.append((day_count, since, day, *part, *total))
    engine.rows("TRUNCATE interest_fraction")
    _insert(_FRACTIONS, rows)
    engine.rows("ANALYZE interest_fraction")


def kinds(*, slow: bool) -> list[tuple[str, date]]:
    """The distinct (day count, since) of the part's accounts that go the one way or the other."""
    return engine.rows(_KINDS, (slow,))


def _insert(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        engine.rows(statement, [list(column) for column in zip(*rows, strict=True)])
