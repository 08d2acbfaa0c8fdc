"""The identity documents of a customer. Numbers are sealed and never written to the trail or the log."""

from datetime import date

from django.db import transaction

from bank.cif import rules
from bank.cif.errors import DocumentUnusable
from bank.cif.models import Customer, IdentityDocument
from bank.cif.selectors import document_hash
from bank.cif.services.trail import record
from bank.identity.models import User
from bank.kernel import clock

_SHORTEST, _LONGEST = 4, 40


@transaction.atomic
def record_document(
    *,
    customer: Customer,
    kind: str,
    number: str,
    country: str = "KE",
    issued_date: date | None = None,
    expires_date: date | None = None,
    actor: User | None = None,
) -> IdentityDocument:
    """Puts an identity document on record; the one of the same kind and country before it is replaced.

    The books are not touched. Raises ``DocumentUnusable`` for a number that can be none, or for
    days that contradict each other; an expired document is kept, it simply proves nothing.
    """
    plain = rules.document_number(number)
    _check(kind, plain, issued_date, expires_date)
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    held = IdentityDocument.objects.filter(customer=customer, kind=kind, country=country, valid_until=None)
    held.update(valid_until=clock.now())
    document = IdentityDocument.objects.create(
        customer=customer,
        kind=kind,
        country=country,
        number=plain,
        number_hash=document_hash(kind, country, plain),
        ending=rules.masked(plain),
        issued_date=issued_date,
        expires_date=expires_date,
        recorded_by=actor,
    )
    record("IDENTITY_DOCUMENT_RECORDED", customer, actor, kind=kind, country=country)
    return document


def _check(kind: str, number: str, issued: date | None, expires: date | None) -> None:
    if kind not in set(rules.DocumentKind):
        raise DocumentUnusable(problem=f"{kind} is no kind of identity document.")
    if not _SHORTEST <= len(number) <= _LONGEST:
        raise DocumentUnusable(problem="Write the number of the document as it is printed on it.")
    if issued and issued > clock.today():
        raise DocumentUnusable(problem="A document cannot have been issued in the future.")
    if issued and expires and expires <= issued:
        raise DocumentUnusable(problem="The document would expire before it was issued.")
