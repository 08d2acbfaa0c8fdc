"""Inviting as an owner does it: with a code bound to whom, to do what, up to how much, until when."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from bank.cif.models import Customer
from bank.cif.rules import MandateRole
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.money import Money
from bank.onboarding.models import Invitation
from bank.onboarding.services import invitations

_WHAT: Final = {
    MandateRole.VIEWER: "look",
    MandateRole.SIGNATORY: "look and pay",
    MandateRole.OWNER: "pay and say who else acts for it",
}


def start_invitation(
    *,
    customer: Customer,
    by: User,
    email: str,
    role: str,
    can_pay: bool = False,
    single_limit: Money | None = None,
    until: date | None = None,
) -> Challenge:
    """Asks for a code bound to the address and everything it may do; ``confirm_invitation`` takes it.

    Nobody hears of it yet. Raises as ``invitations.invite`` does, and the step-up's ``TooManyTries``.
    """
    email = invitations.checked(customer, by, email, role, can_pay, single_limit, until)
    act = _act(customer, email, role, can_pay, single_limit, until)
    return stepup.start(user=by, act=act, summary=_summary(customer, email, role, single_limit, until))


@transaction.atomic
def confirm_invitation(
    *,
    customer: Customer,
    by: User,
    challenge_id: UUID | str | None,
    code: str,
    email: str,
    role: str,
    can_pay: bool = False,
    single_limit: Money | None = None,
    until: date | None = None,
) -> Invitation:
    """Invites, with the code asked for exactly this: another address, role, right, limit or day voids it.

    Raises the step-up's refusals, and as ``invitations.invite`` does.
    """
    email = invitations.checked(customer, by, email, role, can_pay, single_limit, until)
    act = _act(customer, email, role, can_pay, single_limit, until)
    stepup.confirm(user=by, challenge_id=challenge_id, act=act, code=code)
    return invitations.invite(
        customer=customer, email=email, role=role, by=by, can_pay=can_pay, single_limit=single_limit,
        until=until,
    )  # fmt: skip


def _act(
    customer: Customer, email: str, role: str, can_pay: bool, limit: Money | None, until: date | None
) -> dict[str, Any]:
    return {
        "act": "INVITE", "customer": customer.cif, "email": email, "role": role, "can_pay": can_pay,
        "limit": str(limit or ""), "until": str(until or ""),
    }  # fmt: skip


def _summary(customer: Customer, email: str, role: str, limit: Money | None, until: date | None) -> str:
    most = f"up to {limit.currency} {limit.amount:,f} a payment" if limit else ""
    bounds = [most, f"until {until}" if until else ""]
    what = ", ".join(filter(None, [_WHAT[MandateRole(role)], *bounds]))
    return f"Invite {email} to act for {customer.display_name}: {what}"
