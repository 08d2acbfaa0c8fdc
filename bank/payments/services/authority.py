"""What lets money go: a code for exactly this act, a standing permit within its bounds, or an operator.

Why a program may pay without a code is in ``docs/decisions/paying-without-a-code.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from bank.identity import stepup
from bank.identity.models import User
from bank.payments.rules import Authority


@dataclass(frozen=True, slots=True)
class StepUp:
    """A challenge opened for the act, and its code (PSD2 RTS art. 5: bound to amount and payee)."""

    challenge_id: UUID | str | None
    code: str
    kind: ClassVar[Authority] = Authority.STEP_UP


@dataclass(frozen=True, slots=True)
class StandingPermit:
    """No code: the debtor's permit for the user must cover the payment, and the day's sum."""

    kind: ClassVar[Authority] = Authority.PERMIT


@dataclass(frozen=True, slots=True)
class Operator:
    """The bank itself, from the command line or a job, for a reason that goes into the audit trail.

    ``agreed`` where all holders of the account said yes to what the bank carries out; else it waits for
    them where they sign together. ``word_given_at`` is when the customer asked for what is carried out now:
    to a payee who was new then, no more goes in their first day than by a payment."""

    reason: str
    agreed: bool = False
    word_given_at: datetime | None = None
    kind: ClassVar[Authority] = Authority.OPERATOR


Authorisation = StepUp | StandingPermit | Operator


def confirm(authorisation: Authorisation, *, user: User, act: Mapping[str, Any]) -> None:
    """Consumes the code where the authorisation is one; call it in the act's database transaction.

    Raises the step-up's refusals. A permit is checked with the limits, under their lock.
    """
    if isinstance(authorisation, StepUp):
        stepup.confirm(user=user, challenge_id=authorisation.challenge_id, act=act, code=authorisation.code)
