"""Vendors and what they are owed. Bills are paid by one payment file, signed as any other; the file says
what became of each."""

from collections.abc import Sequence
from datetime import date
from typing import BinaryIO, Final

from django.conf import settings
from django.db import IntegrityError, transaction

from bank.accounts import selectors as accounts
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.documents import services as documents
from bank.identity.models import User
from bank.invoicing import selectors
from bank.invoicing.errors import BillNotOpen, BillUnusable
from bank.invoicing.models import Bill, Vendor
from bank.invoicing.rules import BillState
from bank.invoicing.services import trail
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.payments import rules as texts
from bank.payments import selectors as payments
from bank.payments import services as paying
from bank.payments.batch import Payee, Payer, credit_transfers
from bank.payments.models import PaymentFile
from bank.payments.rules import FileStatus, LineStatus

_MOST = 200
_OVER: Final = (FileStatus.PAID, FileStatus.REJECTED, FileStatus.CANCELLED)


@transaction.atomic
def add_vendor(*, user: User, customer: Customer, name: str, number: str, email: str = "") -> Vendor:
    """Keeps a vendor with the outcome of the name check. Raises ``NotAllowed``, the check's refusals."""
    selectors.require_write(user, customer)
    name = texts.clean_text("Name", name)
    if not name:
        raise BillUnusable(problem="Enter the vendor's name.")
    outcome, _hint = paying.check_payee(user=user, number=number, name=name)
    try:
        with transaction.atomic():
            vendor = Vendor.objects.create(
                customer=customer, name=name, number="".join(number.split()), name_check=outcome,
                email=email.strip(),
            )  # fmt: skip
    except IntegrityError:
        raise BillUnusable(problem="You have a vendor with this account already.") from None
    trail.record("VENDOR_ADDED", customer, user, str(vendor.pk), name_check=outcome)
    return vendor


@transaction.atomic
def remove_vendor(*, user: User, customer: Customer, vendor_id: int) -> None:
    selectors.require_write(user, customer)
    vendor = selectors.vendor_for(customer, vendor_id)
    vendor.removed_at = clock.now()
    vendor.save(update_fields=["removed_at"])
    trail.record("VENDOR_REMOVED", customer, user, str(vendor.pk))


@transaction.atomic
def add_bill(
    *,
    user: User,
    customer: Customer,
    vendor: Vendor,
    number: str,
    amount: Money,
    bill_date: date,
    due_date: date,
    upload: BinaryIO | None = None,
    filename: str = "",
) -> Bill:
    """Notes what a vendor is owed, with the paper where there is one. A vendor's number stands once, so a
    bill that comes twice is paid once. Raises ``NotAllowed``, ``BillUnusable``, the documents' refusals.
    """
    selectors.require_write(user, customer)
    number = texts.clean_text("End-to-end id", number)
    if not number or not amount.is_positive or due_date < bill_date or vendor.customer_id != customer.pk:
        raise BillUnusable(
            problem="A bill has a number, an amount above zero, and is due on its day or later."
        )
    bill = Bill(
        customer=customer, vendor=vendor, number=number, amount=amount.amount, currency=amount.currency,
        bill_date=bill_date, due_date=due_date, created_by=user,
    )  # fmt: skip
    try:
        with transaction.atomic():
            bill.save(force_insert=True)
    except IntegrityError:
        raise BillUnusable(problem="There is a bill of this vendor with this number already.") from None
    if upload is not None:
        paper = documents.store(
            owner=f"bill:{bill.pk}", purpose="BILL", upload=upload, filename=filename, uploaded_by=user
        )
        bill.document_id = paper.pk
        bill.save(update_fields=["document_id"])
    trail.record("BILL_ADDED", customer, user, str(bill.pk), amount=str(amount), due=str(due_date))
    return bill


@transaction.atomic
def void_bill(*, user: User, bill: Bill) -> None:
    """Takes a bill out that should not have been there. Raises ``BillNotOpen``."""
    selectors.require_write(user, bill.customer)
    locked = Bill.objects.select_for_update(of=("self",)).select_related("customer").get(pk=bill.pk)
    _require_open(locked)
    locked.state = BillState.VOID.value
    locked.save(update_fields=["state"])
    trail.record("BILL_VOIDED", locked.customer, user, str(locked.pk))


@transaction.atomic
def pay_bills(*, user: User, customer: Customer, bill_ids: Sequence[str], account_number: str) -> PaymentFile:
    """Makes a payment file over open bills, checked as any file is; it pays once it is confirmed with a code
    and signed. Until then, and until it is given up, the bills wait. Raises ``NotFound``, ``NotAllowed``,
    ``BillNotOpen``, ``BillUnusable``.
    """
    selectors.require_write(user, customer)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="pay for this company")
    settle_bills(customer=customer)
    account = accounts.account_for(user, account_number)
    bills = _chosen(customer, bill_ids)
    if account.customer_id != customer.pk or any(one.currency != account.currency for one in bills):
        raise BillUnusable(problem="Bills are paid from an account of the company in their own currency.")
    key = f"bills-{ids.uuid7().hex}"
    content = credit_transfers(
        message_id=key[:35],
        payer=Payer(customer.display_name, account.number, settings.BANK_BIC),
        day=selectors.today(),
        created_at=clock.local_now().strftime("%Y-%m-%dT%H:%M:%S"),
        payees=[_payee(one) for one in bills],
    )
    file = paying.submit_payment_file(user=user, content=content, key=key)
    Bill.objects.filter(pk__in=[one.pk for one in bills]).update(
        state=BillState.WAITING.value, file_reference=file.reference
    )
    note_outcome(file)
    trail.record("BILLS_SENT_TO_PAY", customer, user, file.reference, bills=len(bills))
    return file


@transaction.atomic
def note_outcome(file: PaymentFile) -> int:
    """What became of the bills of a paid, rejected or given-up file; how many. Of any other: none, and none
    whose line the bank still holds.

    Safe to repeat and to race: each bill is moved under its lock, and only while it waits for this file.
    """
    if file.status not in _OVER:
        return 0
    bills = list(
        Bill.objects.select_for_update()
        .filter(file_reference=file.reference, state=BillState.WAITING.value)
        .order_by("pk")
    )
    under_way = payments.under_way(file)
    bills = [bill for bill in bills if bill.pk.hex not in under_way]
    keys = [bill.pk.hex for bill in bills]
    lines = file.lines.filter(status=LineStatus.SETTLED.value, end_to_end_id__in=keys)
    settled = set(lines.values_list("end_to_end_id", flat=True)) if file.status == FileStatus.PAID else set()
    for bill in bills:
        bill.state = (BillState.PAID if bill.pk.hex in settled else BillState.OPEN).value
        bill.save(update_fields=["state"])
    return len(bills)


@transaction.atomic
def give_up_file(reference: str) -> int:
    """Nobody will sign the file: where it was made of bills it is given up, lest it pay what is open again,
    and its bills are open. How many; none where it was confirmed anew meanwhile."""
    files = PaymentFile.objects.select_for_update(of=("self",)).select_related("uploaded_by")
    file = files.filter(reference=reference, status=FileStatus.CHECKED.value).first()
    waiting = Bill.objects.filter(file_reference=reference, state=BillState.WAITING.value)
    if file is None or not waiting.exists():
        return 0
    return note_outcome(paying.cancel_payment_file(user=file.uploaded_by, reference=reference))


@transaction.atomic
def settle_bills(*, customer: Customer | None = None) -> int:
    """Looks at the files of waiting bills whose outcome is known, a company's or all: what was paid is paid,
    what was refused or given up is open again. How many were moved."""
    waiting = Bill.objects.filter(state=BillState.WAITING.value)
    if customer is not None:
        waiting = waiting.filter(customer=customer)
    over = [status.value for status in _OVER]
    files = PaymentFile.objects.filter(status__in=over, reference__in=waiting.values("file_reference"))
    return sum(note_outcome(file) for file in files.order_by("pk"))


def _chosen(customer: Customer, bill_ids: Sequence[str]) -> list[Bill]:
    if not 0 < len(set(bill_ids)) <= _MOST:
        raise BillUnusable(problem=f"Choose 1 to {_MOST} bills.")
    known = [selectors.bill_for(customer, one) for one in sorted(set(bill_ids))]
    bills = list(
        Bill.objects.select_for_update(of=("self",)).select_related("vendor")
        .filter(pk__in=[one.pk for one in known]).order_by("pk")
    )  # fmt: skip
    if not bills:
        raise NotFound(what="bill")
    for bill in bills:
        _require_open(bill)
    return bills


def _payee(bill: Bill) -> Payee:
    words = f"Bill {bill.number}"
    return Payee(bill.pk.hex, bill.vendor.name, bill.vendor.number, settings.BANK_BIC, bill.money, words)


def _require_open(bill: Bill) -> None:
    if bill.state != BillState.OPEN:
        raise BillNotOpen(number=bill.number, state=bill.get_state_display().lower())
