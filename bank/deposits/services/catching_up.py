"""An instalment of a recurring deposit paid after its day, by the customer and with a code.

The penalty of one that was given up stays: it is the price of the bank having counted on the money. From
the day it comes in the instalment earns as any other, and the deposit ends with what was agreed in it.
"""

from typing import Any
from uuid import UUID

from bank import ledger
from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointAct
from bank.deposits import errors, postings, rules, selectors
from bank.deposits.models import Deposit, ScheduleLine
from bank.deposits.rules import LineStatus
from bank.deposits.services import asking, books
from bank.identity import stepup
from bank.identity.models import Challenge, User
from bank.runtime import idempotency


def start_late(*, user: User, deposit: Deposit, number: int) -> Challenge:
    """Asks for a code bound to this instalment; ``pay_late`` takes it. Raises as ``pay_late`` does."""
    line, source = prepare_late(user=user, deposit=deposit, number=number)
    return stepup.start(user=user, act=_act(deposit, line), summary=_summary(deposit, line, source))


def pay_late(
    *, user: User, deposit: Deposit, number: int, key: str, challenge_id: UUID | str | None, code: str
) -> tuple[Deposit | JointAct, bool]:
    """Takes an instalment that stayed out from the funding account into the deposit, in one entry in its
    currency on the business date; tells besides whether ``key`` did so before. From an account all holders
    sign for, what waits for the others comes back, and nothing is booked.

    Raises ``InstalmentNotDue``, ``DepositOver``, ``DepositMatures``, the mandate's refusals,
    ``BothMustSign`` where another holder has nobody who could say yes, the step-up's, the ledger's and
    ``IdempotencyConflict``: then nothing is booked.
    """

    def run() -> dict[str, str]:
        locked = books.lock(deposit)
        line, source = prepare_late(user=user, deposit=locked, number=number)
        act, amount = _act(locked, line), locked.of(line.amount)
        stepup.confirm(user=user, challenge_id=challenge_id, act=act, code=code)
        if accounts.needs_both(source):
            said = _summary(locked, line, source)
            return {"joint": asking.ask(asking.INSTALMENT, user, source, act, said, amount).reference}
        _take(locked, line, source, user)
        return {"number": locked.number}

    content = {"deposit": deposit.number, "instalment": number}
    answer, replayed = idempotency.once(
        owner=f"user:{user.pk}", operation="deposits.pay_late", key=key, content=content, run=run
    )
    if "joint" in answer:
        return accounts.joint_act(answer["joint"]), replayed
    return selectors.by_number(deposit.number), replayed


def pay_late_agreed(asked: JointAct, by: User) -> None:
    """Takes the instalment all holders agreed to; books as ``pay_late`` and raises as that does."""
    locked = books.lock(selectors.deposit_for(asked.maker, asked.act["deposit"]))
    line, source = prepare_late(user=asked.maker, deposit=locked, number=asked.act["instalment"])
    _take(locked, line, source, by)


def prepare_late(*, user: User, deposit: Deposit, number: int) -> tuple[ScheduleLine, Account]:
    """The instalment and the account it is taken from; reads only. Raises as ``pay_late`` does."""
    if deposit.status != rules.Status.ACTIVE:
        raise errors.DepositOver(number=deposit.number)
    if deposit.maturity_date is not None and deposit.maturity_date <= ledger.business_date():
        raise errors.DepositMatures(number=deposit.number, maturity=deposit.maturity_date)
    line = next((one for one in selectors.late_instalments(deposit) if one.number == number), None)
    if line is None:
        raise errors.InstalmentNotDue(number=deposit.number)
    source, amount = accounts.account_for(user, deposit.funding_account.number), deposit.of(line.amount)
    asking.require(user, source, amount)
    available = accounts.position(source).available
    if available < amount:
        raise ledger.errors.InsufficientFunds(account=source.number, available=available, needed=amount)
    return line, source


def _take(deposit: Deposit, line: ScheduleLine, source: Account, user: User) -> None:
    ledger.post(
        postings.funded(
            key=f"deposit:{deposit.number}:instalment:{line.number}",
            source=source.number,
            deposit=deposit.number,
            amount=deposit.of(line.amount),
            narrative=f"{deposit.product.name}, instalment {line.number}",
        )
    )
    line.status, line.done_date = LineStatus.PAID.value, ledger.business_date()
    line.save(update_fields=["status", "done_date"])
    books.record("DEPOSIT_INSTALMENT_PAID_LATE", deposit, user, line=line.number)


def _summary(deposit: Deposit, line: ScheduleLine, source: Account) -> str:
    return (
        f"Pay instalment {line.number} of deposit {numbering.spaced(deposit.number)}:"
        f" {deposit.of(line.amount)} from account {numbering.spaced(source.number)}"
    )


def _act(deposit: Deposit, line: ScheduleLine) -> dict[str, Any]:
    return {
        "act": "PAY_INSTALMENT",
        "deposit": deposit.number,
        "account": deposit.funding_account.number,
        "instalment": line.number,
        "amount": str(deposit.of(line.amount)),
    }
