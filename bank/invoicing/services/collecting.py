"""Paying an invoice from an account here, as its pay link does: not twice, not more than is open.

Locks in one order: seller, then what the payment locks. So of two people with one link the second pays
only what the first left open, and the money is matched before either hears that it is paid.
"""

from uuid import UUID

from django.db import transaction

from bank.accounts import selectors as accounts
from bank.identity.models import Challenge, User
from bank.invoicing import reserving
from bank.invoicing.errors import CreditTooLarge, InvoiceBeingPaid, InvoicePaymentWaits
from bank.invoicing.models import Invoice, Seller
from bank.invoicing.rules import Kind
from bank.invoicing.services.ending import open_and_locked
from bank.invoicing.services.matching import collect
from bank.kernel.money import Money
from bank.payments import services as paying
from bank.payments.models import PaymentOrder


def start_paying(*, user: User, invoice: Invoice, debtor_number: str, amount: Money) -> Challenge:
    """Asks for the code of the payment; ``pay_invoice`` takes it. Raises as it does."""
    with transaction.atomic():
        _require_one(user, invoice, debtor_number)
        _require_open(invoice, amount)
    return paying.start_payment(
        user=user, debtor_number=debtor_number, creditor_number=invoice.account_number,
        creditor_name=invoice.seller_name, amount=amount,
    )  # fmt: skip


@transaction.atomic
def pay_invoice(
    *,
    user: User,
    invoice: Invoice,
    debtor_number: str,
    amount: Money,
    key: str,
    challenge_id: UUID | str | None,
    code: str,
) -> PaymentOrder:
    """Pays all or part of what is open of an invoice to the seller's account, once under ``key``; books what
    ``payments.pay`` books. A payment that waits keeps its part from others for an hour (``reserving``).
    Raises ``InvoiceNotOpen``, ``CreditTooLarge``, ``InvoiceBeingPaid``, ``InvoicePaymentWaits``, and what
    ``payments.pay`` raises.
    """
    Seller.objects.select_for_update().get(customer_id=invoice.customer_id)
    if not PaymentOrder.objects.filter(initiated_by=user, idempotency_key=key).exists():
        collect(customer=invoice.customer)
        _require_one(user, invoice, debtor_number)
        _require_open(invoice, amount)
    paid = paying.pay(
        user=user, debtor_number=debtor_number, creditor_number=invoice.account_number,
        creditor_name=invoice.seller_name, amount=amount, key=key, challenge_id=challenge_id, code=code,
        remittance=invoice.reference, end_to_end_id=invoice.number,
    )  # fmt: skip
    collect(customer=invoice.customer)
    return paid


@transaction.atomic
def still_owed(order: PaymentOrder) -> None:
    """Before a payment by the link that waited is made: what it would pay must be open still, or it would be
    paid twice. Raises ``InvoiceNotOpen``, ``CreditTooLarge``, ``InvoiceBeingPaid``."""
    invoice = Invoice.objects.select_related("customer").filter(
        account_number=order.creditor_number, number=order.end_to_end_id, reference=order.remittance,
        kind=Kind.INVOICE.value,
    ).exclude(number="").first()  # fmt: skip
    if invoice is None:
        return
    Seller.objects.select_for_update().get(customer_id=invoice.customer_id)
    collect(customer=invoice.customer)
    _require_open(invoice, order.money, but=order)


def _require_one(user: User, invoice: Invoice, debtor_number: str) -> None:
    payer = accounts.account_for(user, debtor_number).customer_id
    waiting = reserving.waiting_of(invoice, payer)
    if waiting is not None:
        raise InvoicePaymentWaits(reference=waiting.reference, number=invoice.number)


def _require_open(invoice: Invoice, amount: Money, but: PaymentOrder | None = None) -> None:
    owed = open_and_locked(invoice)
    if amount > owed.open_money:
        raise CreditTooLarge(number=owed.number, left=owed.open_money)
    reserved = reserving.under_way(owed, but=but)
    if amount > owed.open_money - reserved:
        left = max(owed.open_money - reserved, Money.zero(owed.currency))
        raise InvoiceBeingPaid(sum=reserved, number=owed.number, left=left)
