"""Standing permits: a user's programs may pay from an account without a code, within bounds, for a time."""

from datetime import date
from typing import Any

from django.db import transaction

from bank.accounts.models import Account
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments import errors, rules, selectors
from bank.payments.models import PaymentPermit


def start_permit(
    *, user: User, account_number: str, single: Money, daily: Money, valid_until: date
) -> Challenge:
    """Asks for a code bound to these bounds; ``grant_permit`` takes it."""
    account = _account(user, account_number, single, daily, valid_until)
    summary = (
        f"Let your programs pay from account {account.number} without a code: "
        f"up to {single} a payment and {daily} a day, until {valid_until}"
    )
    return stepup.start(user=user, act=_act(account, single, daily, valid_until), summary=summary)


@transaction.atomic
def grant_permit(
    *,
    user: User,
    account_number: str,
    single: Money,
    daily: Money,
    valid_until: date,
    challenge_id: Any,
    code: str,
) -> PaymentPermit:
    """Replaces the user's permit on the account. It never widens the mandate or the customer's limits.

    Raises ``NotFound`` (not the user's account), the mandate's refusals, ``PermitUnusable``, the
    step-up's refusals.
    """
    account = _account(user, account_number, single, daily, valid_until)
    act = _act(account, single, daily, valid_until)
    stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
    PaymentPermit.objects.filter(user=user, account=account, revoked_at=None).update(revoked_at=clock.now())
    permit = PaymentPermit.objects.create(
        user=user,
        account=account,
        single_maximum=single.amount,
        daily_maximum=daily.amount,
        valid_until=valid_until,
    )
    audit.record(
        "PAYMENT_PERMIT_GRANTED", actor=user, subject_type="account", subject_id=account.number, detail=act
    )
    return permit


@transaction.atomic
def revoke_permit(*, user: User, permit_id: int) -> None:
    """Ends a permit at once; needs no code. Raises ``NotFound`` where it is not the user's."""
    permit = (
        PaymentPermit.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(pk=permit_id, user=user, revoked_at=None)
        .first()
    )
    if permit is None:
        raise NotFound(what="permit")
    permit.revoked_at = clock.now()
    permit.save(update_fields=["revoked_at"])
    audit.record(
        "PAYMENT_PERMIT_REVOKED", actor=user, subject_type="account", subject_id=permit.account.number
    )


def _account(user: User, number: str, single: Money, daily: Money, valid_until: date) -> Account:
    account = Account.objects.select_related("customer").filter(number="".join(number.split())).first()
    if account is None or not cif.may_view(user, account.customer):
        raise NotFound(what="account")
    cif.require_pay(user, account.customer, single)
    if single.currency != account.currency or daily.currency != account.currency:
        raise errors.PermitUnusable(problem=f"The account is kept in {account.currency}.")
    if not single.is_positive or daily < single:
        raise errors.PermitUnusable(problem="A permit's day must allow at least one of its payments.")
    rules.check_permit_days(selectors.today(), valid_until)
    return account


def _act(account: Account, single: Money, daily: Money, valid_until: date) -> dict[str, str]:
    return {
        "act": "GRANT_PAYMENT_PERMIT",
        "account": account.number,
        "single": str(single),
        "daily": str(daily),
        "valid_until": valid_until.isoformat(),
    }
