"""Asking the other holders of an account all of them sign for: what is done with deposits."""

from collections.abc import Mapping
from typing import Any, Final

from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointAct
from bank.accounts.rules import JointState
from bank.accounts.services import joint
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.money import Money

OPENING: Final = "DEPOSIT_OPENING"
CLOSING: Final = "DEPOSIT_CLOSING"
PAY_IN: Final = "DEPOSIT_PAY_IN"
WITHDRAWAL: Final = "DEPOSIT_WITHDRAWAL"
INSTALMENT: Final = "DEPOSIT_INSTALMENT"
INSTRUCTION: Final = "DEPOSIT_INSTRUCTION"


def require(user: User, account: Account, amount: Money) -> None:
    """That the user may ask for this alone, or have the other holders asked. Raises the mandate's refusals,
    and ``BothMustSign`` where another holder has nobody who could say yes here.
    """
    accounts.require_right(user, account, amount)
    if accounts.needs_both(account):
        accounts.require_voices(user, account, amount)


def ask(
    kind: str, user: User, account: Account, act: Mapping[str, Any], summary: str, sum_: Money
) -> JointAct:
    """Keeps what its maker confirmed with a code for the others; books nothing. Raises as ``joint.ask``."""
    return joint.ask(
        kind=kind, subject=ids.uuid7().hex, account=account, act=act, summary=summary, maker=user, amount=sum_
    )  # fmt: skip


def waiting(user: User, kind: str, act: Mapping[str, Any]) -> JointAct | None:
    """What the user asked for in exactly these words and the others have not answered."""
    mine = accounts.joint_acts_for(user).filter(maker=user, state=JointState.WAITING.value)
    return mine.filter(kind=kind, act=dict(act), deadline__gt=clock.now()).first()
