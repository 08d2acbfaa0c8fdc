"""What follows from facts about customers: the accounts of one merged pass to the survivor."""

from bank.accounts.models import Account
from bank.cif.models import Customer
from bank.cif.services import merging


@merging.mover
def move_accounts(old: Customer, new: Customer) -> dict[str, int]:
    """Accounts keep number, bookings and balance; only whose they are changes."""
    return {"accounts": Account.objects.filter(customer=old).update(customer=new)}
