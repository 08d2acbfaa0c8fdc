"""How many must sign a payment, and what a payment becomes that nobody will sign any more."""

from collections.abc import Iterable, Sequence
from typing import Final

from bank.cif.models import Customer
from bank.cif.rules import CustomerKind
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import selectors
from bank.payments.rules import PaymentStatus
from bank.payments.services.authority import Authorisation, Operator
from bank.runtime import locks
from bank.signing import selectors as signing
from bank.signing.rules import PaymentType, State, Terms

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


def sums(user: User, customer: Customer, creditor_number: str, amount: Money) -> list[Money]:
    """What a payment of a company counts as: with what its maker paid the same creditor today without
    anybody else's signature, or a payment over the threshold would pass as many small ones.

    Takes a lock until the database transaction ends, so that parts sent at once are summed too.
    """
    if customer.kind != CustomerKind.ORGANISATION:
        return [amount]
    locks.hold_until_commit(f"signing-sum:{customer.pk}:{creditor_number}")
    return [amount + selectors.paid_alone_today(user, customer, creditor_number, amount.currency)]


def terms(
    customer: Customer, amounts: Iterable[Money], payment_type: str, accounts: Sequence[str]
) -> list[Terms]:
    """What must be signed for the sums."""
    return signing.terms_for(customer, amounts, payment_type, accounts)


def type_of(rail_code: str) -> str:
    """What signing rules call a payment that leaves by this rail."""
    return PaymentType.INTERNAL if rail_code == "INTERNAL" else PaymentType.EXTERNAL
