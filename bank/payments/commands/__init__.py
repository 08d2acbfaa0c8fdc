"""What of payments can wait: a company's payments and files for its signatures, one from a joint account for
its other holders; money in suspense or asked back, limits, what is usual, held payments for two of the
staff."""

from django.utils.translation import gettext_lazy as _

from bank.accounts import joint
from bank.accounts.models import JointAct
from bank.accounts.rules import JointState
from bank.identity.models import User
from bank.payments.commands.control import (
    DECIDE_HELD,
    SET_LIMIT,
    SET_PACE,
    DecideHeld,
    SetLimit,
    SetPace,
)
from bank.payments.commands.recalls import ANSWER_RECALL, NO_ANSWERS, RECALL_RIGHT, AnswerRecall
from bank.payments.commands.suspense import (
    CREDIT_RIGHT,
    CREDIT_SUSPENDED,
    RETURN_REASONS,
    RETURN_SUSPENDED,
    CreditSuspended,
    ReturnSuspended,
)
from bank.payments.services import file_payment, holders, signatures, waiting
from bank.signing import kinds

__all__ = [
    "ANSWER_RECALL",
    "CREDIT_RIGHT",
    "CREDIT_SUSPENDED",
    "DECIDE_HELD",
    "NO_ANSWERS",
    "RECALL_RIGHT",
    "RETURN_REASONS",
    "RETURN_SUSPENDED",
    "SET_LIMIT",
    "SET_PACE",
    "AnswerRecall",
    "CreditSuspended",
    "DecideHeld",
    "ReturnSuspended",
    "SetLimit",
    "SetPace",
]

kinds.register(kinds.Kind(signatures.PAYMENT, _("Payment"), waiting.pay_signed, waiting.give_up))
kinds.register(kinds.Kind(signatures.FILE, _("Payment file"), file_payment.pay_signed, file_payment.give_up))


def _pay_agreed(asked: JointAct, by: User) -> None:
    waiting.pay_signed(asked.subject, by)


def _give_up(asked: JointAct, state: JointState, by: User | None, why: str) -> None:
    waiting.give_up(asked.subject, holders.GIVEN_UP[state], by, why)


joint.register(joint.Kind(holders.PAYMENT, _("Payment"), _pay_agreed, _give_up))
