"""Asking the other holders of an account all of them sign for: a deposit to be opened, one to be closed."""

from collections.abc import Mapping
from typing import Any, Final

from bank.accounts.models import Account, JointAct
from bank.accounts.services import joint
from bank.identity.models import User
from bank.kernel import ids
from bank.kernel.money import Money

OPENING: Final = "DEPOSIT_OPENING"
CLOSING: Final = "DEPOSIT_CLOSING"


def ask(
    kind: str, user: User, account: Account, act: Mapping[str, Any], summary: str, sum_: Money
) -> JointAct:
    """Keeps what its maker confirmed with a code for the others; books nothing. Raises as ``joint.ask``."""
    return joint.ask(
        kind=kind, subject=ids.uuid7().hex, account=account, act=act, summary=summary, maker=user, amount=sum_
    )  # fmt: skip
