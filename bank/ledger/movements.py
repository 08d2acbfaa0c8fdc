"""Reads of one account's movement: what went in and out in a period, and what is set aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bank.kernel import clock
from bank.kernel.money import Money
from bank.ledger import engine


@dataclass(frozen=True, slots=True)
class Turnover:
    """Sums of a guarded account's postings over a period; ``debits`` is below zero or zero."""

    debits: Money
    credits: Money
    lines: int


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A hold in force and what is left of it."""

    hold_id: int
    amount: Money
    placed_at: datetime
    expires_at: datetime | None
    narrative: str
    reference: str


_TURNOVER: Final = """
    SELECT coalesce(sum(least(p.amount, 0)), 0), coalesce(sum(greatest(p.amount, 0)), 0), count(*)
    FROM ledger_account a
    JOIN ledger_posting p ON p.account_id = a.id
        AND p.version > coalesce(ledger_version_by(a.id, %(from)s::date - 1), 0)
        AND p.version <= ledger_version_by(a.id, %(to)s)
    WHERE a.code = %(code)s AND a.guarded
"""
_MONTHLY: Final = """
    SELECT date_trunc('month', e.booking_date)::date,
           coalesce(sum(least(p.amount, 0)), 0), coalesce(sum(greatest(p.amount, 0)), 0), count(*)
    FROM ledger_account a
    JOIN ledger_posting p ON p.account_id = a.id
        AND p.version > coalesce(ledger_version_by(a.id, %(from)s::date - 1), 0)
    JOIN ledger_entry e ON e.id = p.entry_id
    WHERE a.code = %(code)s AND a.guarded
    GROUP BY 1
"""
_WEEKLY: Final = """
    SELECT week, sum(greatest(net, 0)), sum(least(net, 0)) FROM (
        SELECT (%(until)s::date - e.booking_date) / 7 AS week, sum(p.amount) AS net
        FROM ledger_account a
        JOIN ledger_posting p ON p.account_id = a.id
            AND p.version > coalesce(ledger_version_by(a.id, %(from)s::date - 1), 0)
            AND p.version <= ledger_version_by(a.id, %(until)s)
        JOIN ledger_entry e ON e.id = p.entry_id
        WHERE a.code = ANY (%(codes)s) AND a.guarded
        GROUP BY e.id, e.booking_date
    ) entries
    GROUP BY week
"""
_PAYMENTS: Final = """
    SELECT a.code, count(*)
    FROM ledger_account a
    JOIN ledger_posting p ON p.account_id = a.id AND p.amount < 0
        AND p.version > coalesce(ledger_version_by(a.id, %(from)s::date - 1), 0)
        AND p.version <= ledger_version_by(a.id, %(to)s)
    JOIN ledger_entry e ON e.id = p.entry_id AND e.code <> ALL (%(without)s)
    WHERE a.code = ANY (%(codes)s) AND a.guarded
    GROUP BY a.code
"""
_LAST_USED: Final = """
    SELECT a.code, (
        SELECT e.booking_date
        FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
        WHERE p.account_id = a.id
            AND (p.amount < 0 AND e.code <> ALL (%(without)s) OR p.amount > 0 AND e.code = ANY (%(credits)s))
        ORDER BY p.version DESC LIMIT 1
    )
    FROM ledger_account a WHERE a.code = ANY (%(codes)s) AND a.guarded
"""
_OPEN_HOLDS: Final = """
    SELECT h.id, h.amount - h.captured, h.placed_at, h.expires_at, h.narrative, h.reference
    FROM ledger_account a JOIN ledger_hold h ON h.account_id = a.id AND h.state = 'OPEN'
    WHERE a.code = %s AND (h.expires_at IS NULL OR h.expires_at > %s)
    ORDER BY h.id DESC
"""


def turnover(code: str, currency: str, *, from_date: date, to_date: date) -> Turnover:
    """What was debited and credited by booking date, both days included; zero for an unknown account."""
    debits, credits, lines = engine.row(_TURNOVER, {"code": code, "from": from_date, "to": to_date})
    return Turnover(Money.from_minor(int(debits), currency), Money.from_minor(int(credits), currency), lines)


def monthly_turnover(code: str, currency: str, *, from_date: date) -> dict[date, Turnover]:
    """Turnover by month of booking since a day, by the first of the month; months without any are absent."""
    return {
        month: Turnover(
            Money.from_minor(int(debits), currency), Money.from_minor(int(credits), currency), lines
        )
        for month, debits, credits, lines in engine.rows(_MONTHLY, {"code": code, "from": from_date})
    }


def weekly_flows(codes: Iterable[str], *, until: date, weeks: int) -> dict[int, tuple[int, int]]:
    """What came to accounts of one currency taken together and what left them, in minor units, by how many
    weeks ago counted back from a day; weeks without anything are absent. What an entry moves between the
    accounts neither comes nor leaves.
    """
    named = list(codes)
    if not named:
        return {}
    asked = {"codes": named, "until": until, "from": until - timedelta(days=7 * weeks - 1)}
    return {
        week: (int(money_in), int(money_out)) for week, money_in, money_out in engine.rows(_WEEKLY, asked)
    }


def debit_counts(
    codes: Iterable[str], *, from_date: date, to_date: date, without: Iterable[str]
) -> dict[str, int]:
    """How many debits accounts had in a period, both days included, entries of some kinds aside; those
    without any are absent.
    """
    named = list(codes)
    if not named:
        return {}
    asked = {"codes": named, "from": from_date, "to": to_date, "without": list(without)}
    return dict(engine.rows(_PAYMENTS, asked))


def last_used(
    codes: Iterable[str], *, without: Iterable[str], credits: Iterable[str]
) -> dict[str, date | None]:
    """The booking date of the last debit of each account, entries of the kinds ``without`` aside, or of
    the last credit of the kinds ``credits``; ``None`` where there is none.
    """
    asked = {"codes": list(codes), "without": list(without), "credits": list(credits)}
    return dict(engine.rows(_LAST_USED, asked)) if asked["codes"] else {}


def open_holds(code: str, currency: str) -> list[OpenHold]:
    """The holds in force on an account, newest first."""
    return [
        OpenHold(hold_id, Money.from_minor(left, currency), *rest)
        for hold_id, left, *rest in engine.rows(_OPEN_HOLDS, (code, clock.now()))
    ]


_AGAINST: Final = """
    SELECT coalesce(sum(p.amount), 0)
    FROM ledger_account a
    JOIN ledger_posting p ON p.account_id = a.id
        AND p.version > coalesce(ledger_version_by(a.id, %(from)s::date - 1), 0)
        AND p.version <= ledger_version_by(a.id, %(to)s)
    JOIN ledger_posting q ON q.entry_id = p.entry_id
        AND q.leg = p.leg + CASE WHEN p.leg %% 2 = 1 THEN 1 ELSE -1 END
    JOIN ledger_account r ON r.id = q.account_id AND r.code = ANY(%(against)s)
    WHERE a.code = %(code)s AND a.guarded
"""


def moved_against(
    code: str, currency: str, against: Sequence[str], *, from_date: date, to_date: date
) -> Money:
    """What an account was credited less debited against certain others, by booking date, both days included.

    Postings stand in pairs, a debit and its credit side by side; the other one of the pair decides.
    """
    asked = {"code": code, "against": list(against), "from": from_date, "to": to_date}
    (moved,) = engine.row(_AGAINST, asked)
    return Money.from_minor(int(moved), currency)


_BESIDE: Final = """
    SELECT coalesce(sum(t.amount), 0)
    FROM (
        SELECT DISTINCT p.entry_id
        FROM ledger_account a
        JOIN ledger_posting p ON p.account_id = a.id
            AND p.version > coalesce(ledger_version_by(a.id, %(from)s::date - 1), 0)
            AND p.version <= ledger_version_by(a.id, %(to)s)
        JOIN ledger_entry e ON e.id = p.entry_id AND e.code = ANY(%(codes)s)
        WHERE a.code = %(code)s AND a.guarded
    ) found
    JOIN ledger_posting t ON t.entry_id = found.entry_id
    JOIN ledger_account ta ON ta.id = t.account_id AND ta.code = ANY(%(credited)s)
    JOIN ledger_posting u ON u.entry_id = t.entry_id
        AND u.leg = t.leg + CASE WHEN t.leg %% 2 = 1 THEN 1 ELSE -1 END
    JOIN ledger_account ua ON ua.id = u.account_id AND ua.code = ANY(%(debited)s)
"""


def moved_beside(
    code: str,
    currency: str,
    *,
    codes: Sequence[str],
    debited: Sequence[str],
    credited: Sequence[str],
    from_date: date,
    to_date: date,
) -> Money:
    """What entries of certain ``codes`` on an account moved past it, from ``debited`` to ``credited`` ones.

    As tax does that is taken from interest before an account that may not be debited gets the rest.
    """
    accounts = {"debited": list(debited), "credited": list(credited), "codes": list(codes)}
    (moved,) = engine.row(_BESIDE, {"code": code, "from": from_date, "to": to_date, **accounts})
    return Money.from_minor(int(moved), currency)
