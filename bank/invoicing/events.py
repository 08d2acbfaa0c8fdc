"""Subscribers: money that came in is matched, debtors get their mail. Safe to repeat."""

import re
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from bank.cif.errors import MergeRefused
from bank.cif.models import Customer
from bank.cif.services import merging
from bank.invoicing import services
from bank.invoicing.models import (
    Bill,
    Debtor,
    Invoice,
    Receipt,
    Recurrence,
    ReminderRule,
    Seller,
    Vendor,
)
from bank.invoicing.rules import Kind, State
from bank.invoicing.services.issuing import ISSUED
from bank.invoicing.services.reminding import REMINDED
from bank.payments.errors import FileMadeHere
from bank.payments.models import PaymentFile, PaymentOrder
from bank.payments.models.networks import IncomingPayment
from bank.payments.services.file_lines import before_retry
from bank.payments.services.file_release import LINE_TOPIC, PAID_TOPIC
from bank.payments.services.networks.arrivals import RECEIVED_TOPIC
from bank.payments.services.networks.asked_back import GIVEN_BACK_TOPIC
from bank.payments.services.signatures import FILE
from bank.payments.services.transfers import SETTLED_TOPIC
from bank.payments.services.waiting import before_paying
from bank.runtime import formats, outbox, topics
from bank.signing.models import Approval
from bank.signing.rules import State as SigningState
from bank.signing.services import DECIDED

_BILL: Final = re.compile("[0-9a-f]{32}")
_UNSIGNED = [one.value for one in (SigningState.REJECTED, SigningState.WITHDRAWN, SigningState.EXPIRED)]

topics.declare(
    ISSUED, "A company's invoice was issued.", order=("invoice", "invoice_id"), invoice_id=topics.UUID
)
topics.declare(
    REMINDED,
    "A reminder of a company's invoice goes to its debtor.",
    order=("invoice", "invoice_id"),
    invoice_id=topics.UUID,
    days=topics.NUMBER,
)


@outbox.subscriber(SETTLED_TOPIC)
def look_at_payment(_message_id: UUID, payload: dict[str, Any]) -> None:
    """A payment that was settled may be for an invoice."""
    paid = PaymentOrder.objects.filter(reference=payload["reference"]).values("creditor_account")
    _collect(Seller.objects.filter(account__in=paid))


@outbox.subscriber(RECEIVED_TOPIC)
def look_at_arrival(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Money from another bank may be for an invoice."""
    came = IncomingPayment.objects.filter(reference=payload["reference"]).values("creditor_account")
    _collect(Seller.objects.filter(account__in=came))


@outbox.subscriber(GIVEN_BACK_TOPIC)
def look_at_money_gone(_message_id: UUID, payload: dict[str, Any]) -> None:
    """Money that went back to its payer's bank pays no invoice any more; by now its owner may be another."""
    payment = IncomingPayment.objects.get(reference=payload["reference"])
    held = Receipt.objects.filter(reference=payment.reference).values("account_number")
    _collect(Seller.objects.filter(Q(account=payment.creditor_account_id) | Q(account__number__in=held)))


@outbox.subscriber(LINE_TOPIC)
@outbox.subscriber(PAID_TOPIC)
def look_at_file(_message_id: UUID, payload: dict[str, Any]) -> None:
    """A file may pay invoices of sellers here, and be about bills."""
    file = PaymentFile.objects.filter(reference=payload["reference"]).first()
    if file is not None:
        services.note_outcome(file)
        _collect(Seller.objects.filter(account__in=file.lines.values("creditor_account")))


before_paying(services.still_owed)


@outbox.subscriber(DECIDED)
def look_at_refused_file(_message_id: UUID, payload: dict[str, Any]) -> None:
    """A file nobody will sign: its bills are open again. One returned to its maker may still be confirmed."""
    asked = Approval.objects.filter(reference=payload["reference"], kind=FILE, state__in=_UNSIGNED).first()
    if asked is not None:
        services.give_up_file(asked.subject)


@before_retry
def leave_bills(file: PaymentFile, unpaid: frozenset[str]) -> None:
    """What a file did not pay of bills is open again: it is paid by another file from there, or by two."""
    keys = [one for one in unpaid if _BILL.fullmatch(one)]
    if Bill.objects.filter(customer=file.customer, pk__in=keys).exists():
        raise FileMadeHere(what=_("bills"))


@outbox.subscriber(ISSUED)
def send_invoice(_message_id: UUID, payload: dict[str, Any]) -> None:
    invoice = Invoice.objects.get(pk=payload["invoice_id"])
    if invoice.debtor_email:
        what = _("Credit note") if invoice.kind == Kind.CREDIT_NOTE else _("Invoice")
        _send(invoice, "issued", f"{what} {invoice.number}")


@outbox.subscriber(REMINDED)
def send_reminder(_message_id: UUID, payload: dict[str, Any]) -> None:
    """What was paid meanwhile is not asked for."""
    invoice = Invoice.objects.get(pk=payload["invoice_id"])
    if invoice.state == State.ISSUED and invoice.open_money.is_positive:
        _send(invoice, "reminder", _("Reminder of invoice %(number)s") % {"number": invoice.number})


_BOOK = (Seller, Debtor, Invoice, Receipt, Recurrence, ReminderRule, Vendor, Bill)


@merging.mover
def move_invoicing(old: Customer, new: Customer) -> dict[str, int]:
    """The whole book passes. Numbers are the seller's own, so two books never become one: raises
    ``MergeRefused`` where both companies keep one, and nothing of the merge is done."""
    if not _keeps_book(old):
        return {}
    if _keeps_book(new):
        raise MergeRefused(problem="Both companies keep invoices or bills. Two such books cannot become one.")
    return {table._meta.db_table: table.objects.filter(customer=old).update(customer=new) for table in _BOOK}


def _keeps_book(customer: Customer) -> bool:
    return any(table.objects.filter(customer=customer).exists() for table in _BOOK)


def _collect(sellers: Any) -> None:
    for seller in sellers.select_related("customer"):
        services.collect(customer=seller.customer)


def _send(invoice: Invoice, template: str, subject: str) -> None:
    content = {
        "invoice": invoice,
        "seller": invoice.seller_name,
        "total": formats.money(invoice.total),
        "open": formats.money(invoice.open_money),
        "due": formats.day(invoice.due_date) if invoice.due_date else "",
        "address": f"{settings.PUBLIC_URL}/sme/pay/{invoice.token}/",
        "bank_name": settings.BANK_NAME,
        "is_credit_note": invoice.kind == Kind.CREDIT_NOTE,
    }
    body = render_to_string(f"email/invoicing/{template}.txt", content)
    EmailMessage(subject=f"{invoice.seller_name}: {subject}", body=body, to=[invoice.debtor_email]).send()
