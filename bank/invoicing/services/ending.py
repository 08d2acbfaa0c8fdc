"""Taking back what was invoiced: a credit note, or giving up on the money."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from bank.identity.models import User
from bank.invoicing import selectors
from bank.invoicing.errors import CreditTooLarge, InvoiceNotOpen, InvoiceUnusable
from bank.invoicing.models import Invoice, Seller
from bank.invoicing.rules import Kind, State
from bank.invoicing.services import trail
from bank.invoicing.services.drafting import LineAsked, fill
from bank.invoicing.services.issuing import issue_on
from bank.kernel.money import Money
from bank.payments import rules as texts


@transaction.atomic
def credit(*, user: User, invoice: Invoice, reason: str, lines: Sequence[LineAsked] | None = None) -> Invoice:
    """Issues a credit note over lines of its own, or over the whole invoice. A credit note over all of an
    unpaid invoice cancels it. Moves no money.

    Raises ``NotAllowed``, ``InvoiceUnusable`` without a reason, ``InvoiceNotOpen``, ``CreditTooLarge``.
    """
    selectors.require_write(user, invoice.customer)
    Seller.objects.select_for_update().get(customer=invoice.customer)
    locked = open_and_locked(invoice)
    note = Invoice(
        customer=locked.customer, debtor=locked.debtor, kind=Kind.CREDIT_NOTE.value, currency=locked.currency,
        terms_days=0, note=_reason(reason), credits=locked, created_by=user,
    )  # fmt: skip
    fill(note, lines if lines is not None else _all_lines(locked))
    if note.total > locked.open_money:
        raise CreditTooLarge(number=locked.number, left=locked.open_money)
    issued = issue_on(note, selectors.today(), user)
    locked.credited += note.gross
    if locked.credited == locked.gross:
        locked.state, locked.why_closed = State.CANCELLED.value, note.note
    locked.save(update_fields=["credited", "state", "why_closed"])
    return issued


@transaction.atomic
def write_off(*, user: User, invoice: Invoice, reason: str) -> Invoice:
    """Gives up on what is still open. Raises ``NotAllowed``, ``InvoiceUnusable``, ``InvoiceNotOpen``."""
    selectors.require_write(user, invoice.customer)
    locked = open_and_locked(invoice)
    locked.state, locked.why_closed = State.WRITTEN_OFF.value, _reason(reason)
    locked.save(update_fields=["state", "why_closed"])
    trail.record(
        "INVOICE_WRITTEN_OFF", locked.customer, user, str(locked.pk), number=locked.number,
        amount=str(locked.open_money), reason=locked.why_closed,
    )  # fmt: skip
    return locked


def open_and_locked(invoice: Invoice) -> Invoice:
    """The invoice under its lock. Raises ``InvoiceNotOpen`` unless it is issued and something is open."""
    locked = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("customer", "debtor")
        .get(pk=invoice.pk)
    )
    is_open = locked.kind == Kind.INVOICE and locked.state == State.ISSUED and locked.open_money.is_positive
    if not is_open:
        state = locked.shown_on(selectors.today()).lower().replace("_", " ")
        raise InvoiceNotOpen(number=locked.number or "in draft", state=state)
    return locked


def _reason(text: str) -> str:
    words = texts.clean_text("Remittance", text)
    if not words:
        raise InvoiceUnusable(problem="Say why, in a sentence.")
    return words


def _all_lines(invoice: Invoice) -> list[LineAsked]:
    return [
        LineAsked(
            row.description, Decimal(row.quantity), Money(row.unit_price, invoice.currency), row.vat_code
        )
        for row in invoice.lines.all()
    ]
