"""Who closes an account ends its sweeps first; sweeps of a merged customer pass to the survivor."""

from bank.accounts import services as accounts
from bank.accounts.errors import AccountInUse
from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.cif.services import merging
from bank.liquidity import selectors
from bank.liquidity.models import Sweep


@accounts.closing_check
def no_sweep_moves_it(account: Account) -> None:
    """Raises ``AccountInUse`` while a sweep moves money from or to the account."""
    if selectors.moves(account):
        raise AccountInUse(problem="A sweep moves money from or to this account. End it first.")


@merging.mover
def move_sweeps(old: Customer, new: Customer) -> dict[str, int]:
    return {"sweeps": Sweep.objects.filter(customer=old).update(customer=new)}
