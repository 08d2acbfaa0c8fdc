"""Reads of the chart: what kind of account a code names, which may be posted to by hand, who plays a role."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bank.ledger import engine
from bank.ledger.rules import Kind
from bank.ledger.wire import text_array


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What does not change with postings. ``is_guarded`` accounts are customers'; a control account
    stands for its sub-accounts and is never posted to."""

    code: str
    name: str
    currency: str
    kind: Kind
    is_guarded: bool
    is_control: bool
    is_closed: bool


_FACTS: Final = """
    SELECT a.code, a.name, a.currency, a.kind, a.guarded, a.is_control,
           a.closed OR coalesce(b.status = 'CLOSED', false)
    FROM ledger_account a LEFT JOIN ledger_balance b ON b.account_id = a.id
"""


def facts(codes: Iterable[str]) -> dict[str, AccountFacts]:
    """The accounts that exist among ``codes``, in one query."""
    found = engine.rows(f"{_FACTS} WHERE a.code = ANY (%s::text[])", (text_array(list(codes)),))
    return {one.code: one for one in map(_facts, found)}


def chart_accounts() -> list[AccountFacts]:
    """The general-ledger accounts that can be posted to, by code."""
    found = engine.rows(f"{_FACTS} WHERE NOT a.guarded AND NOT a.is_control AND NOT a.closed ORDER BY a.code")
    return [_facts(row) for row in found]


def playing(roles: Iterable[str]) -> dict[str, str]:
    """The roles that accounts of the chart play in all currencies, by account code."""
    found = engine.rows(
        "SELECT a.code, r.role FROM ledger_gl_role r JOIN ledger_account a ON a.id = r.account_id"
        " WHERE r.role = ANY (%s::text[])",
        (text_array(list(roles)),),
    )
    return {str(code): str(role) for code, role in found}


def _facts(row: tuple[object, ...]) -> AccountFacts:
    code, name, currency, kind, is_guarded, is_control, is_closed = row
    return AccountFacts(
        str(code),
        str(name),
        str(currency),
        Kind(str(kind)),
        bool(is_guarded),
        bool(is_control),
        bool(is_closed),
    )
