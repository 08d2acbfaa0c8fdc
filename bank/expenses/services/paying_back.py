"""Paying back by one payment file, signed as any other; the file says what became of each expense."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db import transaction

from bank import ledger
from bank.accounts import selectors as accounts
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.expenses import rules, selectors
from bank.expenses.errors import ExpenseDecided, ExpenseUnusable
from bank.expenses.models import Expense
from bank.expenses.rules import State
from bank.expenses.services.claiming import record
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed
from bank.payments import selectors as payments
from bank.payments import services as paying
from bank.payments.batch import Payee, Payer, credit_transfers
from bank.payments.models import PaymentFile
from bank.payments.rules import FileStatus, LineStatus

_OVER: Final = (FileStatus.PAID, FileStatus.REJECTED, FileStatus.CANCELLED)


@transaction.atomic
def pay_back(
    *, user: User, customer: Customer, references: Sequence[str], account_number: str
) -> PaymentFile:
    """Makes a payment file over approved expenses; it pays once it is confirmed with a code and signed. Until
    then, and until it is given up, they wait for it, so that none is paid by two files.

    Raises ``NotFound``, ``NotAllowed``, ``ExpenseDecided``, ``ExpenseUnusable``.
    """
    cif.mandate_for(user, customer)
    if not cif.may_pay(user, customer):
        raise NotAllowed(what="pay for this company")
    settle(customer=customer)
    account = accounts.account_for(user, account_number)
    chosen = _chosen(user, customer, references)
    if account.customer_id != customer.pk or any(one.currency != account.currency for one in chosen):
        raise ExpenseUnusable(problem="Pay from an account of the company in the currency of the expenses.")
    key = f"expenses-{ids.uuid7().hex}"
    content = credit_transfers(
        message_id=key[:35],
        payer=Payer(customer.display_name, account.number, settings.BANK_BIC),
        day=ledger.business_date(),
        created_at=clock.local_now().strftime("%Y-%m-%dT%H:%M:%S"),
        payees=[_payee(one) for one in chosen],
    )
    file = paying.submit_payment_file(user=user, content=content, key=key)
    for one in chosen:
        one.state, one.file_reference = State.SENT.value, file.reference
        one.save(update_fields=["state", "file_reference"])
        record("EXPENSE_SENT", one, user)
    note_outcome(file)
    return file


@transaction.atomic
def note_outcome(file: PaymentFile) -> int:
    """What became of the expenses of a paid, rejected or given-up file; how many. Of any other: none,
    and none whose line the bank still holds.

    Safe to repeat and to race: each is moved under its lock, and only while it waits for this file.
    """
    if file.status not in _OVER:
        return 0
    waiting = Expense.objects.select_for_update(of=("self",)).order_by("pk")
    found = waiting.filter(file_reference=file.reference, state=State.SENT.value)
    expenses = list(found.exclude(reference__in=payments.under_way(file)))
    lines = file.lines.filter(
        status=LineStatus.SETTLED.value, end_to_end_id__in=[one.reference for one in expenses]
    )
    is_paid = file.status == FileStatus.PAID
    settled = set(lines.values_list("end_to_end_id", flat=True)) if is_paid else set()
    for one in expenses:
        one.state = (State.PAID if one.reference in settled else State.APPROVED).value
        one.save(update_fields=["state"])
        record(f"EXPENSE_{'PAID' if one.state == State.PAID else 'NOT_PAID'}", one, None)
    return len(expenses)


@transaction.atomic
def give_up_file(reference: str) -> int:
    """Nobody will sign the file: where it was made of expenses it is given up, and they may be paid by
    another. How many; none where it was confirmed anew meanwhile.
    """
    files = PaymentFile.objects.select_for_update(of=("self",)).select_related("uploaded_by")
    file = files.filter(reference=reference, status=FileStatus.CHECKED.value).first()
    waiting = Expense.objects.filter(file_reference=reference, state=State.SENT.value)
    if file is None or not waiting.exists():
        return 0
    return note_outcome(paying.cancel_payment_file(user=file.uploaded_by, reference=reference))


@transaction.atomic
def settle(*, customer: Customer | None = None) -> int:
    """Looks at the files of waiting expenses whose outcome is known, a company's or all. How many moved."""
    waiting = Expense.objects.filter(state=State.SENT.value)
    if customer is not None:
        waiting = waiting.filter(customer=customer)
    over = [status.value for status in _OVER]
    files = PaymentFile.objects.filter(status__in=over, reference__in=waiting.values("file_reference"))
    return sum(note_outcome(file) for file in files.order_by("pk"))


def _chosen(user: User, customer: Customer, references: Sequence[str]) -> list[Expense]:
    if not 0 < len(set(references)) <= rules.MOST_TOGETHER:
        raise ExpenseUnusable(problem="Choose 1 to 200 expenses.")
    known = [selectors.expense_for(user, customer, one) for one in sorted(set(references))]
    rows = Expense.objects.select_for_update(of=("self",)).select_related("claimed_by")
    chosen = list(rows.filter(pk__in=[one.pk for one in known]).order_by("pk"))
    for one in chosen:
        if one.state != State.APPROVED:
            raise ExpenseDecided(reference=one.reference, state=one.get_state_display().lower())
    return chosen


def _payee(expense: Expense) -> Payee:
    words = f"Expense {expense.reference} {expense.merchant}"[:140]
    return Payee(
        expense.reference, expense.account_name, expense.account_number, settings.BANK_BIC, expense.money,
        words,
    )  # fmt: skip
