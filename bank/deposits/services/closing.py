"""Closing a fixed or recurring deposit before it matures: what that costs, and doing it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointAct
from bank.deposits import errors, rules, selectors
from bank.deposits.models import Deposit
from bank.deposits.rules import Ending, Status
from bank.deposits.services import asking, books
from bank.deposits.services.ending import finish, reckon
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.kernel.money import Money
from bank.products.rules import ProductKind
from bank.runtime import idempotency

CLOSED = "deposits.closed_early"


@dataclass(frozen=True, slots=True)
class EarlyClosing:
    """What closing today comes to. ``rate_pct`` is the deposit's, ``reduced_pct`` what it earns instead,
    from its beginning; ``full_interest`` and ``ending.interest`` are all interest under the one and
    the other. ``cost`` is what the customer gives up of what has been earned.
    """

    deposit: Deposit
    on: date
    months_left: int
    rate_pct: Decimal
    reduced_pct: Decimal
    full_interest: Money
    ending: Ending
    target: Account

    @property
    def cost(self) -> Money:
        return self.full_interest - self.ending.interest + self.ending.penalty

    @property
    def payout(self) -> Money:
        return self.ending.payout

    @property
    def act(self) -> dict[str, Any]:
        return {
            "act": "CLOSE_DEPOSIT",
            "deposit": self.deposit.number,
            "payout": str(self.payout),
            "cost": str(self.cost),
            "account": self.target.number,
        }

    @property
    def summary(self) -> str:
        return (
            f"Close deposit {numbering.spaced(self.deposit.number)} early: {self.payout} to account"
            f" {numbering.spaced(self.target.number)}, giving up {self.cost} of interest"
        )


def quote_early(*, deposit: Deposit) -> EarlyClosing:
    """What closing the deposit today costs; nothing is written.

    A fixed deposit earns less from its beginning, by the points its product names for the months
    left; a recurring one the share of its rate its product names. Interest paid out before and no
    longer due is taken from the deposit. Raises ``DepositOver``, ``WrongKind``, ``DepositMatures``,
    ``CoolingLock``, ``PayoutNotPossible``.
    """
    today = ledger.business_date()
    _check(deposit, today)
    target = selectors.account_to_pay(deposit)
    if target is None:
        raise errors.PayoutNotPossible(currency=deposit.currency)
    assert deposit.maturity_date is not None
    left = rules.months_left(today, deposit.maturity_date)
    reduced_pct = _reduced_rate(deposit, left)
    return EarlyClosing(
        deposit=deposit,
        on=today,
        months_left=left,
        rate_pct=deposit.annual_rate_pct,
        reduced_pct=reduced_pct,
        full_interest=_interest(deposit, today, deposit.annual_rate_pct),
        ending=reckon(deposit, _interest(deposit, today, reduced_pct)),
        target=target,
    )


def start_closing(*, user: User, deposit: Deposit) -> Challenge:
    """Asks for a code bound to closing at exactly this cost; ``close_early`` takes it."""
    accounts.require_right(user, deposit.funding_account, deposit.money)
    offered = quote_early(deposit=deposit)
    return stepup.start(user=user, act=offered.act, summary=offered.summary)


def close_early(
    *, user: User, deposit: Deposit, key: str, challenge_id: UUID | str | None, code: str
) -> tuple[Deposit | JointAct, bool]:
    """Closes a deposit before it matures and pays it out, in one database transaction; tells besides
    whether ``key`` did so before. Of an account all holders sign for, what waits for the others comes back,
    and nothing is booked.

    Debits interest payable and credits the deposit with the reduced interest, what was accrued
    beyond it goes back to the expense; then all of it goes to the payout account. Raises what
    ``quote_early`` raises, the step-up's refusals, ``CostChanged``, the ledger's, and
    ``IdempotencyConflict``; a refusal changes nothing.
    """

    def run() -> dict[str, str]:
        accounts.require_right(user, deposit.funding_account, deposit.money)
        offered = quote_early(deposit=deposit)
        stepup.confirm(user=user, challenge_id=challenge_id, act=offered.act, code=code)
        if accounts.needs_both(deposit.funding_account):
            held = deposit.funding_account
            asked = asking.ask(asking.CLOSING, user, held, offered.act, offered.summary, offered.payout)
            return {"joint": asked.reference}
        close_now(deposit, offered, user)
        return {"number": deposit.number}

    content = {"deposit": deposit.number}
    answer, replayed = idempotency.once(
        owner=f"user:{user.pk}", operation="deposits.close", key=key, content=content, run=run
    )
    if "joint" in answer:
        return accounts.joint_act(answer["joint"]), replayed
    return selectors.by_number(deposit.number), replayed


def close_for(*, deposit: Deposit, reason: str, actor: User) -> Deposit:
    """As ``close_early`` where the customer asked in person; called by the approved command."""
    close_now(deposit, quote_early(deposit=deposit), actor, reason=reason)
    return selectors.by_number(deposit.number)


def _check(deposit: Deposit, today: date) -> None:
    if deposit.status != Status.ACTIVE:
        raise errors.DepositOver(number=deposit.number)
    if deposit.maturity_date is None:
        raise errors.WrongKind(number=deposit.number, product=deposit.product.name)
    if deposit.maturity_date <= today:
        raise errors.DepositMatures(number=deposit.number, maturity=deposit.maturity_date)
    unlocked = rules.unlocked_on(selectors.rules_of(deposit), deposit.start_date)
    if today < unlocked:
        raise errors.CoolingLock(number=deposit.number, until=unlocked)


def _reduced_rate(deposit: Deposit, months_left: int) -> Decimal:
    own = selectors.rules_of(deposit)
    if deposit.kind == ProductKind.RECURRING_DEPOSIT:
        return deposit.annual_rate_pct * own.early_share_pct / 100
    return max(deposit.annual_rate_pct - own.early_points(months_left), Decimal(0))


def _interest(deposit: Deposit, until: date, rate_pct: Decimal) -> Money:
    """All interest to ``until`` as if the deposit had borne that rate from its beginning."""
    if deposit.kind == ProductKind.RECURRING_DEPOSIT:
        return selectors.recurring_interest(deposit, list(deposit.schedule.all()), until, rate_pct)
    tax_pct = selectors.withholding(until).rate_pct
    if rate_pct == deposit.annual_rate_pct:
        return selectors.earned(deposit, until, tax_pct)
    points = deposit.annual_rate_pct - rate_pct
    return rules.earned(rules.reduced(selectors.terms_of(deposit), points), until, tax_pct)


def close_now(deposit: Deposit, offered: EarlyClosing, actor: User, reason: str = "") -> None:
    """Books the end at the cost that was offered; ``CostChanged`` where it has changed meanwhile."""
    locked = books.lock(deposit)
    now = quote_early(deposit=locked)
    if (now.payout, now.cost) != (offered.payout, offered.cost):
        raise errors.CostChanged(payout=now.payout)
    said = f"{locked.product.name} closed early"
    finish(locked, now.ending, target=now.target, status=Status.CLOSED_EARLY, value_date=now.on, said=said)
    paid = {"paid": now.payout, "cost": now.cost, "to": now.target.number}
    books.record("DEPOSIT_CLOSED_EARLY", locked, actor, reason=reason, **paid)
    books.tell(CLOSED, locked, **paid)
