"""Accrual: a day's interest on every account, set-based; the books get the difference in one entry a part.

Nearly every account's balance was the same on all the days to accrue, or changed with value on the
first of them: that is one UPDATE (``_STEADY``). The others, with postings that have value on other
days, with periods booked once at their end, or late, are reckoned anew from the beginning of their
period out of the ledger's postings by value date (``_ANEW``); what was booked before is taken off, so
only the difference is posted.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from bank import ledger
from bank.interest import corrections, enrolment, postings, rules, staging
from bank.interest.statements import statement
from bank.kernel.money import Money
from bank.ledger import engine

_STEADY: Final = statement("steady")
_MOVES: Final = statement("moves")
_ANEW: Final = statement("anew")
_DIFFERENCE: Final = statement("difference")


def accrue(
    *,
    after: int,
    upto: int,
    first: date,
    through: date,
    only: Sequence[int] | None = None,
    label: str = "",
) -> int:
    """Accrues the accounts with ids above ``after`` up to ``upto`` to the end of ``through``.

    ``first`` is the first day that the accounts, but for late ones, have not accrued. Books one entry
    a currency for all of them. Accounts accrued already are left alone, but for those in ``only``,
    which are reckoned anew from the beginning of their period. Returns how many were accrued.
    """
    staging.lock()
    enrolment.enrol(after, upto, first)
    enrolment.switch(after, upto, first)
    staging.open_tables()
    staging.snapshot(after, upto, through, only)
    terms = _terms(through, whole=only is not None)
    if late := corrections.correct_late():
        staging.again(late, through)
    staging.mark_slow(first, every=only is not None)
    staging.stage_terms(terms)
    _steady(first, through)
    _anew(through)
    return _book(terms, label or f"{through}:{after}", through)


def _terms(through: date, *, whole: bool) -> dict[int, rules.Terms]:
    """The terms of the part's accounts. Those that accrue only as a period ends are, on other days, left
    out with their accounts, unless the ``whole`` part was asked for.
    """
    terms = staging.load_terms(key for (key,) in engine.rows("SELECT DISTINCT terms_id FROM interest_part"))
    idle = [key for key, one in terms.items() if not whole and not rules.is_due(one.accrual, through)]
    if idle:
        engine.rows("DELETE FROM interest_part WHERE terms_id = ANY (%s::bigint[])", (idle,))
    return {key: one for key, one in terms.items() if key not in idle}


def _steady(first: date, through: date) -> None:
    kinds = staging.kinds(slow=False)
    for span in rules.spans(kinds, first, through) if kinds else ():
        staging.stage_fractions(kinds, [span.first], span.last)
        engine.rows(_STEADY, {"first": span.first, "last": span.last, "days": span.days})


def _anew(through: date) -> None:
    kinds = staging.kinds(slow=True)
    if not kinds:
        return
    earliest = min(since for _, since in kinds)
    staging.stage_fractions(kinds, list(rules.days_between(earliest, through)), through)
    engine.rows(_MOVES)
    engine.rows("ANALYZE interest_move")
    engine.rows(_ANEW, {"last": through})


def _book(terms: dict[int, rules.Terms], label: str, through: date) -> int:
    """One entry a currency: what the positions' booked sums changed by, role by role."""
    earned: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    cost: dict[str, int] = defaultdict(int)
    done = 0
    for key, count, credit, debit in engine.rows(_DIFFERENCE):
        currency = terms[key].currency
        earned[currency][staging.expense_role(key)] += int(credit)
        cost[currency] += int(debit)
        done += count
    entries = [
        _entry(currency, earned[currency], cost[currency], label, through) for currency in sorted(earned)
    ]
    ledger.post([entry for entry in entries if entry.postings])
    return done


def _entry(currency: str, earned: dict[str, int], cost: int, label: str, through: date) -> ledger.Entry:
    return postings.accrued(
        key=f"interest-accrued:{label}:{currency}",
        currency=currency,
        earned={role: Money.from_minor(amount, currency) for role, amount in earned.items()},
        cost=Money.from_minor(cost, currency),
        gl=ledger.gl,
        narrative=f"Interest accrued to {through:%d %B %Y}",
    )
