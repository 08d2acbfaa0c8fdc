"""The end of what must not be kept: contact data of relationships long over. The books are never touched.

A relationship ended when its last account was closed and the customer is closed too. Who is under
a legal hold is left alone, whatever the time.
"""

from collections import Counter
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet

from bank.audit import services as audit
from bank.cases.models import Case, CaseStep
from bank.cif.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerNote,
    CustomerProfile,
    IdentityDocument,
    RelatedParty,
)
from bank.cif.rules import CustomerStatus
from bank.identity.models import User
from bank.kernel import clock
from bank.kernel.errors import InvalidInput
from bank.privacy import rules
from bank.privacy.rules import ERASED, RULES


def due(today: date | None = None) -> dict[Customer, list[str]]:
    """Whose data of which kinds would be erased today."""
    day, found = today or clock.today(), {}
    for customer in _ended():
        ended: date = customer.ended_date  # type: ignore[attr-defined]
        kinds = [rule.kind for rule in RULES if rules.is_over(rule, ended, day)]
        if kinds:
            found[customer] = kinds
    return found


def count(plan: dict[Customer, list[str]]) -> dict[str, int]:
    """How many rows of each kind a plan would erase; what a dry run shows."""
    found: Counter[str] = Counter()
    for customer, kinds in plan.items():
        for kind in kinds:
            found[kind] += sum(rows.count() for rows in _rows(customer, kind))
    return dict(found)


def erase(*, plan: dict[Customer, list[str]], actor: User | None = None) -> dict[str, int]:
    """Carries the plan out, a customer at a time, each in its own database transaction."""
    erased = count(plan)
    for customer, kinds in plan.items():
        _erase(customer, kinds, actor)
    return erased


@transaction.atomic
def hold(*, customer: Customer, reason: str, actor: User | None) -> None:
    """Nothing of this customer is erased until the hold is lifted (an empty reason lifts it)."""
    words = " ".join(reason.split())
    if len(words) > 200 or not (words or "-").isprintable():
        raise InvalidInput(problem="A reason may have 200 letters, all of them printable.")
    CustomerProfile.objects.update_or_create(customer=customer, defaults={"legal_hold": words})
    action = "LEGAL_HOLD_SET" if words else "LEGAL_HOLD_LIFTED"
    audit.record(
        action, actor=actor, subject_type="CUSTOMER", subject_id=customer.cif, detail={"reason": words}
    )


def _ended() -> QuerySet[Customer]:
    closed = Customer.objects.filter(
        status=CustomerStatus.CLOSED, profile__erased_at__isnull=True, profile__legal_hold=""
    )
    over = closed.exclude(accounts__closed_date__isnull=True, accounts__isnull=False)
    return over.annotate(ended_date=Max("accounts__closed_date")).filter(ended_date__isnull=False)


def _rows(customer: Customer, kind: str) -> list[QuerySet]:
    found: dict[str, list[QuerySet]] = {
        "CONTACT": [
            Address.objects.filter(customer=customer),
            ContactPoint.objects.filter(customer=customer),
        ],
        "IDENTITY_DOCUMENT": [IdentityDocument.objects.filter(customer=customer)],
        "RELATED_PARTY": [RelatedParty.objects.filter(customer=customer)],
        "NOTE": [CustomerNote.objects.filter(customer=customer)],
        "CASE": [Case.objects.filter(customer=customer)],
    }
    return found.get(kind, [])


@transaction.atomic
def _erase(customer: Customer, kinds: list[str], actor: User | None) -> None:
    """The row of the hold is locked and read again: one set a moment ago counts."""
    profile = CustomerProfile.objects.select_for_update().get(customer=customer)
    if profile.legal_hold:
        return
    erasers = {
        "CONTACT": _erase_contact,
        "IDENTITY_DOCUMENT": _erase_papers,
        "RELATED_PARTY": _erase_parties,
        "NOTE": lambda one: CustomerNote.objects.filter(customer=one).update(text=ERASED),
        "CASE": _erase_cases,
    }
    for kind in kinds:
        erasers[kind](customer)
    profile.erased_at = clock.now()
    profile.save(update_fields=["erased_at"])
    audit.record(
        "PERSONAL_DATA_ERASED",
        actor=actor,
        subject_type="CUSTOMER",
        subject_id=customer.cif,
        detail={"kinds": kinds},
    )


def _erase_contact(customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(email="", phone="")
    Address.objects.filter(customer=customer).update(street=ERASED, town=ERASED, postal_code="")
    ContactPoint.objects.filter(customer=customer).update(value=ERASED)


def _erase_papers(customer: Customer) -> None:
    IdentityDocument.objects.filter(customer=customer).update(number=ERASED, number_hash=b"", ending="")


def _erase_parties(customer: Customer) -> None:
    """A party is told apart by role and name, so each keeps a number of its own in the name's place."""
    for party in RelatedParty.objects.filter(customer=customer):
        RelatedParty.objects.filter(pk=party.pk).update(name=f"{ERASED} {party.pk}", birth_date=None)


def _erase_cases(customer: Customer) -> None:
    CaseStep.objects.filter(case__customer=customer).update(text=ERASED)
    Case.objects.filter(customer=customer).update(
        subject=ERASED, contact_name=ERASED, contact_email="erased@invalid.example"
    )
