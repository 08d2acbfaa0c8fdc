"""What becomes of a company's trail when it is merged."""

from bank.cif.models import Customer
from bank.cif.services import merging
from bank.trail.models import Act


@merging.mover
def move_acts(old: Customer, new: Customer) -> dict[str, int]:
    return {"acts in the trail": Act.objects.filter(customer=old).update(customer=new)}
