"""Pots: money put aside under an account, moved in and out at once, never paid to anybody else from there."""

from datetime import date

from django.db import transaction

from bank import ledger
from bank.accounts import postings, rules, selectors
from bank.accounts.errors import AccountClosed, AccountInUse, PotUnusable
from bank.accounts.models import Account, Pot
from bank.accounts.rules import AccountRole, AccountStatus
from bank.accounts.services import closing, contracts, numbering, trail
from bank.identity.models import User
from bank.kernel.money import Money
from bank.runtime import idempotency


def open_pot(
    *, user: User, number: str, name: str, key: str, goal: Money | None = None, target: date | None = None
) -> Pot:
    """Opens an empty pot under one of the user's accounts, at the account's own terms.

    The same ``key`` and content answer with the same pot. Raises ``NotFound``,
    ``MandateForbidsPayments``, ``PotUnusable``, ``AccountClosed``, ``IdempotencyConflict``.
    """
    account = _own(user, number)
    line = rules.check_pot(name, _in(account, goal), target, today=ledger.business_date())
    content = {"account": account.number, "name": line, "goal": str(goal), "target": str(target)}

    def run() -> dict[str, str]:
        pot = _open(account, line, goal, target)
        trail.record("POT_OPENED", account, user, pot=pot.account.number)
        return {"number": pot.account.number}

    answer, _ = idempotency.once(
        owner=account.customer.cif, operation="accounts.open_pot", key=key, content=content, run=run
    )
    return selectors.pots().get(account__number=answer["number"])


def _open(account: Account, name: str, goal: Money | None, target: date | None) -> Pot:
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if locked.role == AccountRole.POT or locked.status != AccountStatus.ACTIVE:
        raise PotUnusable(problem="Pots are opened under an account that is in use, not under a pot.")
    if selectors.pots_of(account).count() >= rules.MOST_POTS:
        raise PotUnusable(problem="An account has at most 20 pots. Close one first.")
    part = numbering.open_part(locked, AccountRole.POT, locked.currency, name)
    return Pot.objects.create(account=part, goal=goal.amount if goal else None, target_date=target)


def move_in(*, user: User, number: str, amount: Money, key: str) -> Pot:
    """Puts money aside: debits the account, credits its pot, in the user's name.

    Raises ``NotFound``, ``MandateForbidsPayments``, ``MandateLimitExceeded``, ``PotUnusable``, and
    the ledger's refusals (``InsufficientFunds``, ``AccountFrozen``).
    """
    return _move(user, number, amount, key, is_in=True)


def move_out(*, user: User, number: str, amount: Money, key: str) -> Pot:
    """Takes money back: debits the pot, credits the account it belongs to. Raises as ``move_in`` does."""
    return _move(user, number, amount, key, is_in=False)


@transaction.atomic
def _move(user: User, number: str, amount: Money, key: str, *, is_in: bool) -> Pot:
    pot = selectors.pot_for(user, number)
    if not amount.is_positive or amount.currency != pot.account.currency:
        raise PotUnusable(problem="Move an amount above zero, in the account's currency.")
    selectors.require_debit(user, pot.head, amount)
    entry = postings.pot_moved(
        key=f"pot:{user.pk}:{key}",
        account=pot.head.number,
        pot=pot.account.number,
        amount=amount,
        name=pot.account.nickname,
        is_in=is_in,
    )
    if not ledger.post(entry).replayed:
        trail.record("POT_MOVED", pot.account, user, amount=str(amount), into=is_in)
    return pot


@transaction.atomic
def change_pot(
    *, user: User, number: str, name: str, goal: Money | None = None, target: date | None = None
) -> Pot:
    """Another name, goal or day. The books are not touched. Raises ``NotFound``, ``PotUnusable``."""
    pot = selectors.pot_for(user, number)
    selectors.require_debit(user, pot.head, Money.zero(pot.account.currency))
    line = rules.check_pot(name, _in(pot.account, goal), target, today=ledger.business_date())
    contracts.rename(account=pot.account, nickname=line, actor=user)
    pot.goal, pot.target_date = (goal.amount if goal else None), target
    pot.save(update_fields=["goal", "target_date"])
    return pot


@transaction.atomic
def close_pot(*, user: User, number: str) -> Money:
    """Settles the pot's interest, moves what is in it back and closes it. Returns what came back.

    Raises ``NotFound``, the mandate's refusals, ``AccountClosed``, ``AccountIsFrozen``.
    """
    pot = selectors.pot_for(user, number)
    selectors.require_debit(user, pot.head, Money.zero(pot.account.currency))
    done = closing.close_with_payout(
        account=pot.account, reason="Closed by its owner", pay_to=pot.head, actor=user
    )
    return done.paid_out


@contracts.closing_check
def _refuse_with_pots(account: Account) -> None:
    """An account is closed after its pots and its other currencies."""
    parts = account.children.exclude(status=AccountStatus.CLOSED.value).order_by("pk")
    if first := parts.first():
        raise AccountInUse(
            problem=f"Close {first.nickname or first.currency} first: it belongs to this account."
        )


def _own(user: User, number: str) -> Account:
    account = selectors.account_for(user, number)
    selectors.require_debit(user, account, Money.zero(account.currency))
    if account.status == AccountStatus.CLOSED:
        raise AccountClosed(number=account.number)
    return account


def _in(account: Account, goal: Money | None) -> Money | None:
    if goal is not None and goal.currency != account.currency:
        raise PotUnusable(problem="A goal is in the account's own currency.")
    return goal
