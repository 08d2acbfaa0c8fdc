"""How many must sign a payment, and what a payment becomes that nobody will sign any more."""

from collections.abc import Iterable
from typing import Final

from bank.cif.models import Customer
from bank.kernel.money import Money
from bank.payments.rules import PaymentStatus
from bank.payments.services.authority import Authorisation, Operator
from bank.signing import selectors as signing
from bank.signing.rules import State

PAYMENT: Final = "PAYMENT"
FILE: Final = "PAYMENT_FILE"

GIVEN_UP: Final = {
    State.REJECTED: PaymentStatus.REJECTED,
    State.FAILED: PaymentStatus.REJECTED,
    State.WITHDRAWN: PaymentStatus.CANCELLED,
    State.EXPIRED: PaymentStatus.EXPIRED,
}


def needed(customer: Customer, amounts: Iterable[Money], allowed_by: Authorisation) -> int:
    """How many must sign: one where the bank itself acts, or between a customer's own accounts."""
    return 1 if isinstance(allowed_by, Operator) else signing.needed(customer, amounts)
