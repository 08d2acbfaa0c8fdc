"""How many must sign a payment, and what a payment becomes that nobody will sign any more."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from bank.cif.models import Customer
from bank.cif.rules import CustomerKind
from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import selectors
from bank.payments.models import PaymentFile, PaymentFileLine
from bank.payments.rules import FileStatus, LineStatus, PaymentStatus
from bank.payments.services.authority import Authorisation, Operator
from bank.runtime import locks
from bank.signing import selectors as signing
from bank.signing.models import Approval
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
    anybody else's signature, also by files, or a payment over the threshold would pass as many small ones.

    Takes a lock until the database transaction ends, so that parts sent at once are summed too; a file, whose
    payees are many, holds the lock of all of them.
    """
    if customer.kind != CustomerKind.ORGANISATION:
        return [amount]
    locks.hold_within(_group(customer), f"{_group(customer)}:{creditor_number}")
    return [amount + _alone(user, customer, [creditor_number], amount.currency)]


def sums_of_file(user: User, file: PaymentFile, customer: Customer, amounts: Sequence[Money]) -> list[Money]:
    """What a company's file counts as: with what its maker paid its payees today without anybody else's
    signature, one by one or by other files. Takes the lock of ``sums`` for every payee."""
    if customer.kind != CustomerKind.ORGANISATION:
        return list(amounts)
    locks.hold_until_commit(_group(customer))
    lines = _by_payee(customer).filter(file=file, status=LineStatus.VALID.value)
    return [
        one + _alone(user, customer, lines.filter(currency=one.currency).values("payee"), one.currency)
        for one in amounts
    ]


def _group(customer: Customer) -> str:
    return f"signing-sum:{customer.pk}"


def _alone(user: User, customer: Customer, numbers: Any, currency: str) -> Money:
    """What a user paid creditors of these numbers today that nobody else signed."""
    signed = Approval.objects.filter(kind=FILE, state=State.APPROVED.value, customer=customer)
    gone = (LineStatus.FAULTY.value, LineStatus.EXCLUDED.value, LineStatus.REJECTED.value)
    lines = _by_payee(customer).filter(
        file__customer=customer,
        file__confirmed_by=user,
        file__confirmed_at__gte=selectors.day_began(),
        file__status__in=(FileStatus.RELEASING.value, FileStatus.PAID.value),
        currency=currency,
        payee__in=numbers,
    )
    alone = lines.exclude(status__in=gone).exclude(file__reference__in=signed.values("subject"))
    filed = alone.aggregate(total=Sum("amount"))["total"] or 0
    return selectors.paid_alone_today(user, customer, numbers, currency) + Money.of(filed, currency)


def _by_payee(customer: Customer) -> QuerySet[Any]:
    """Lines to others, by the number of who gets the money, also behind a collection number."""
    payee = Coalesce("creditor_account__number", "creditor_number")
    return PaymentFileLine.objects.exclude(creditor_account__customer=customer).annotate(payee=payee)


def terms(
    customer: Customer, amounts: Iterable[Money], payment_type: str, accounts: Sequence[str]
) -> list[Terms]:
    """What must be signed for the sums."""
    return signing.terms_for(customer, amounts, payment_type, accounts)


def type_of(rail_code: str) -> str:
    """What signing rules call a payment that leaves by this rail."""
    return PaymentType.INTERNAL if rail_code == "INTERNAL" else PaymentType.EXTERNAL
