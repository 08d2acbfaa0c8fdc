"""Issuing: a number without a gap, a reference to pay with, a link; from then on nothing changes."""

import secrets
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from bank.identity.models import User
from bank.invoicing import rules, selectors
from bank.invoicing.errors import InvoiceNotDraft, SellerNotSet
from bank.invoicing.models import Invoice, Seller
from bank.invoicing.rules import Kind, State
from bank.invoicing.services import trail
from bank.runtime import outbox

ISSUED: Final = "invoicing.issued"


@transaction.atomic
def issue(*, user: User, invoice: Invoice) -> Invoice:
    """Issues a draft, dated the bank's open day. The number is taken under the lock of the seller's row in
    the same database transaction, so numbers have no gap. Mail goes to the debtor where an address is
    known. Raises ``NotAllowed``, ``InvoiceNotDraft``.
    """
    selectors.require_write(user, invoice.customer)
    return issue_on(invoice, selectors.today(), user)


def issue_on(invoice: Invoice, day: date, actor: User | None) -> Invoice:
    """As ``issue``, for the bank's own work. Locks the seller, then the invoice."""
    seller = Seller.objects.select_for_update(of=("self",)).filter(customer_id=invoice.customer_id).first()
    if seller is None:
        raise SellerNotSet
    locked = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("debtor", "customer")
        .get(pk=invoice.pk)
    )
    if locked.state != State.DRAFT:
        raise InvoiceNotDraft(number=locked.number)
    _number(locked, seller)
    _fix(locked, seller, day)
    locked.save()
    trail.record(
        "INVOICE_ISSUED",
        locked.customer,
        actor,
        str(locked.pk),
        number=locked.number,
        total=str(locked.total),
    )
    outbox.emit(ISSUED, {"invoice_id": str(locked.pk)})
    return locked


def _number(invoice: Invoice, seller: Seller) -> None:
    counter = "last_invoice" if invoice.kind == Kind.INVOICE else "last_credit_note"
    invoice.serial = getattr(seller, counter) + 1
    setattr(seller, counter, invoice.serial)
    seller.save(update_fields=[counter])
    invoice.number = rules.number_of(invoice.kind, seller.prefix, invoice.serial)
    if invoice.kind == Kind.INVOICE:
        invoice.reference = rules.creditor_reference(invoice.customer.cif, invoice.serial)


def _fix(invoice: Invoice, seller: Seller, day: date) -> None:
    """Copies what must read the same in ten years."""
    invoice.state, invoice.issue_date = State.ISSUED.value, day
    invoice.due_date = day + timedelta(days=invoice.terms_days)
    invoice.token = secrets.token_urlsafe(24)
    invoice.account_number = seller.account.number
    invoice.seller_name, invoice.seller_tax_number = invoice.customer.display_name, seller.tax_number
    debtor = invoice.debtor
    invoice.debtor_name, invoice.debtor_email = debtor.name, debtor.email
    invoice.debtor_address, invoice.debtor_tax_number = debtor.address, debtor.tax_number
