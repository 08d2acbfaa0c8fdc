"""What follows from facts about customers: the keys and apps of one merged open the survivor's accounts."""

from bank.access.models import ApiKey, App
from bank.cif.models import Customer
from bank.cif.services import merging


@merging.mover
def move_keys(old: Customer, new: Customer) -> dict[str, int]:
    """They were given for the accounts that pass; it is their user's mandate that bounds them, as before."""
    return {
        "api_keys": ApiKey.objects.filter(customer=old).update(customer=new),
        "apps": App.objects.filter(customer=old).update(customer=new),
    }
