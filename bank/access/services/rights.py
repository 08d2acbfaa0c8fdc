"""Who may make and end a company's programs."""

from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.errors import NotAllowed


def require_manager(user: User, customer: Customer | None) -> None:
    """Whoever may send the company's money. Raises ``NotFound`` without a mandate, ``NotAllowed`` for who
    may only look.
    """
    if customer is None:
        return
    cif.mandate_for(user, customer)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="make or end programs of this company")
