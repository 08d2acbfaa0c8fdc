"""Pots: money put aside under an account, moved in and out at once, never paid to anybody else from there."""

from datetime import date

from django.db import transaction

from bank import ledger
from bank.accounts import postings, rules, selectors
from bank.accounts.errors import AccountClosed, AccountInUse, PotUnusable
from bank.accounts.models import Account, JointAct, Pot
from bank.accounts.rules import AccountRole, AccountStatus
from bank.accounts.services import agreeing, closing, contracts, numbering, trail
from bank.identity.models import User
from bank.kernel.money import Money
from bank.runtime import idempotency


def open_pot(
    *, user: User, number: str, name: str, key: str, goal: Money | None = None, target: date | None = None
) -> Pot | JointAct:
    """Opens an empty pot under one of the user's accounts, at the account's own terms; where all holders
    sign, what waits for the others is returned.

    The same ``key`` and content answer with the same pot. Raises ``NotFound``,
    ``MandateForbidsPayments``, ``PotUnusable``, ``AccountClosed``, ``BothMustSign`` where another holder
    has nobody who could say yes here, ``IdempotencyConflict``.
    """
    account = _own(user, number)
    line = rules.check_pot(name, _in(account, goal), target, today=ledger.business_date())
    content = {"account": account.number, "name": line, "goal": str(goal), "target": str(target)}

    def run() -> dict[str, str]:
        if selectors.needs_both(account):
            _check_room(account)
            act = {"account": account.number, "name": line, "goal": goal, "target": target}
            said = f"Open the pot {line}"
            return {"asked": agreeing.ask(agreeing.POT_OPENING, user, account, said, act).reference}
        return {"number": _open(user, account, line, goal, target).account.number}

    answer, _ = idempotency.once(
        owner=account.customer.cif, operation="accounts.open_pot", key=key, content=content, run=run
    )
    if "asked" in answer:
        return selectors.joint_act(answer["asked"])
    return selectors.pots().get(account__number=answer["number"])


@agreeing.does(agreeing.POT_OPENING)
def _open_agreed(asked: JointAct) -> None:
    account, act = _own(asked.maker, asked.act["account"]), asked.act
    target = date.fromisoformat(act["target"]) if act["target"] else None
    _open(asked.maker, account, act["name"], agreeing.money_in(act["goal"]), target)


def _open(user: User, account: Account, name: str, goal: Money | None, target: date | None) -> Pot:
    locked = Account.objects.select_for_update().get(pk=account.pk)
    _check_room(locked)
    part = numbering.open_part(locked, AccountRole.POT, locked.currency, name)
    pot = Pot.objects.create(account=part, goal=goal.amount if goal else None, target_date=target)
    trail.record("POT_OPENED", account, user, pot=part.number)
    return pot


def _check_room(account: Account) -> None:
    if account.role == AccountRole.POT or account.status != AccountStatus.ACTIVE:
        raise PotUnusable(problem="Pots are opened under an account that is in use, not under a pot.")
    if selectors.pots_of(account).count() >= rules.MOST_POTS:
        raise PotUnusable(problem="An account has at most 20 pots. Close one first.")


def move_in(*, user: User, number: str, amount: Money, key: str) -> Pot | JointAct:
    """Puts money aside: debits the account, credits its pot, in the user's name; where all holders sign,
    what waits for the others is returned and nothing moves.

    Raises ``NotFound``, ``MandateForbidsPayments``, ``MandateLimitExceeded``, ``PotUnusable``, and
    the ledger's refusals (``InsufficientFunds``, ``AccountFrozen``).
    """
    return _move(user, number, amount, key, is_in=True)


def move_out(*, user: User, number: str, amount: Money, key: str) -> Pot | JointAct:
    """Takes money back: debits the pot, credits the account it belongs to. Raises as ``move_in`` does."""
    return _move(user, number, amount, key, is_in=False)


def _move(user: User, number: str, amount: Money, key: str, *, is_in: bool) -> Pot | JointAct:
    pot = selectors.pot_for(user, number)
    if not amount.is_positive or amount.currency != pot.account.currency:
        raise PotUnusable(problem="Move an amount above zero, in the account's currency.")
    selectors.require_right(user, pot.head, amount)
    if not selectors.needs_both(pot.head):
        return _book(user, pot, amount, f"pot:{user.pk}:{key}", is_in=is_in)
    act = {"pot": pot.account.number, "amount": amount, "is_in": is_in}

    def run() -> dict[str, str]:
        said = f"Put {amount} into the pot {pot.account.nickname}" if is_in else _taking(amount, pot)
        return {"asked": agreeing.ask(agreeing.POT_MOVE, user, pot.head, said, act, amount).reference}

    content = {**act, "amount": str(amount)}
    answer, _ = idempotency.once(
        owner=f"user:{user.pk}", operation="accounts.move_pot", key=key, content=content, run=run
    )
    return selectors.joint_act(answer["asked"])


def _taking(amount: Money, pot: Pot) -> str:
    return f"Take {amount} back from the pot {pot.account.nickname}"


@agreeing.does(agreeing.POT_MOVE)
def _move_agreed(asked: JointAct) -> None:
    pot, amount = selectors.pot_for(asked.maker, asked.act["pot"]), asked.money
    assert amount is not None
    _book(asked.maker, pot, amount, f"pot:joint:{asked.reference}", is_in=asked.act["is_in"])


@transaction.atomic
def _book(user: User, pot: Pot, amount: Money, key: str, *, is_in: bool) -> Pot:
    entry = postings.pot_moved(
        key=key,
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
    selectors.require_right(user, pot.head, Money.zero(pot.account.currency))
    line = rules.check_pot(name, _in(pot.account, goal), target, today=ledger.business_date())
    contracts.rename(account=pot.account, nickname=line, actor=user)
    pot.goal, pot.target_date = (goal.amount if goal else None), target
    pot.save(update_fields=["goal", "target_date"])
    return pot


@transaction.atomic
def close_pot(*, user: User, number: str) -> Money | JointAct:
    """Settles the pot's interest, moves what is in it back and closes it. Returns what came back, or, where
    all holders sign, what waits for the others.

    Raises ``NotFound``, the mandate's refusals, ``AccountClosed``, ``AccountIsFrozen``.
    """
    pot = selectors.pot_for(user, number)
    selectors.require_right(user, pot.head, Money.zero(pot.account.currency))
    if selectors.needs_both(pot.head):
        closing.preview_closing(account=pot.account, pay_to=pot.head, agreed=True)
        said = f"Close the pot {pot.account.nickname}; what is in it comes back to the account"
        return agreeing.ask(agreeing.POT_CLOSING, user, pot.head, said, {"pot": pot.account.number})
    return _close(user, pot)


@agreeing.does(agreeing.POT_CLOSING)
def _close_agreed(asked: JointAct) -> None:
    _close(asked.maker, selectors.pot_for(asked.maker, asked.act["pot"]))


def _close(user: User, pot: Pot) -> Money:
    done = closing.close_with_payout(
        account=pot.account, reason="Closed by its owner", pay_to=pot.head, actor=user, agreed=True
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
    selectors.require_right(user, account, Money.zero(account.currency))
    if account.status == AccountStatus.CLOSED:
        raise AccountClosed(number=account.number)
    return account


def _in(account: Account, goal: Money | None) -> Money | None:
    if goal is not None and goal.currency != account.currency:
        raise PotUnusable(problem="A goal is in the account's own currency.")
    return goal
