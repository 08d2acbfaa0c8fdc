"""How each kind of data about a customer is erased: what tells who they were goes, the rows stay.

Each entry of ``KINDS`` counts what it would touch and touches it. The books, payments and the chain of the
audit trail are in none of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from bank.accounts.models import Account, ChequeStop, PresentedCheque
from bank.audit import selectors as trail
from bank.audit import services as audit
from bank.cases.models import Case, CaseStep
from bank.cif.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerNote,
    CustomerProfile,
    IdentityDocument,
    Mandate,
    Person,
    RelatedParty,
)
from bank.cif.rules import CustomerStatus
from bank.deposits.models import Deposit
from bank.documents import services as documents
from bank.documents.models import Document
from bank.expenses import selectors as expenses
from bank.expenses.models import Expense
from bank.identity import forgetting
from bank.identity.models import User
from bank.invoicing.models import Bill
from bank.kernel import clock
from bank.notifications.services import forgetting as notices
from bank.onboarding import services as onboarding
from bank.onboarding.models import Application
from bank.payments.models import (
    Beneficiary,
    GroupMember,
    PayeeGroup,
    PayeeTrial,
    PaymentOrder,
    PaymentTemplate,
)
from bank.payments.services import listing
from bank.privacy.models import DataExport
from bank.privacy.rules import ERASED, Status
from bank.risk.models import Screening
from bank.risk.screening import services as screening
from bank.signing.models import Approval
from bank.statements.services import forgetting as statements
from bank.workflows.models import Command

NOBODY_BORN: Final = date(1900, 1, 1)
"""Stands where a date of birth must stand and must not be told."""
_WHY: Final = "The time it is kept is over"


@dataclass(frozen=True, slots=True)
class Eraser:
    count: Callable[[Customer], int]
    erase: Callable[[Customer], object]


def _owner(customer: Customer) -> str:
    return f"customer:{customer.cif}"


def _erase_name(customer: Customer) -> None:
    """A person's; a company's name and number are public and tell of nobody."""
    if Person.objects.filter(customer=customer).update(
        given_names=ERASED, family_name=ERASED, birth_date=NOBODY_BORN, nationality=""
    ):
        Customer.objects.filter(pk=customer.pk).update(display_name=ERASED)


def _erase_contact(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(email="", phone="")
    Address.objects.filter(customer=customer).update(street=ERASED, town=ERASED, postal_code="")
    ContactPoint.objects.filter(customer=customer).update(value=ERASED)


def _contact_rows(customer: Customer) -> int:
    found: list[QuerySet] = [Address.objects.all(), ContactPoint.objects.all()]
    return sum(rows.filter(customer=customer).count() for rows in found)


def _erase_documents(customer: Customer) -> None:
    """What was handed in, pictures too, and copies of all their data nobody fetched any more."""
    documents.forget(owner=_owner(customer), reason=_WHY)
    for export in DataExport.objects.filter(customer=customer, status=Status.READY):
        Path(settings.FILES_DIR, "exports", export.file_name).unlink(missing_ok=True)
        DataExport.objects.filter(pk=export.pk).update(status=Status.EXPIRED)


def _erase_parties(customer: Customer) -> None:
    """A party is told apart by role and name, so each keeps a number of its own in the name's place."""
    for party in RelatedParty.objects.filter(customer=customer):
        name = f"{ERASED} {party.pk}"
        RelatedParty.objects.filter(pk=party.pk).update(name=name, birth_date=None, nationality="")


def _erase_cases(customer: Customer) -> None:
    CaseStep.objects.filter(case__customer=customer).update(text=ERASED)
    Case.objects.filter(customer=customer).update(
        subject=ERASED, contact_name=ERASED, contact_email="erased@invalid.example"
    )


def _erase_payees(customer: Customer) -> None:
    """Payees kept, alone, in templates and in groups."""
    kept = Beneficiary.objects.filter(customer=customer)
    for agent, number in kept.exclude(number="").values_list("agent", "number"):
        if not Beneficiary.objects.filter(agent=agent, number=number).exclude(customer=customer).exists():
            screening.erase_subject(subject=listing.subject_of(agent, number))
    kept.filter(removed_at__isnull=True).update(removed_at=clock.now())
    kept.update(name=ERASED, number="", nickname="")
    PayeeTrial.objects.filter(payee__customer=customer).update(corrected={}, sentence="")
    templates = PaymentTemplate.objects.filter(customer=customer)
    templates.filter(removed_at__isnull=True).update(removed_at=clock.now())
    templates.update(name=ERASED, creditor_name=ERASED, creditor_number="", remittance="")
    groups = PayeeGroup.objects.filter(customer=customer)
    groups.filter(removed_at__isnull=True).update(removed_at=clock.now())
    groups.update(name=ERASED)
    GroupMember.objects.filter(group__customer=customer).update(remittance="")


def _payee_rows(customer: Customer) -> int:
    found: list[QuerySet] = [
        Beneficiary.objects.all(),
        PaymentTemplate.objects.all(),
        PayeeGroup.objects.all(),
    ]
    return sum(rows.filter(customer=customer).count() for rows in found)


def _users(customer: Customer, *, with_erased: bool = False) -> QuerySet[User]:
    """Those who acted for this customer and act for none that is left."""
    acting = Mandate.objects.exclude(customer__status=CustomerStatus.CLOSED).values("user_id")
    mine = Mandate.objects.filter(customer=customer).values("user_id")
    found = User.objects.filter(pk__in=mine, is_staff=False).exclude(pk__in=acting)
    return found if with_erased else found.exclude(full_name=ERASED)


def _forget_users(customer: Customer) -> None:
    for user in _users(customer):
        forgetting.forget_user(user=user)


def _erase_profile(customer: Customer) -> None:
    """What was asked of them, and what they called their accounts and pots."""
    CustomerProfile.objects.filter(customer=customer).update(
        occupation="", source_of_funds="", segment_reason=""
    )
    Account.objects.filter(customer=customer).update(nickname="")


def _cheques(customer: Customer) -> tuple[QuerySet, QuerySet]:
    return (
        PresentedCheque.objects.filter(account__customer=customer).exclude(payee=""),
        ChequeStop.objects.filter(account__customer=customer).exclude(reason=ERASED),
    )


def _erase_cheques(customer: Customer) -> None:
    presented, stopped = _cheques(customer)
    presented.update(payee="")
    stopped.update(reason=ERASED)


def _receipts(customer: Customer) -> list[str]:
    """Whose the papers of expenses and of bills are among the documents."""
    return [
        *(expenses.owner_of(one.reference) for one in Expense.objects.filter(customer=customer)),
        *(f"bill:{bill.pk}" for bill in Bill.objects.filter(customer=customer, document_id__isnull=False)),
    ]


def _erase_receipts(customer: Customer) -> None:
    for owner in _receipts(customer):
        documents.forget(owner=owner, reason=_WHY)
    Expense.objects.filter(customer=customer).update(
        merchant=ERASED, purpose="", account_number="", account_name=ERASED, reason=""
    )


def _told_themselves(customer: Customer) -> list[int]:
    """Those who act for this customer and for nobody else: what they were told ends with it."""
    return list(_users(customer, with_erased=True).values_list("pk", flat=True))


def _subjects(customer: Customer) -> dict[str, list[str]]:
    """What records of the trail about a customer may be about, ids by type."""
    accounts, owner = Account.objects.filter(customer=customer), _owner(customer)
    commands = Command.objects.filter(subject_type="CUSTOMER", subject_id=customer.cif)
    return {
        "CUSTOMER": [customer.cif],
        "COMMAND": [*commands.values_list("reference", flat=True)],
        "APPROVAL": [*Approval.objects.filter(customer=customer).values_list("reference", flat=True)],
        "DOCUMENT_OWNER": [owner],
        "SCREENING": [owner],
        "ACCOUNT": [*accounts.values_list("number", flat=True)],
        "DEPOSIT": [*Deposit.objects.filter(customer=customer).values_list("number", flat=True)],
        "CASE": [*Case.objects.filter(customer=customer).values_list("reference", flat=True)],
        "DOCUMENT": [*map(str, Document.objects.filter(owner=owner).values_list("pk", flat=True))],
        "PAYEE": [*map(str, Beneficiary.objects.filter(customer=customer).values_list("pk", flat=True))],
        "PAYMENT": [
            *PaymentOrder.objects.filter(debtor_account__in=accounts).values_list("reference", flat=True)
        ],
    }


KINDS: Final[Mapping[str, Eraser]] = {
    "NAME": Eraser(lambda one: Person.objects.filter(customer=one).count(), _erase_name),
    "CONTACT": Eraser(_contact_rows, _erase_contact),
    "IDENTITY_DOCUMENT": Eraser(
        lambda one: IdentityDocument.objects.filter(customer=one).count(),
        lambda one: IdentityDocument.objects.filter(customer=one).update(
            number=ERASED, number_hash=b"", ending=""
        ),
    ),
    "DOCUMENT": Eraser(lambda one: Document.objects.filter(owner=_owner(one)).count(), _erase_documents),
    "RELATED_PARTY": Eraser(lambda one: RelatedParty.objects.filter(customer=one).count(), _erase_parties),
    "PROFILE": Eraser(
        lambda one: CustomerProfile.objects.filter(customer=one).count(),
        _erase_profile,
    ),
    "SCREENING": Eraser(
        lambda one: Screening.objects.filter(subject=_owner(one)).count(),
        lambda one: screening.erase_subject(subject=_owner(one)),
    ),
    "APPLICATION": Eraser(
        lambda one: Application.objects.filter(customer=one).count(),
        lambda one: onboarding.forget_customer(customer_id=one.pk),
    ),
    "USER": Eraser(lambda one: _users(one).count(), _forget_users),
    "CASE": Eraser(lambda one: Case.objects.filter(customer=one).count(), _erase_cases),
    "NOTE": Eraser(
        lambda one: CustomerNote.objects.filter(customer=one).count(),
        lambda one: CustomerNote.objects.filter(customer=one).update(text=ERASED),
    ),
    "PAYEE": Eraser(_payee_rows, _erase_payees),
    "STATEMENT": Eraser(
        lambda one: statements.kept_for(one).count(), lambda one: statements.forget_customer(customer=one)
    ),
    "NOTICE": Eraser(
        lambda one: notices.notices_of(one, _told_themselves(one)).count(),
        lambda one: notices.forget_customer(customer=one, users=_told_themselves(one)),
    ),
    "CHEQUE": Eraser(lambda one: sum(found.count() for found in _cheques(one)), _erase_cheques),
    "RECEIPT": Eraser(lambda one: len(_receipts(one)), _erase_receipts),
    "WORDS": Eraser(
        lambda one: trail.words_about(_subjects(one)).count(),
        lambda one: audit.forget(_subjects(one)),
    ),
}
"""In the order they are erased: the words of the trail last, with those the erasure itself adds."""
