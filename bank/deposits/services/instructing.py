"""What shall become of a deposit at maturity, and where its money shall go."""

from django.db import transaction

from bank.accounts import selectors as accounts
from bank.accounts.errors import BothMustSign
from bank.accounts.models import Account
from bank.deposits import errors
from bank.deposits.models import Deposit
from bank.deposits.rules import Instruction, Status
from bank.deposits.services import books
from bank.deposits.services.opening import payout_account
from bank.identity.models import User
from bank.kernel.errors import InvalidInput
from bank.products.rules import ProductKind


@transaction.atomic
def change_instruction(
    *, deposit: Deposit, instruction: str, payout_number: str = "", actor: User, for_customer: bool = True
) -> Deposit:
    """Changes the instruction, and the account to be paid to where ``payout_number`` names one.

    Possible until the deposit matures; the books are not touched. ``for_customer`` is False where
    a member of staff does it at the customer's wish. Raises ``MandateForbidsPayments``,
    ``DepositOver``, ``InstructionNotPossible``, ``PayoutNotPossible``, ``InvalidInput``, ``BothMustSign``
    where money of an account all its holders sign for would go where one pays alone, or others sign.
    """
    if for_customer:
        accounts.require_right(actor, deposit.funding_account, deposit.money)
    if instruction not in set(Instruction):
        raise InvalidInput(problem="At maturity: NONE, PRINCIPAL or PRINCIPAL_AND_INTEREST.")
    locked = books.lock(deposit, Status.ACTIVE, Status.HELD)
    if instruction != Instruction.NONE and locked.kind != ProductKind.FIXED_DEPOSIT:
        raise errors.InstructionNotPossible(product=locked.product.name)
    locked.instruction = instruction
    if payout_number:
        locked.payout_account = payout_account(locked.funding_account, payout_number)
        if for_customer:
            _stay_together(locked.funding_account, locked.payout_account)
    locked.save(update_fields=["instruction", "payout_account"])
    books.record(
        "DEPOSIT_INSTRUCTED", locked, actor, instruction=instruction, payout=locked.payout_account.number
    )
    return locked


def _stay_together(funding: Account, payout: Account) -> None:
    """Raises ``BothMustSign`` where a holder of ``funding`` would have no say in ``payout`` any more."""
    if not accounts.needs_both(funding):
        return
    left_out = set(accounts.holders(funding)) - set(accounts.holders(payout))
    if left_out or not accounts.needs_both(payout):
        raise BothMustSign(number=funding.number)
