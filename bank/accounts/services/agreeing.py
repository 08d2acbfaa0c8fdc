"""What a holder asks of an account all sign for, where no code is asked of a holder alone: pots, cheque
books, other currencies. The asking is the first yes; each other holder's is a code for exactly the act.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from bank.accounts import selectors
from bank.accounts.models import Account, JointAct
from bank.accounts.rules import JointState
from bank.accounts.services import joint
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.money import Money

POT_OPENING, POT_MOVE, POT_CLOSING = "POT_OPENING", "POT_MOVE", "POT_CLOSING"
CHEQUE_BOOK, CURRENCY = "CHEQUE_BOOK", "CURRENCY_OPENING"
_Deed = Callable[[JointAct], Any]
_deeds: Final[dict[str, _Deed]] = {}


def does(kind: str) -> Callable[[_Deed], _Deed]:
    """Has ``kind`` done so once all holders have agreed, in the maker's name; it checks everything anew."""

    def keep(deed: _Deed) -> _Deed:
        _deeds[kind] = deed
        return deed

    return keep


def ask(
    kind: str, user: User, account: Account, summary: str, act: Mapping[str, Any], amount: Money | None = None
) -> JointAct:
    """Has the other holders asked. Books nothing. Raises as ``joint.ask`` does."""
    head = selectors.head_of(account)
    known = {name: _said(value) for name, value in act.items()}
    return joint.ask(
        kind=kind, subject=ids.uuid7().hex, account=head, act={"act": kind, **known}, summary=summary,
        maker=user, amount=amount,
    )  # fmt: skip


def carry_out(asked: JointAct, by: User) -> None:
    """Does what all holders agreed to, in the transaction of the last word."""
    _deeds[asked.kind](asked)


def leave_it(asked: JointAct, state: JointState, by: User | None, why: str) -> None:
    """The holders did not agree: everything stays as it is."""


def money_in(said: str) -> Money | None:
    """A sum as an act keeps it."""
    if not said:
        return None
    currency, amount = said.split()
    return Money.of(amount, currency)


def _said(value: Any) -> Any:
    if isinstance(value, Money):
        return f"{value.currency} {value.amount}"
    return value.isoformat() if isinstance(value, date) else "" if value is None else value
