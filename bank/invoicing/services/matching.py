"""Money that came in and the invoices it is for. Moves no money: the ledger booked it already.

Locks in one order: seller, receipt, invoice.
"""

from typing import Any

from django.conf import settings
from django.db import transaction

from bank.accounts import selectors as accounts
from bank.accounts.selectors import StatementLine
from bank.cif.models import Customer
from bank.identity.models import User
from bank.invoicing import selectors
from bank.invoicing.errors import AllocationUndone, CreditTooLarge, ReceiptUsedUp
from bank.invoicing.models import Allocation, Invoice, Receipt, Seller
from bank.invoicing.rules import State
from bank.invoicing.services import trail
from bank.invoicing.services.ending import open_and_locked
from bank.kernel import clock
from bank.kernel.errors import NotFound
from bank.kernel.money import Money

_PAGE = 200


@transaction.atomic
def collect(*, customer: Customer) -> int:
    """Looks at what came into the seller's account since last time and matches what is certain; how many
    payments are new. What was taken from it again opens its invoices. Each line of the statement is taken
    once, however often this runs.
    """
    seller = (
        Seller.objects.select_for_update(of=("self",)).select_related("account").filter(customer=customer)
    )
    found = seller.first()
    if found is None:
        return 0
    lines = _new_lines(found)
    made = [_receipt(found, line).pk for line in lines if _is_payment(found, line)]
    if lines:
        found.seen_version = max(line.version for line in lines)
        found.save(update_fields=["seen_version"])
    for line in lines:
        if line.amount.is_negative and line.reference:
            went_back(number=found.account.number, line=line)
    for receipt in Receipt.objects.filter(pk__in=made, set_aside_at=None).order_by("version"):
        _match_what_is_certain(receipt)
    return len(made)


@transaction.atomic
def match(*, user: User, receipt: Receipt, invoice: Invoice, amount: Money | None = None) -> Allocation:
    """Says that money was for an invoice: as much of it as is open, or ``amount``.

    Raises ``NotAllowed``, ``InvoiceNotOpen``, ``ReceiptUsedUp``, ``CreditTooLarge``.
    """
    selectors.require_write(user, receipt.customer)
    if invoice.customer_id != receipt.customer_id:
        raise NotFound(what="invoice")
    return _allocate(receipt, invoice, amount, by=user, reasons=["BY_HAND"])


@transaction.atomic
def undo(*, user: User, allocation: Allocation) -> Allocation:
    """Takes a match back: the invoice is open again, the money unmatched. Raises ``AllocationUndone``."""
    receipt = Receipt.objects.select_for_update().get(pk=allocation.receipt_id)
    selectors.require_write(user, receipt.customer)
    invoice = Invoice.objects.select_for_update().get(pk=allocation.invoice_id)
    fresh = Allocation.objects.select_for_update().get(pk=allocation.pk)
    if fresh.undone_at is not None:
        raise AllocationUndone
    return _undone(fresh, receipt, invoice, user)


def _undone(fresh: Allocation, receipt: Receipt, invoice: Invoice, by: User | None) -> Allocation:
    fresh.undone_by, fresh.undone_at = by, clock.now()
    fresh.save(update_fields=["undone_by", "undone_at"])
    _move(receipt, invoice, -fresh.money)
    trail.record("MATCH_UNDONE", receipt.customer, by, str(invoice.pk), receipt=str(receipt))
    return fresh


@transaction.atomic
def went_back(*, number: str, line: StatementLine) -> int:
    """A line that took money from a seller's account again, whole and under the reference it had come with:
    it is for no invoice, so those it had paid are open again, and it is set aside. What came back later is
    another receipt. Returns how many matches were undone; safe to repeat."""
    came = Receipt.objects.select_for_update(of=("self",)).filter(
        account_number=number, reference=line.reference, amount=-line.amount.amount, version__lt=line.version
    )
    receipt = came.select_related("customer").order_by("-version").first()
    if receipt is None:
        return 0
    matches = list(receipt.allocations.filter(undone_at=None).order_by("invoice_id"))
    for one in matches:
        invoice = Invoice.objects.select_for_update().get(pk=one.invoice_id)
        _undone(one, receipt, invoice, None)
    if receipt.set_aside_at is None:
        receipt.set_aside_at = clock.now()
        receipt.save(update_fields=["set_aside_at"])
    return len(matches)


@transaction.atomic
def set_aside(*, user: User, receipt: Receipt) -> None:
    """Says that the money, or what is left of it, is for no invoice; said again, that it may be for one."""
    selectors.require_write(user, receipt.customer)
    locked = Receipt.objects.select_for_update().get(pk=receipt.pk)
    locked.set_aside_at = None if locked.set_aside_at else clock.now()
    locked.save(update_fields=["set_aside_at"])
    trail.record("RECEIPT_SET_ASIDE", receipt.customer, user, str(locked), aside=bool(locked.set_aside_at))


def _match_what_is_certain(receipt: Receipt) -> None:
    """Where exactly one invoice is certain; two that both are make a question for a person."""
    guesses = selectors.guesses(receipt, selectors.open_invoices(receipt.customer))
    certain = [one for one in guesses if one[1].is_certain]
    if len(certain) == 1:
        invoice, guess = certain[0]
        _allocate(receipt, invoice, None, by=None, reasons=list(guess.reasons))


def _allocate(
    receipt: Receipt, invoice: Invoice, amount: Money | None, *, by: User | None, reasons: list[str]
) -> Allocation:
    locked = Receipt.objects.select_for_update(of=("self",)).select_related("customer").get(pk=receipt.pk)
    owed = open_and_locked(invoice)
    money = amount or min(locked.left, owed.open_money)
    if not money.is_positive or money > locked.left:
        raise ReceiptUsedUp(left=locked.left)
    if money > owed.open_money:
        raise CreditTooLarge(number=owed.number, left=owed.open_money)
    made = Allocation.objects.create(
        receipt=locked, invoice=owed, amount=money.amount, reasons=reasons, made_by=by
    )
    _move(locked, owed, money)
    detail: dict[str, Any] = {"receipt": str(locked), "amount": str(money), "reasons": reasons}
    trail.record("INVOICE_MATCHED", locked.customer, by, str(owed.pk), **detail)
    return made


def _move(receipt: Receipt, invoice: Invoice, money: Money) -> None:
    receipt.matched += money.amount
    receipt.save(update_fields=["matched"])
    invoice.paid += money.amount
    if invoice.state == State.CANCELLED and invoice.credited < invoice.gross:
        invoice.state = State.ISSUED.value
    invoice.save(update_fields=["paid", "state"])


def _new_lines(seller: Seller) -> list[StatementLine]:
    """Oldest first. The statement is read from its newest line back to where the last look ended."""
    found: list[StatementLine] = []
    before = None
    while True:
        page = accounts.statement_lines(seller.account, before=before, limit=_PAGE)
        fresh = [line for line in page if line.version > seller.seen_version]
        found += fresh
        if len(fresh) < _PAGE:
            return found[::-1]
        before = fresh[-1].version


def _is_payment(seller: Seller, line: StatementLine) -> bool:
    """Money in from somebody else: not the bank's interest, not from another account of the company."""
    if not line.amount.is_positive or line.counterparty == settings.BANK_NAME:
        return False
    own = {one.account.number for one in accounts.accounts_of(seller.customer)}
    return line.counterparty_number not in own


def _receipt(seller: Seller, line: StatementLine) -> Receipt:
    return Receipt.objects.create(
        customer=seller.customer,
        account_number=seller.account.number,
        version=line.version,
        booking_date=line.booking_date,
        amount=line.amount.amount,
        currency=line.amount.currency,
        payer_name=line.counterparty[:140],
        payer_number=line.counterparty_number[:34],
        text=line.description[:300],
        reference=line.reference[:40],
    )
