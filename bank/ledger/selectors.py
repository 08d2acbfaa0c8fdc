"""Reads of the book: balances, statement lines, entries, the trial balance, the seal."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from bank.kernel.money import Money
from bank.ledger import engine, errors
from bank.ledger.entries import Posting
from bank.ledger.rules import Kind, Status
from bank.ledger.wire import text_array

Axis = Literal["BOOKING", "VALUE"]


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What an account has. ``available`` is booked less held plus the overdraft limit, and None
    where the account has no floor. Summed accounts hold nothing and have no version."""

    account: str
    booked: Money
    held: Money
    overdraft: Money | None
    available: Money | None
    status: Status
    version: int | None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One posting as its account sees it, the ``leg``-th of its entry (from 1); ``balance_after`` is
    None on summed accounts."""

    entry_id: int
    leg: int
    version: int
    booking_date: date
    value_date: date
    booked_at: datetime
    code: str
    narrative: str
    reference: str
    meta: Mapping[str, Any] | None
    amount: Money
    balance_after: Money | None
    counter_accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An entry of the journal with its postings in order."""

    id: int
    key: str
    code: str
    booking_date: date
    value_date: date
    booked_at: datetime
    narrative: str
    reference: str
    meta: Mapping[str, Any] | None
    reverses: int | None
    reversed_by: int | None
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class TrialLine:
    """A line of the trial balance: one of ``debit`` and ``credit`` is zero."""

    account: str
    name: str
    kind: Kind
    currency: str
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True)
class SealState:
    """How far the hash chain has come: ``behind`` entries are not sealed yet, the oldest of them
    booked at ``oldest_unsealed_at``."""

    blocks: int
    sealed_at: datetime | None
    behind: int
    oldest_unsealed_at: datetime | None


_NOW: Final = """
    SELECT a.code, a.currency, coalesce(b.booked, ledger_booked(a.id)), coalesce(b.held, 0), b.overdraft,
           coalesce(b.status, CASE WHEN a.closed THEN 'CLOSED' ELSE 'ACTIVE' END), b.version, a.guarded
    FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id
    WHERE a.code = ANY (%s::text[])
"""
_THEN: Final = """
    SELECT a.code, a.currency, {booked}, ledger_held_at(a.id, t.instant), c.overdraft,
           coalesce(c.status, 'ACTIVE'), CASE WHEN a.guarded THEN {version} END, a.guarded
    FROM ledger_account a
    CROSS JOIN (SELECT {instant} AS instant) t
    LEFT JOIN LATERAL (
        SELECT h.overdraft, h.status FROM ledger_account_change h
        WHERE h.account_id = a.id AND h.at <= t.instant ORDER BY h.at DESC, h.id DESC LIMIT 1
    ) c ON true
    WHERE a.code = %(code)s
"""
_AT: Final = _THEN.format(
    booked="ledger_booked_at(a.id, t.instant)",
    version="ledger_version_by(a.id, 'infinity', t.instant)",
    instant="%(at)s::timestamptz",
)
_BY_BOOKING: Final = _THEN.format(
    booked="ledger_booked(a.id, %(on)s)",
    version="ledger_version_by(a.id, %(on)s)",
    instant="ledger_end_of_day(%(on)s)",
)
_BY_VALUE: Final = _THEN.format(
    booked="ledger_booked(a.id, 'infinity', %(on)s)",
    version="ledger_version_by(a.id, %(on)s)",
    instant="ledger_end_of_day(%(on)s)",
)


def balances(codes: Iterable[str]) -> dict[str, AccountBalance]:
    """The present balances of the accounts that exist, by code, in one query."""
    return {found[0]: _balance(*found) for found in engine.rows(_NOW, (text_array(list(codes)),))}


def balance(
    code: str, *, on: date | None = None, by: Axis = "BOOKING", at: datetime | None = None
) -> AccountBalance:
    """An account's balance: now; at the end of a day, counting postings by booking or value date;
    or at an instant. Held, overdraft and status are those of that day's end or that instant.

    Raises UnknownAccount.
    """
    if at is not None:
        found = engine.rows(_AT, {"code": code, "at": at})
    elif on is not None:
        found = engine.rows(_BY_VALUE if by == "VALUE" else _BY_BOOKING, {"code": code, "on": on})
    else:
        found = engine.rows(_NOW, (text_array([code]),))
    if not found:
        raise errors.UnknownAccount(account=code)
    return _balance(*found[0])


def _balance(
    code: str,
    currency: str,
    booked: Decimal,
    held: int,
    overdraft: int | None,
    status: str,
    version: int | None,
    guarded: bool,
) -> AccountBalance:
    floor = None if overdraft is None else Money.from_minor(overdraft, currency)
    available = None if overdraft is None else Money.from_minor(int(booked) - held + overdraft, currency)
    return AccountBalance(
        account=code,
        booked=Money.from_minor(int(booked), currency),
        held=Money.from_minor(held, currency),
        overdraft=floor,
        available=available,
        status=Status(status),
        version=version if guarded else None,
    )


_LINES: Final = """
    WITH account AS (
        SELECT a.id, a.currency, a.guarded FROM ledger_account a WHERE a.code = %(code)s
    ), bounds AS (
        SELECT CASE WHEN guarded THEN ledger_version_by(id, %(to)s)
                    ELSE ledger_summed_version_by(%(to)s) END AS upto,
               CASE WHEN guarded THEN ledger_version_by(id, %(from)s::date - 1)
                    ELSE ledger_summed_version_by(%(from)s::date - 1) END AS above
        FROM account
    )
    SELECT p.entry_id, p.leg, p.version, e.booking_date, e.value_date, e.booked_at, e.code,
           e.narrative, e.reference, e.meta, p.amount, p.balance_after, account.currency,
           ARRAY(SELECT o.code::text FROM ledger_posting q JOIN ledger_account o ON o.id = q.account_id
                 WHERE q.entry_id = p.entry_id AND q.account_id <> p.account_id ORDER BY q.leg LIMIT 10)
    FROM account, bounds
    JOIN LATERAL (
        SELECT * FROM ledger_posting t
        WHERE t.account_id = (SELECT id FROM account) AND t.version > coalesce(bounds.above, 0)
            AND t.version <= bounds.upto AND t.version < coalesce(%(before)s, 9223372036854775807)
        ORDER BY t.version DESC LIMIT %(limit)s
    ) p ON true
    JOIN ledger_entry e ON e.id = p.entry_id
    ORDER BY p.version DESC
"""


def statement_lines(
    code: str,
    *,
    from_date: date | None = None,
    to_date: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[StatementLine]:
    """An account's postings, newest first, by booking date, both days included.

    Page on with ``before`` set to the last line's version. An unknown account has no lines.
    """
    asked = {
        "code": code,
        "from": from_date or date(1, 1, 2),
        "to": to_date or date.max,
        "before": before,
        "limit": limit,
    }
    return [_line(*found) for found in engine.rows(_LINES, asked)]


def _line(
    entry_id: int,
    leg: int,
    version: int,
    booking_date: date,
    value_date: date,
    booked_at: datetime,
    code: str,
    narrative: str,
    reference: str,
    meta: str | None,
    amount: int,
    balance_after: int | None,
    currency: str,
    counter_accounts: list[str],
) -> StatementLine:
    return StatementLine(
        entry_id,
        leg,
        version,
        booking_date,
        value_date,
        booked_at,
        code,
        narrative,
        reference,
        _json(meta),
        Money.from_minor(amount, currency),
        None if balance_after is None else Money.from_minor(balance_after, currency),
        tuple(counter_accounts),
    )


_ENTRY: Final = """
    SELECT e.id, c.key, e.code, e.booking_date, e.value_date, e.booked_at, e.narrative, e.reference, e.meta,
           e.reverses_id, (SELECT r.id FROM ledger_entry r WHERE r.reverses_id = e.id),
           p.accounts, p.amounts, p.currencies
    FROM ledger_entry e JOIN ledger_claim c ON c.id = e.id
    CROSS JOIN LATERAL (
        SELECT array_agg(a.code::text ORDER BY p.leg) AS accounts,
               array_agg(p.amount ORDER BY p.leg) AS amounts,
               array_agg(a.currency::text ORDER BY p.leg) AS currencies
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id WHERE p.entry_id = e.id
    ) p
"""


def entry(entry_id: int) -> JournalEntry:
    """An entry by its id. Raises UnknownEntry."""
    found = engine.rows(f"{_ENTRY} WHERE e.id = %s", (entry_id,))
    if not found:
        raise errors.UnknownEntry(entry=entry_id)
    return _entry(*found[0])


def entry_by_key(key: str) -> JournalEntry | None:
    """The entry an idempotency key was answered with: how to ask for an outcome that got lost."""
    found = engine.rows(f"{_ENTRY} WHERE c.key = %s", (key,))
    return _entry(*found[0]) if found else None


def entries_by_reference(reference: str) -> list[JournalEntry]:
    """All entries with a reference, oldest first."""
    found = engine.rows(f"{_ENTRY} WHERE e.reference = %s AND e.reference <> '' ORDER BY e.id", (reference,))
    return [_entry(*row) for row in found]


def _entry(*row: Any) -> JournalEntry:
    entry_id, key, code, booking_date, value_date, booked_at, narrative, reference, meta, *others = row
    reverses, reversed_by, accounts, amounts, currencies = others
    postings = tuple(map(Posting, accounts, map(Money.from_minor, amounts, currencies)))
    dates = (booking_date, value_date, booked_at)
    return JournalEntry(
        entry_id, key, code, *dates, narrative, reference, _json(meta), reverses, reversed_by, postings
    )


def _json(text: str | None) -> Mapping[str, Any] | None:
    return None if text is None else json.loads(text)


def trial_balance(*, on: date | None = None, by: Axis = "BOOKING") -> list[TrialLine]:
    """The trial balance at the end of a day (by default all there is), counting postings by booking
    or value date. Debits and credits are equal in every currency; control accounts stand for
    their sub-accounts.
    """
    booked_by, valued_by = (date.max, on or date.max) if by == "VALUE" else (on or date.max, date.max)
    lines = engine.rows("SELECT * FROM ledger_trial_balance(%s, %s)", (booked_by, valued_by))
    return [_trial_line(*line) for line in lines]


def _trial_line(code: str, name: str, kind: str, currency: str, balance: int) -> TrialLine:
    amount, nothing = Money.from_minor(abs(int(balance)), currency), Money.zero(currency)
    debit, credit = (amount, nothing) if balance < 0 else (nothing, amount)
    return TrialLine(code, name, Kind(kind), currency, debit, credit)


def seal_state() -> SealState:
    """How far the hash chain is behind the book, for the health page."""
    return SealState(*engine.row("SELECT * FROM ledger_seal_state()"))


_CLOSING: Final = """
    SELECT a.code, a.currency, coalesce(k.booked, 0)
    FROM ledger_account a
    LEFT JOIN LATERAL (
        SELECT d.booked FROM ledger_day_balance d
        WHERE d.account_id = a.id AND d.date <= %s ORDER BY d.date DESC LIMIT 1
    ) k ON true
    WHERE a.guarded AND a.code = ANY (%s::text[])
"""


def closing_balances(codes: Iterable[str], *, on: date) -> dict[str, Money]:
    """What guarded accounts stood at, by booking date, when the close of the business date ``on`` ended it.

    Kept, not summed: as quick for a day years ago. Accounts opened later stand at zero. Raises
    BalancesNotKept for a day that is still open or was no business date closed by a close of business.
    """
    if not engine.rows("SELECT 1 FROM ledger_business_day WHERE date = %s AND kept_at IS NOT NULL", (on,)):
        raise errors.BalancesNotKept(date=on)
    found = engine.rows(_CLOSING, (on, text_array(list(codes))))
    return {code: Money.from_minor(booked, currency) for code, currency, booked in found}
