"""Closing with everything settled: charges, what apps above owe or are owed, the rest paid out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from bank import ledger
from bank.accounts import rules, selectors
from bank.accounts.errors import PayoutUnusable
from bank.accounts.models import Account, JointAct
from bank.accounts.rules import AccountRole, AccountStatus, Signing
from bank.accounts.services import contracts, joint
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel import ids
from bank.kernel.money import Money

CLOSING: Final = "CLOSE_ACCOUNT"
Settlement = Callable[[Account, User | None], None]
_settlements: list[Settlement] = []


@dataclass(frozen=True, slots=True)
class Closing:
    """What closing does to the money: what was there, what was settled with it, what goes out."""

    before: Money
    settled: Money
    paid_out: Money


class _PreviewOnly(Exception):
    """Takes back what a preview did."""


def settles(settlement: Settlement) -> Settlement:
    """Has every closing settle what an app above keeps for the account: interest, above all."""
    _settlements.append(settlement)
    return settlement


@transaction.atomic
def close_with_payout(
    *,
    account: Account,
    reason: str,
    pay_to: Account | None = None,
    actor: User | None = None,
    agreed: bool = False,
) -> Closing:
    """Takes charges, settles interest, pays the rest to another account of the customer, and closes.

    With ``agreed``, all its holders said yes to where the rest goes.

    Debits the account and credits ``pay_to`` with what is left. Raises ``PayoutUnusable``, what
    ``close_account`` raises (``AccountNotEmpty`` where there is money and no ``pay_to``, or a debt),
    and the ledger's refusals. A refusal leaves everything as it was.
    """
    before = selectors.position(account).booked
    locked = contracts.prepare_closing(account=account)
    for settlement in _settlements:
        settlement(locked, actor)
    left = selectors.position(locked).booked
    if left.is_positive and pay_to is not None:
        check_payout(locked, pay_to, agreed=agreed)
        ledger.post(_payout(locked, pay_to, left))
    contracts.close_account(account=locked, reason=reason, actor=actor)
    return Closing(before, left - before, left)


def preview_closing(*, account: Account, pay_to: Account | None = None, agreed: bool = False) -> Closing:
    """What ``close_with_payout`` would do, done and taken back. Raises as it does."""
    try:
        with transaction.atomic():
            done = close_with_payout(account=account, reason="Preview", pay_to=pay_to, agreed=agreed)
            raise _PreviewOnly
    except _PreviewOnly:
        return done


def start_closing(*, user: User, number: str, pay_to: str) -> Challenge:
    """Asks for a code for the closing of one's own account; ``close_own`` takes it.

    Raises as ``preview_closing`` does, ``NotFound``, and the mandate's refusals.
    """
    account, payee = own_pair(user, number, pay_to)
    preview_closing(account=account, pay_to=payee, agreed=selectors.needs_both(account))
    return stepup.start(user=user, act=_act(account, payee), summary=_summary(account, payee))


@transaction.atomic
def close_own(*, user: User, number: str, pay_to: str, challenge_id: Any, code: str) -> Closing | JointAct:
    """Closes one's own account with the code asked for it; one that all holders sign for is closed when
    the others agree, and what waits for them is returned. Raises as ``start_closing`` does, and the
    step-up's refusals.
    """
    account, payee = own_pair(user, number, pay_to)
    both = selectors.needs_both(account)
    if both:
        preview_closing(account=account, pay_to=payee, agreed=True)
    act = _act(account, payee)
    stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
    if not both:
        return close_with_payout(account=account, reason="Closed by its owner", pay_to=payee, actor=user)
    subject, summary = ids.uuid7().hex, _summary(account, payee)
    return joint.ask(kind=CLOSING, subject=subject, account=account, act=act, summary=summary, maker=user)


def close_agreed(asked: JointAct, by: User) -> None:
    """Closes an account all its holders agreed to close, in the transaction of the last word; books as
    ``close_with_payout`` and raises as it does."""
    account, payee = own_pair(asked.maker, asked.act["account"], asked.act["pay_to"])
    close_with_payout(account=account, reason="Closed by its holders", pay_to=payee, actor=by, agreed=True)


def leave_open(asked: JointAct, state: rules.JointState, by: User | None, why: str) -> None:
    """The holders did not agree: the account stays as it is."""


def own_pair(user: User, number: str, pay_to: str) -> tuple[Account, Account | None]:
    """The account and the one the rest goes to, both the user's to pay from."""
    account = selectors.account_for(user, number)
    selectors.require_right(user, account, Money.zero(account.currency))
    return account, selectors.account_for(user, pay_to) if pay_to else None


def check_payout(account: Account, pay_to: Account, *, agreed: bool = False) -> None:
    """Raises ``PayoutUnusable`` unless the rest goes to another open account of the same customer, in
    the same currency; what two must sign for goes nowhere one of them pays from alone. Where all
    ``agreed``, an account of any of them takes it.
    """
    signings = [selectors.head_of(one).signing for one in (account, pay_to)]
    if signings[0] == Signing.BOTH and signings[1] != Signing.BOTH and not agreed:
        raise PayoutUnusable
    owners = {one.pk for one in selectors.holders(account)} if agreed else {account.customer_id}
    fits = pay_to.customer_id in owners and pay_to.currency == account.currency
    is_open = pay_to.status in {AccountStatus.ACTIVE, AccountStatus.FROZEN_DEBIT, AccountStatus.DORMANT}
    if not fits or not is_open or pay_to.pk == account.pk or pay_to.role == AccountRole.POT:
        raise PayoutUnusable


def _payout(account: Account, pay_to: Account, amount: Money) -> ledger.Entry:
    return ledger.transfer(
        key=f"closing:{account.number}",
        debit=account.number,
        credit=pay_to.number,
        amount=amount,
        code="ACCOUNT_CLOSING",
        narrative="Balance of a closed account",
    )


def _summary(account: Account, pay_to: Account | None) -> str:
    rest = f", the rest to {rules.spaced(pay_to.number)}" if pay_to else ""
    return f"Close account {rules.spaced(account.number)}{rest}"


def _act(account: Account, pay_to: Account | None) -> dict[str, str]:
    to = pay_to.number if pay_to else ""
    return {"act": "CLOSE_ACCOUNT", "account": account.number, "pay_to": to}
