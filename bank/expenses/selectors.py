"""Reads. Who may pay for the company and who may only look see all of its expenses; others their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet, Sum

from bank.cif import selectors as cif
from bank.cif.models import Customer, Mandate
from bank.cif.rules import MandateRole
from bank.documents import selectors as documents
from bank.documents.models import Document
from bank.expenses import rules
from bank.expenses.errors import ExpenseUnusable
from bank.expenses.models import Expense
from bank.expenses.rules import State
from bank.identity.models import User
from bank.kernel.errors import NotAllowed, NotFound
from bank.kernel.money import Money
from bank.payments.models import PaymentFile
from bank.payments.rules import FileStatus

_CLAIMANTS: Final = (MandateRole.OWNER, MandateRole.SIGNATORY)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the expenses is asked for; empty means all. ``who`` is a user's id."""

    who: str = ""
    state: str = ""
    category: str = ""
    from_date: date | None = None
    to_date: date | None = None


def may_claim(user: User, customer: Customer) -> bool:
    return MandateRole(cif.mandate_for(user, customer).role) in _CLAIMANTS


def require_claim(user: User, customer: Customer) -> None:
    """Raises ``NotFound`` for a stranger, ``NotAllowed`` for who may only look."""
    if not may_claim(user, customer):
        raise NotAllowed(what="claim expenses of this company; its owners and signatories can")


def sees_all(user: User, customer: Customer) -> bool:
    mandate = cif.mandate_for(user, customer)
    return bool(mandate.can_pay) or MandateRole(mandate.role) in (MandateRole.OWNER, MandateRole.VIEWER)


def may_decide(user: User, expense: Expense) -> bool:
    """Whether it is for this user to say yes or no: they may pay for the company and did not claim it."""
    return expense.claimed_by_id != user.pk and cif.may_pay(user, expense.customer)


def expenses_for(user: User, customer: Customer, asked: Asked | None = None) -> QuerySet[Expense]:
    """The company's expenses the user may see. Raises ``NotFound`` for a stranger."""
    found = Expense.objects.filter(customer=customer)
    if not sees_all(user, customer):
        found = found.filter(claimed_by_id=user.pk)
    if asked is not None:
        found = found.filter(**_narrowed(asked))
    return found.select_related("claimed_by", "decided_by", "customer")


def expense_for(user: User, customer: Customer, reference: str) -> Expense:
    found = expenses_for(user, customer).filter(reference=reference).first()
    if found is None:
        raise NotFound(what="expense")
    return found


def expense_named(user: User, reference: str) -> Expense:
    """As ``expense_for``, of whichever company the user acts for; ``NotFound`` for any other."""
    found = Expense.objects.select_related("customer").filter(reference=reference).first()
    if found is None:
        raise NotFound(what="expense")
    return expense_for(user, found.customer, reference)


def to_decide(user: User, customer: Customer) -> QuerySet[Expense]:
    """What waits for this user; none for who may not pay."""
    if not cif.may_pay(user, customer):
        return Expense.objects.none()
    waiting = expenses_for(user, customer).filter(state=State.WAITING.value)
    return waiting.exclude(claimed_by_id=user.pk).order_by("id")


def to_pay(user: User, customer: Customer) -> QuerySet[Expense]:
    return expenses_for(user, customer).filter(state=State.APPROVED.value).order_by("id")


def owed_to_claimants(customer: Customer) -> list[Money]:
    """What was approved and is not paid back yet, a sum for each currency; what a file took that is let go
    has left the account already. The caller was let see the company's money."""
    held = PaymentFile.objects.filter(status__in=(FileStatus.CHECKED.value, FileStatus.WAITING.value))
    waits = Q(state=State.SENT.value, file_reference__in=held.values("reference"))
    owed = Expense.objects.filter(Q(state=State.APPROVED.value) | waits, customer=customer)
    sums = owed.order_by().values_list("currency").annotate(total=Sum("amount"))
    return [Money(total, currency) for currency, total in sums]


def files_of(customer: Customer) -> QuerySet[Expense, str]:
    """The references of the payment files that pay a company's expenses back."""
    sent = Expense.objects.filter(customer=customer).exclude(file_reference="")
    return sent.values_list("file_reference", flat=True)


def exported(user: User, customer: Customer, asked: Asked) -> Sequence[Expense]:
    """For a file, newest first. Raises ``ExpenseUnusable`` above ten thousand."""
    found = list(expenses_for(user, customer, asked).order_by("-id")[: rules.MOST_EXPORTED + 1])
    if len(found) > rules.MOST_EXPORTED:
        raise ExpenseUnusable(problem="That is more than 10,000 expenses. Choose fewer days.")
    return found


def receipt_of(expense: Expense) -> Document:
    """The caller was let see the expense."""
    return documents.document_for(owner_of(expense.reference), expense.document_id)


def owner_of(reference: str) -> str:
    """Whose the receipt is among the documents."""
    return f"expense:{reference}"


def people_of(customer: Customer) -> list[tuple[str, str]]:
    """Who may have claimed: everybody who acts or ever acted for the company. One query."""
    ever = Mandate.objects.filter(customer=customer).values_list("user_id", "user__full_name")
    return [(str(pk), name) for pk, name in sorted(set(ever), key=lambda one: (one[1], one[0]))]


def last_account(user: User, customer: Customer) -> tuple[str, str]:
    """The number and holder this user was paid back to last; empty before the first."""
    last = Expense.objects.filter(customer=customer, claimed_by_id=user.pk).order_by("-id").first()
    return (last.account_number, last.account_name) if last else ("", "")


def _narrowed(asked: Asked) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "claimed_by_id": int(asked.who) if asked.who else None,
        "state": asked.state or None,
        "category": asked.category or None,
        "spent_date__gte": asked.from_date,
        "spent_date__lte": asked.to_date,
    }
    return {name: value for name, value in wanted.items() if value is not None}
