"""Drafts: made and thrown away; nothing about them is final, and they have no number."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from bank.cif.models import Customer
from bank.identity.models import User
from bank.invoicing import rules, selectors
from bank.invoicing.errors import InvoiceNotDraft, InvoiceUnusable
from bank.invoicing.models import Debtor, Invoice, InvoiceLine
from bank.invoicing.rules import State
from bank.invoicing.services import trail
from bank.kernel.money import Money
from bank.payments import rules as texts


@dataclass(frozen=True, slots=True)
class LineAsked:
    """A line as it is wanted. ``unit_price`` is without tax."""

    description: str
    quantity: Decimal
    unit_price: Money
    vat_code: str = "STANDARD"


@transaction.atomic
def draft_invoice(
    *,
    user: User,
    customer: Customer,
    debtor: Debtor,
    lines: Sequence[LineAsked],
    terms_days: int | None = None,
    note: str = "",
) -> Invoice:
    """A draft with its sums, in the currency of the account invoices are paid to. Moves nothing.

    Raises ``NotAllowed``, ``SellerNotSet``, ``InvoiceUnusable``, ``VatRateUnknown``.
    """
    selectors.require_write(user, customer)
    seller = selectors.require_seller(customer)
    if debtor.customer_id != customer.pk:
        raise InvoiceUnusable(problem="Choose one of your customers.")
    invoice = Invoice(
        customer=customer,
        debtor=debtor,
        currency=seller.account.currency,
        terms_days=seller.terms_days if terms_days is None else terms_days,
        note=texts.clean_text("Remittance", note),
        created_by=user,
    )
    fill(invoice, lines)
    trail.record("INVOICE_DRAFTED", customer, user, str(invoice.pk), total=str(invoice.total))
    return invoice


def fill(invoice: Invoice, lines: Sequence[LineAsked]) -> None:
    """Stores a new document with its lines and their sums."""
    if not 0 < len(lines) <= rules.MOST_LINES:
        raise InvoiceUnusable(problem=f"An invoice has 1 to {rules.MOST_LINES} lines.")
    rows = [_row(invoice, position, asked) for position, asked in enumerate(lines, 1)]
    invoice.net = sum((row.net for row in rows), Decimal(0))
    invoice.vat = sum((row.vat for row in rows), Decimal(0))
    invoice.gross = invoice.net + invoice.vat
    if invoice.gross <= 0:
        raise InvoiceUnusable(problem="The invoice comes to nothing. Enter a price.")
    invoice.save(force_insert=True)
    InvoiceLine.objects.bulk_create(rows)


@transaction.atomic
def discard_draft(*, user: User, invoice: Invoice) -> None:
    """Throws a draft away. Raises ``InvoiceNotDraft`` for anything else."""
    selectors.require_write(user, invoice.customer)
    locked = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if locked.state != State.DRAFT:
        raise InvoiceNotDraft(number=locked.number)
    locked.lines.all().delete()
    locked.delete()
    trail.record("INVOICE_DISCARDED", invoice.customer, user, str(invoice.pk))


def _row(invoice: Invoice, position: int, asked: LineAsked) -> InvoiceLine:
    description = texts.clean_text("Remittance", asked.description)
    if not description:
        raise InvoiceUnusable(problem="Say on each line what it is for.")
    if asked.unit_price.currency != invoice.currency:
        raise InvoiceUnusable(problem="All prices are in the currency of your account.")
    percent = selectors.vat_percent(asked.vat_code, selectors.today())
    sums = rules.line_sums(asked.quantity, asked.unit_price, percent)
    return InvoiceLine(
        invoice=invoice,
        position=position,
        description=description,
        quantity=asked.quantity,
        unit_price=asked.unit_price.amount,
        vat_code=asked.vat_code,
        vat_percent=percent,
        net=sums.net.amount,
        vat=sums.vat.amount,
    )
