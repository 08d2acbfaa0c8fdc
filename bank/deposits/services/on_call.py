"""Call and notice deposits: money in, notice given, money out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointAct
from bank.accounts.services.agreeing import money_in
from bank.deposits import errors, postings, rules, selectors
from bank.deposits.models import Deposit, Notice
from bank.deposits.rules import Ending, Status
from bank.deposits.services import asking, books
from bank.deposits.services.ending import finish, reckon
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.errors import InvalidAmount
from bank.kernel.money import Money, rounded
from bank.products import rules as prices
from bank.products import selectors as products
from bank.runtime import idempotency


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What taking ``amount`` out today comes to; ``early`` of it leaves before its notice has run.

    ``ending`` is there where all of it leaves: ``amount`` is then what is paid, interest included.
    """

    deposit: Deposit
    amount: Money
    early: Money
    cost: Money
    target: Account
    ending: Ending | None = None

    @property
    def act(self) -> dict[str, Any]:
        return {
            "act": "WITHDRAW_FROM_DEPOSIT",
            "deposit": self.deposit.number,
            "amount": str(self.amount),
            "cost": str(self.cost),
            "account": self.target.number,
            "all": self.ending is not None,
        }

    @property
    def summary(self) -> str:
        cost = f", at a cost of {self.cost}" if self.cost.is_positive else ""
        return (
            f"Take {self.amount} from deposit {numbering.spaced(self.deposit.number)} to account"
            f" {numbering.spaced(self.target.number)}{cost}"
        )


def start_pay_in(*, user: User, deposit: Deposit, amount: Money, account_number: str = "") -> Challenge:
    """Asks for a code bound to the sum; ``pay_in`` takes it. Raises as ``pay_in`` does."""
    source = _source(user, deposit, amount, account_number)
    act, summary = _pay_in_act(deposit, source, amount), _pay_in_summary(deposit, source, amount)
    return stepup.start(user=user, act=act, summary=summary)


def pay_in(
    *,
    user: User,
    deposit: Deposit,
    amount: Money,
    key: str,
    challenge_id: UUID | str | None,
    code: str,
    account_number: str = "",
) -> tuple[Deposit | JointAct, bool]:
    """More money into a call or notice deposit: debits the customer's account, credits the deposit. From an
    account all holders sign for, what waits for the others comes back, and nothing is booked.

    Raises ``NotFound``, ``WrongKind``, ``DepositOver``, ``InvalidAmount``, the step-up's refusals,
    the ledger's, ``IdempotencyConflict``, ``BothMustSign`` where another holder has nobody who could say yes.
    """

    def run() -> JointAct | None:
        source = _source(user, deposit, amount, account_number)
        act = _pay_in_act(deposit, source, amount)
        stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
        if accounts.needs_both(source):
            said = _pay_in_summary(deposit, source, amount)
            return asking.ask(asking.PAY_IN, user, source, act, said, amount)
        _pay_in(deposit, source, amount, f"{user.pk}:{key}", user)
        return None

    source_number = "".join(account_number.split()) or deposit.funding_account.number
    return _once(user, "deposits.pay_in", deposit, amount, key, run, account=source_number)


def pay_in_agreed(asked: JointAct, by: User) -> None:
    """Pays in what all holders agreed to; books as ``pay_in`` and raises as that does."""
    deposit, amount = selectors.deposit_for(asked.maker, asked.act["deposit"]), asked.money
    assert amount is not None
    source = _source(asked.maker, deposit, amount, asked.act["account"])
    _pay_in(deposit, source, amount, asked.reference, by)


def _pay_in(deposit: Deposit, source: Account, amount: Money, key: str, actor: User) -> None:
    locked = books.lock(deposit)
    ledger.post(
        postings.funded(
            key=f"deposit:{locked.number}:in:{key}",
            source=source.number,
            deposit=locked.number,
            amount=amount,
            narrative=locked.product.name,
        )
    )
    books.record("DEPOSIT_PAID_INTO", locked, actor, amount=amount, account=source.number)


@transaction.atomic
def give_notice(*, user: User, deposit: Deposit, amount: Money) -> Notice:
    """Says that ``amount`` shall leave a notice deposit; it may once the days of notice have run.

    The books are not touched. Raises ``MandateForbidsPayments``, ``DepositOver``, ``WrongKind``,
    ``InvalidAmount``, ``NoticeTooLarge``.
    """
    accounts.require_right(user, deposit.funding_account, amount)
    locked = books.lock(deposit)
    days = selectors.rules_of(locked).notice_days
    if locked.maturity_date is not None or not days:
        raise errors.WrongKind(number=locked.number, product=locked.product.name)
    _check_amount(locked, amount)
    under_notice = sum((locked.of(one.unused) for one in selectors.notices_of(locked)), amount)
    balance = ledger.balance(locked.number).booked
    if under_notice > balance:
        raise errors.NoticeTooLarge(most=balance - (under_notice - amount))
    today = ledger.business_date()
    notice = Notice.objects.create(
        deposit=locked,
        amount=amount.amount,
        unused=amount.amount,
        given_date=today,
        available_date=today + timedelta(days=days),
        given_by=user,
    )
    books.record(
        "DEPOSIT_NOTICE_GIVEN", locked, user, amount=amount, available=notice.available_date.isoformat()
    )
    return notice


def quote_withdrawal(*, deposit: Deposit, amount: Money | None = None) -> Withdrawal:
    """What taking ``amount`` out (all, without one) comes to today; nothing is written.

    What is not covered by a notice that has run costs the interest on it for the days of notice,
    where the product allows it at all. Raises ``DepositOver``, ``WrongKind``, ``InvalidAmount``,
    ``NoticeNeeded``, ``TooLittleLeft``, ``PayoutNotPossible``.
    """
    if deposit.status != Status.ACTIVE:
        raise errors.DepositOver(number=deposit.number)
    if deposit.kind not in rules.OPEN_KINDS:
        raise errors.WrongKind(number=deposit.number, product=deposit.product.name)
    target = selectors.account_to_pay(deposit)
    if target is None:
        raise errors.PayoutNotPossible(currency=deposit.currency)
    balance = ledger.balance(deposit.number).booked
    leaves = balance if amount is None else amount
    _check_amount(deposit, leaves)
    early, cost = _cost(deposit, leaves)
    if amount is None:
        end = reckon(deposit, deposit.of(deposit.accrued), cost=cost)
        return Withdrawal(deposit, end.payout, early, cost, target, end)
    _check_rest(deposit, balance - leaves - cost)
    return Withdrawal(deposit, leaves, early, cost, target)


def start_withdrawal(*, user: User, deposit: Deposit, amount: Money | None = None) -> Challenge:
    """Asks for a code bound to sum and cost; ``withdraw`` takes it. Raises as ``quote_withdrawal``."""
    offered = quote_withdrawal(deposit=deposit, amount=amount)
    asking.require(user, deposit.funding_account, offered.amount)
    return stepup.start(user=user, act=offered.act, summary=offered.summary)


def withdraw(
    *,
    user: User,
    deposit: Deposit,
    key: str,
    challenge_id: UUID | str | None,
    code: str,
    amount: Money | None = None,
) -> tuple[Deposit | JointAct, bool]:
    """Takes money out of a call or notice deposit; without ``amount`` all of it, which ends the deposit. Of
    an account all holders sign for, what waits for the others comes back, and nothing is booked.

    Debits the deposit, credits the payout account; a cost goes to the bank's income. Notices that
    have run are used up, the oldest first. Raises what ``quote_withdrawal`` raises, the step-up's
    refusals, ``CostChanged``, the ledger's, ``IdempotencyConflict``, ``BothMustSign`` where another holder
    has nobody who could say yes.
    """

    def run() -> JointAct | None:
        held, offered = deposit.funding_account, quote_withdrawal(deposit=deposit, amount=amount)
        asking.require(user, held, offered.amount)
        stepup.confirm(user=user, challenge_id=challenge_id, act=offered.act, code=code)
        if accounts.needs_both(held):
            return asking.ask(asking.WITHDRAWAL, user, held, offered.act, offered.summary, offered.amount)
        _withdraw(deposit, offered, amount, f"deposit:{deposit.number}:out:{user.pk}:{key}", user)
        return None

    return _once(user, "deposits.withdraw", deposit, amount, key, run)


def withdraw_agreed(asked: JointAct, by: User) -> None:
    """Takes out what all holders agreed to; books as ``withdraw``. Raises as that does, ``CostChanged`` where
    it would now bring less, cost more or go to another account than they agreed to.
    """
    deposit, agreed = selectors.deposit_for(asked.maker, asked.act["deposit"]), asked.money
    amount = None if asked.act["all"] else agreed
    offered, cost = quote_withdrawal(deposit=deposit, amount=amount), money_in(asked.act["cost"])
    assert agreed is not None
    assert cost is not None
    if offered.amount < agreed or offered.cost > cost or offered.target.number != asked.act["account"]:
        raise errors.CostChanged(payout=offered.amount)
    _withdraw(deposit, offered, amount, f"deposit:{deposit.number}:out:{asked.reference}", by)


def _withdraw(deposit: Deposit, offered: Withdrawal, amount: Money | None, key: str, user: User) -> None:
    locked = books.lock(deposit)
    now = quote_withdrawal(deposit=locked, amount=amount)
    if (now.amount, now.cost) != (offered.amount, offered.cost):
        raise errors.CostChanged(payout=now.amount)
    _use_notices(locked, now.amount if now.ending is None else now.ending.balance)
    said = locked.product.name
    today = ledger.business_date()
    if now.ending is not None:
        said = f"{said} closed"
        finish(locked, now.ending, target=now.target, status=Status.CLOSED, value_date=today, said=said)
    else:
        ledger.post(
            postings.withdrawn(
                key=key,
                deposit=locked.number,
                target=now.target.number,
                amount=now.amount,
                cost=now.cost,
                gl=ledger.gl,
                narrative=said,
            )
        )
    books.record("DEPOSIT_WITHDRAWN", locked, user, amount=now.amount, cost=now.cost, to=now.target.number)


def _cost(deposit: Deposit, leaves: Money) -> tuple[Money, Money]:
    """How much leaves before its notice has run, and what that costs."""
    nothing, own, today = Money.zero(deposit.currency), selectors.rules_of(deposit), ledger.business_date()
    if not own.notice_days:
        return nothing, nothing
    ripe = [deposit.of(one.unused) for one in selectors.notices_of(deposit) if one.available_date <= today]
    free = sum(ripe, nothing)
    early = max(leaves - free, nothing)
    if early.is_positive and not own.early_withdrawal:
        raise errors.NoticeNeeded(free=free, number=deposit.number)
    until = today + timedelta(days=own.notice_days)
    cost = prices.interest(selectors.tiers_of(deposit), early, today, until)
    return early, rounded(cost, deposit.currency)


def _check_rest(deposit: Deposit, rest: Money) -> None:
    terms = products.terms(deposit.product_version, deposit.currency, deposit.customer.segment)
    minimum = Money(terms.minimum_opening, deposit.currency)
    if rest < minimum:
        raise errors.TooLittleLeft(minimum=minimum)


def _check_amount(deposit: Deposit, amount: Money) -> None:
    if amount.currency != deposit.currency or not amount.is_positive:
        raise InvalidAmount(problem=f"Enter an amount above zero in {deposit.currency}.")


def _use_notices(deposit: Deposit, leaves: Money) -> None:
    left, today = leaves.amount, ledger.business_date()
    for notice in selectors.notices_of(deposit):
        if notice.available_date <= today:
            used = min(left, notice.unused)
            left, notice.unused = left - used, notice.unused - used
            notice.save(update_fields=["unused"])


def _source(user: User, deposit: Deposit, amount: Money, number: str) -> Account:
    if deposit.kind not in rules.OPEN_KINDS:
        raise errors.WrongKind(number=deposit.number, product=deposit.product.name)
    if deposit.status != Status.ACTIVE:
        raise errors.DepositOver(number=deposit.number)
    _check_amount(deposit, amount)
    source = accounts.account_for(user, number or deposit.funding_account.number)
    if source.customer_id != deposit.customer_id or source.currency != deposit.currency:
        raise errors.PayoutNotPossible(currency=deposit.currency)
    asking.require(user, source, amount)
    available = accounts.position(source).available
    if available < amount:
        raise ledger.errors.InsufficientFunds(account=source.number, available=available, needed=amount)
    return source


def _pay_in_act(deposit: Deposit, source: Account, amount: Money) -> dict[str, Any]:
    return {
        "act": "PAY_INTO_DEPOSIT",
        "deposit": deposit.number,
        "account": source.number,
        "amount": str(amount),
    }


def _pay_in_summary(deposit: Deposit, source: Account, amount: Money) -> str:
    account, into = numbering.spaced(source.number), numbering.spaced(deposit.number)
    return f"Put {amount} from account {account} into deposit {into}"


def _once(
    user: User,
    operation: str,
    deposit: Deposit,
    amount: Money | None,
    key: str,
    act: Callable[[], JointAct | None],
    **more: str,
) -> tuple[Deposit | JointAct, bool]:
    def run() -> dict[str, str]:
        asked = act()
        return {"number": deposit.number} if asked is None else {"joint": asked.reference}

    content = {"deposit": deposit.number, "amount": str(amount), **more}
    answer, replayed = idempotency.once(
        owner=f"user:{user.pk}", operation=operation, key=key, content=content, run=run
    )
    if "joint" in answer:
        return accounts.joint_act(answer["joint"]), replayed
    return selectors.by_number(deposit.number), replayed
