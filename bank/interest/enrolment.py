"""Which accounts interest is kept for, and under which terms: read from the contracts as the close begins."""

from datetime import date
from typing import Any, Final

from bank.interest import capitalisation
from bank.interest.statements import statement
from bank.ledger import engine

_ENROL: Final = statement("enrol")
_CHANGED: Final = statement("changed")
_SWITCH: Final = """
    UPDATE interest_position p SET terms_id = n.terms_id, agreed_rate_pct = n.agreed
    FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS n (account_id, terms_id, agreed)
    WHERE p.account_id = n.account_id AND p.accrued_through < p.since
"""


def enrol(after: int, upto: int, first: date) -> None:
    """Begins a position for accounts whose product earns or costs interest and that have none.

    It begins with the day the account was opened, for one opened since the close before; with
    ``first`` for an older one, whose interest was somebody else's or nobody's until now.
    """
    engine.rows(_ENROL, _range(after, upto, first))


def switch(after: int, upto: int, first: date) -> None:
    """Takes accounts that were moved to another version of their product over to its terms from ``first``
    on, and those whose overdraft was agreed at another rate over to that: what they earned and cost
    until then is booked, and a period of its own begins.
    """
    changed = engine.rows(_CHANGED, _range(after, upto, first))
    if not changed:
        return
    accounts, terms, agreed = (list(column) for column in zip(*changed, strict=True))
    capitalisation.capitalise(after=after, upto=upto, only=accounts)
    engine.rows(_SWITCH, (accounts, terms, agreed))


def _range(after: int, upto: int, first: date) -> dict[str, Any]:
    return {"after": after, "upto": upto, "first": first}
