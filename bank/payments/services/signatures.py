"""How many must sign a payment, and what a payment becomes that nobody will sign any more."""

from collections.abc import Iterable, Sequence
from typing import Final

from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments.rules import PaymentStatus
from bank.payments.services.authority import Authorisation, Operator
from bank.signing import selectors as signing
from bank.signing.rules import PaymentType, State

PAYMENT: Final = "PAYMENT"
FILE: Final = "PAYMENT_FILE"

GIVEN_UP: Final = {
    State.REJECTED: PaymentStatus.REJECTED,
    State.RETURNED: PaymentStatus.CANCELLED,
    State.FAILED: PaymentStatus.REJECTED,
    State.WITHDRAWN: PaymentStatus.CANCELLED,
    State.EXPIRED: PaymentStatus.EXPIRED,
}


def needed(
    customer: Customer,
    amounts: Iterable[Money],
    allowed_by: Authorisation,
    *,
    maker: User | None = None,
    payment_type: str = "",
    accounts: Sequence[str] = (),
) -> int:
    """How many must sign: one where the bank itself acts, or between a customer's own accounts."""
    if isinstance(allowed_by, Operator):
        return 1
    return signing.needed(customer, amounts, maker=maker, payment_type=payment_type, accounts=accounts)


def type_of(rail_code: str) -> str:
    """What signing rules call a payment that leaves by this rail."""
    return PaymentType.INTERNAL if rail_code == "INTERNAL" else PaymentType.EXTERNAL
