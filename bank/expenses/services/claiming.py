"""A claim and the decision on it, which is another's."""

from datetime import date
from typing import BinaryIO, Final

from django.db import IntegrityError, transaction

from bank import ledger
from bank.audit import services as audit
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.documents import services as documents
from bank.expenses import rules, selectors
from bank.expenses.errors import ExpenseDecided, ExpenseUnusable, OwnExpense, ReceiptClaimed
from bank.expenses.models import GIVEN_UP, Expense
from bank.expenses.rules import Category, State
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.payments import rules as texts
from bank.payments import services as paying
from bank.runtime import outbox

CLAIMED_TOPIC: Final = "expenses.claimed"
DECIDED_TOPIC: Final = "expenses.decided"


@transaction.atomic
def claim(
    *,
    user: User,
    customer: Customer,
    merchant: str,
    category: Category,
    spent: date,
    amount: Money,
    vat: Money,
    account_number: str,
    account_name: str,
    upload: BinaryIO,
    filename: str,
    purpose: str = "",
) -> Expense:
    """Claims what the user paid for the company, with its receipt; another decides on it. Moves nothing.

    Raises ``NotAllowed`` for who may only look, ``ExpenseUnusable``, the name check's and the documents'
    refusals, ``ReceiptClaimed`` where the same receipt stands with another claim of the company.
    """
    selectors.require_claim(user, customer)
    rules.check(amount, vat, spent, ledger.business_date())
    seller, holder = texts.clean_text("Name", merchant), texts.clean_text("Name", account_name)
    if not seller or not holder:
        raise ExpenseUnusable(problem="Say whom you paid, and whose account it is to be paid back to.")
    number = "".join(account_number.split())
    outcome, _hint = paying.check_payee(user=user, number=number, name=holder)
    reference = ids.reference("EXP")
    paper = documents.store(
        owner=selectors.owner_of(reference), purpose="RECEIPT", upload=upload, filename=filename,
        uploaded_by=user,
    )  # fmt: skip
    made = Expense(
        reference=reference, customer=customer, claimed_by=user, merchant=seller,
        purpose=texts.clean_text("Remittance", purpose), category=category.value,
        spent_date=spent, amount=amount.amount, vat=vat.amount, currency=amount.currency,
        account_number=number, account_name=holder, name_check=outcome, document_id=paper.pk,
        receipt_digest=paper.sha256,
    )  # fmt: skip
    _keep(made)
    record("EXPENSE_CLAIMED", made, user)
    outbox.emit(CLAIMED_TOPIC, {"reference": made.reference})
    return made


@transaction.atomic
def approve(*, user: User, expense: Expense) -> Expense:
    """Has it paid back when somebody pays. Again by the same user: nothing more.

    Raises ``OwnExpense``, ``NotAllowed`` for who may not pay for the company, ``ExpenseDecided``.
    """
    locked = _deciding(user, expense)
    if (locked.state, locked.decided_by_id) == (State.APPROVED.value, user.pk):
        return locked
    return _decide(locked, State.APPROVED, user, "")


@transaction.atomic
def reject(*, user: User, expense: Expense, reason: str) -> Expense:
    """Refuses it, with the reason its claimant reads. Raises as ``approve``, ``ExpenseUnusable``."""
    words = " ".join(reason.split())
    if not words or len(words) > rules.REASON_LETTERS or not words.isprintable():
        raise ExpenseUnusable(problem="Say in up to 300 letters why: whoever claimed it reads it.")
    return _decide(_deciding(user, expense), State.REJECTED, user, words)


@transaction.atomic
def withdraw(*, user: User, expense: Expense) -> Expense:
    """Takes one's own claim back while nobody decided. Raises ``NotAllowed``, ``ExpenseDecided``."""
    locked = locked_one(expense)
    if locked.claimed_by_id != user.pk:
        raise NotAllowed(what="withdraw what somebody else claimed; reject it instead")
    if locked.state == State.WITHDRAWN:
        return locked
    _require(locked, State.WAITING)
    locked.state = State.WITHDRAWN.value
    locked.save(update_fields=["state"])
    record("EXPENSE_WITHDRAWN", locked, user)
    return locked


def locked_one(expense: Expense) -> Expense:
    rows = Expense.objects.select_for_update(of=("self",)).select_related("customer", "claimed_by")
    return rows.get(pk=expense.pk)


def record(action: str, expense: Expense, actor: User | None) -> None:
    audit.record(action, actor=actor, subject_type="expense", subject_id=expense.reference)


def _keep(made: Expense) -> None:
    known = Expense.objects.filter(customer=made.customer, receipt_digest=made.receipt_digest)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise ReceiptClaimed(reference=known.exclude(state__in=GIVEN_UP).get().reference) from None


def _deciding(user: User, expense: Expense) -> Expense:
    locked = locked_one(expense)
    cif.mandate_for(user, locked.customer)
    if locked.claimed_by_id == user.pk:
        raise OwnExpense
    if not cif.may_pay(user, locked.customer):
        raise NotAllowed(what="decide on expenses of this company")
    return locked


def _decide(locked: Expense, state: State, user: User, reason: str) -> Expense:
    _require(locked, State.WAITING)
    locked.state, locked.decided_by, locked.decided_at = state.value, user, clock.now()
    locked.reason = reason
    locked.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    record(f"EXPENSE_{state.value}", locked, user)
    outbox.emit(DECIDED_TOPIC, {"reference": locked.reference, "state": state.value})
    return locked


def _require(locked: Expense, *states: State) -> None:
    if locked.state not in {one.value for one in states}:
        raise ExpenseDecided(reference=locked.reference, state=locked.get_state_display().lower())
