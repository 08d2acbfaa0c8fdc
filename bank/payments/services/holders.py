"""Payments out of accounts whose holders sign together: whether the others must agree, and asking them."""

from collections.abc import Mapping
from typing import Any, Final

from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointAct
from bank.accounts.rules import JointState
from bank.accounts.services import joint
from bank.identity.models import User
from bank.payments.models import PaymentOrder
from bank.payments.services.authority import Authorisation, Operator
from bank.signing.rules import State

PAYMENT: Final = "PAYMENT"
GIVEN_UP: Final = {
    JointState.REFUSED: State.REJECTED,
    JointState.WITHDRAWN: State.WITHDRAWN,
    JointState.EXPIRED: State.EXPIRED,
    JointState.FAILED: State.FAILED,
}
"""What the end of an act means for whatever waited, in the words of signatures."""


def must_agree(debtor: Account, allowed_by: Authorisation) -> bool:
    """Whether the account's other holders must agree before money leaves, whatever way it goes."""
    if isinstance(allowed_by, Operator) and allowed_by.agreed:
        return False
    return accounts.needs_both(debtor)


def ask(user: User, order: PaymentOrder, *, act: Mapping[str, Any], summary: str) -> JointAct:
    """Has the other holders asked for a payment that waits; raises ``BothMustSign`` as ``joint.ask``."""
    return joint.ask(
        kind=PAYMENT, subject=order.reference, account=order.debtor_account, act=act, summary=summary,
        maker=user, amount=order.money,
    )  # fmt: skip
