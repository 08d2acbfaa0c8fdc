"""What of standing orders can wait for signatures, or for the other holders of an account."""

from django.utils.translation import gettext_lazy as _

from bank.accounts import joint
from bank.accounts.models import JointAct
from bank.accounts.rules import JointState
from bank.identity.models import User
from bank.payments.services.holders import GIVEN_UP
from bank.signing import kinds
from bank.standing.services import STANDING_ORDER, ordering

kinds.register(kinds.Kind(STANDING_ORDER, _("Standing order"), ordering.begin_signed, ordering.give_up))


def _begin(asked: JointAct, by: User) -> None:
    ordering.begin_signed(asked.subject, by)


def _give_up(asked: JointAct, state: JointState, by: User | None, why: str) -> None:
    ordering.give_up(asked.subject, GIVEN_UP[state], by, why)


joint.register(joint.Kind(STANDING_ORDER, _("Standing order"), _begin, _give_up))
