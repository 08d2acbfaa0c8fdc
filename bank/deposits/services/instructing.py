"""What shall become of a deposit at maturity, and where its money shall go."""

from typing import Any, Final

from django.db import transaction

from bank.accounts import rules as numbering
from bank.accounts import selectors as accounts
from bank.accounts.models import Account, JointAct
from bank.deposits import errors, selectors
from bank.deposits.models import Deposit
from bank.deposits.rules import Instruction, Status
from bank.deposits.services import asking, books
from bank.deposits.services.opening import payout_account
from bank.identity.models import User
from bank.kernel.errors import InvalidInput
from bank.products.rules import ProductKind

_SAID: Final = {
    Instruction.NONE: "pay everything out",
    Instruction.PRINCIPAL: "renew it and pay the interest out",
    Instruction.PRINCIPAL_AND_INTEREST: "renew it with its interest",
}


@transaction.atomic
def change_instruction(
    *, deposit: Deposit, instruction: str, payout_number: str = "", actor: User, for_customer: bool = True
) -> Deposit | JointAct:
    """Changes the instruction, and the account to be paid to where ``payout_number`` names one. Of an account
    all holders sign for, what waits for the others comes back, the same where it was asked before, and
    nothing is changed.

    Possible until the deposit matures; the books are not touched. ``for_customer`` is False where
    a member of staff does it at the customer's wish. Raises ``MandateForbidsPayments``,
    ``DepositOver``, ``InstructionNotPossible``, ``PayoutNotPossible``, ``InvalidInput``, ``BothMustSign``
    where another holder has nobody who could say yes.
    """
    if for_customer:
        asking.require(actor, deposit.funding_account, deposit.money)
    locked, payout = _checked(deposit, instruction, payout_number)
    if for_customer and accounts.needs_both(locked.funding_account):
        is_new = (instruction, payout.pk) != (locked.instruction, locked.payout_account_id)
        return _ask(locked, instruction, payout, actor) if is_new else locked
    return _keep(locked, instruction, payout, actor)


def instruct_agreed(asked: JointAct, by: User) -> None:
    """Keeps the instruction all holders agreed to. Raises as ``change_instruction`` does."""
    deposit, wanted = selectors.deposit_for(asked.maker, asked.act["deposit"]), asked.act["instruction"]
    locked, payout = _checked(deposit, wanted, asked.act["payout"])
    _keep(locked, wanted, payout, by)


def _checked(deposit: Deposit, instruction: str, payout_number: str) -> tuple[Deposit, Account]:
    """The deposit under its lock, and the account it would be paid to."""
    if instruction not in set(Instruction):
        raise InvalidInput(problem="At maturity: NONE, PRINCIPAL or PRINCIPAL_AND_INTEREST.")
    locked = books.lock(deposit, Status.ACTIVE, Status.HELD)
    if instruction != Instruction.NONE and locked.kind != ProductKind.FIXED_DEPOSIT:
        raise errors.InstructionNotPossible(product=locked.product.name)
    if not payout_number:
        return locked, locked.payout_account
    return locked, payout_account(locked.funding_account, payout_number)


def _ask(deposit: Deposit, instruction: str, payout: Account, maker: User) -> JointAct:
    act: dict[str, Any] = {
        "act": "INSTRUCT_DEPOSIT",
        "deposit": deposit.number,
        "instruction": instruction,
        "payout": payout.number,
    }
    summary = (
        f"At maturity of deposit {numbering.spaced(deposit.number)}: {_SAID[Instruction(instruction)]},"
        f" paid to account {numbering.spaced(payout.number)}"
    )
    return asking.waiting(maker, asking.INSTRUCTION, act) or asking.ask(
        asking.INSTRUCTION, maker, deposit.funding_account, act, summary, deposit.money
    )


def _keep(deposit: Deposit, instruction: str, payout: Account, actor: User) -> Deposit:
    deposit.instruction, deposit.payout_account = instruction, payout
    deposit.save(update_fields=["instruction", "payout_account"])
    books.record("DEPOSIT_INSTRUCTED", deposit, actor, instruction=instruction, payout=payout.number)
    return deposit
