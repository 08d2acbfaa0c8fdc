"""Closing with everything settled: charges, what apps above owe or are owed, the rest paid out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from bank import ledger
from bank.accounts import rules, selectors
from bank.accounts.errors import PayoutUnusable
from bank.accounts.models import Account
from bank.accounts.rules import AccountRole, AccountStatus, Signing
from bank.accounts.services import contracts
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.money import Money

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
    *, account: Account, reason: str, pay_to: Account | None = None, actor: User | None = None
) -> Closing:
    """Takes charges, settles interest, pays the rest to another account of the customer, and closes.

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
        check_payout(locked, pay_to)
        ledger.post(_payout(locked, pay_to, left))
    contracts.close_account(account=locked, reason=reason, actor=actor)
    return Closing(before, left - before, left)


def preview_closing(*, account: Account, pay_to: Account | None = None) -> Closing:
    """What ``close_with_payout`` would do, done and taken back. Raises as it does."""
    try:
        with transaction.atomic():
            done = close_with_payout(account=account, reason="Preview", pay_to=pay_to)
            raise _PreviewOnly
    except _PreviewOnly:
        return done


def start_closing(*, user: User, number: str, pay_to: str) -> Challenge:
    """Asks for a code for the closing of one's own account; ``close_own`` takes it.

    Raises as ``preview_closing`` does, ``NotFound``, and the mandate's refusals.
    """
    account, payee = own_pair(user, number, pay_to)
    preview_closing(account=account, pay_to=payee)
    rest = f", the rest to {rules.spaced(payee.number)}" if payee else ""
    summary = f"Close account {rules.spaced(account.number)}{rest}"
    return stepup.start(user=user, act=_act(account, payee), summary=summary)


@transaction.atomic
def close_own(*, user: User, number: str, pay_to: str, challenge_id: Any, code: str) -> Closing:
    """Closes one's own account with the code asked for it. Raises as ``start_closing`` does, and the
    step-up's refusals.
    """
    account, payee = own_pair(user, number, pay_to)
    stepup.confirm(user=user, challenge_id=challenge_id, act=_act(account, payee), code=code)
    return close_with_payout(account=account, reason="Closed by its owner", pay_to=payee, actor=user)


def own_pair(user: User, number: str, pay_to: str) -> tuple[Account, Account | None]:
    """The account and the one the rest goes to, both the user's to pay from."""
    account = selectors.account_for(user, number)
    selectors.require_debit(user, account, Money.zero(account.currency))
    return account, selectors.account_for(user, pay_to) if pay_to else None


def check_payout(account: Account, pay_to: Account) -> None:
    """Raises ``PayoutUnusable`` unless the rest goes to another open account of the same customer, in
    the same currency; what two must sign for goes nowhere one of them pays from alone.
    """
    signings = [selectors.head_of(one).signing for one in (account, pay_to)]
    if signings[0] == Signing.BOTH and signings[1] != Signing.BOTH:
        raise PayoutUnusable
    fits = pay_to.customer_id == account.customer_id and pay_to.currency == account.currency
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


def _act(account: Account, pay_to: Account | None) -> dict[str, str]:
    to = pay_to.number if pay_to else ""
    return {"act": "CLOSE_ACCOUNT", "account": account.number, "pay_to": to}
