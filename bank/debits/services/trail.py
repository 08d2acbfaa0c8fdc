"""What is told of companies, mandates, collections and claims; how their rows are locked, in this order."""

from typing import Any, Final

from bank.audit import services as audit
from bank.cif.models import Customer
from bank.debits import selectors
from bank.debits.models import Claim, Collection, Creditor, DebitFile, Mandate
from bank.identity.models import User
from bank.runtime import outbox

CREDITOR: Final = "debits.creditor"
MANDATE: Final = "debits.mandate"
COLLECTION: Final = "debits.collection"
CLAIM: Final = "debits.claim"


def creditor_locked(customer: Customer) -> Creditor | None:
    """The company's row, locked; ``None`` where it never asked to collect."""
    joined = Creditor.objects.select_related("customer")
    return joined.select_for_update(of=("self",)).filter(customer=customer).first()


def mandate_locked(user: User, reference: str) -> Mandate:
    """The mandate's row, locked. Raises ``NotFound``."""
    seen = selectors.mandate_for(user, reference)
    return locked(seen.pk)


def locked(pk: int) -> Mandate:
    """The mandate's row, locked, with both accounts and the company."""
    joined = Mandate.objects.select_related(
        "creditor", "creditor_account__customer", "debtor_account__customer"
    )
    return joined.select_for_update(of=("self",)).get(pk=pk)


def collection_locked(user: User, reference: str) -> Collection:
    """The collection's row, locked behind that of its mandate. Raises ``NotFound``."""
    seen = selectors.collection_for(user, reference)
    mandate = locked(seen.mandate_id)
    found = Collection.objects.select_for_update().get(pk=seen.pk)
    found.mandate = mandate
    return found


def claim_locked(reference: str) -> Claim:
    """The claim's row, locked behind those of its mandate and collection. Raises ``NotFound``."""
    seen = selectors.claim(reference)
    mandate = locked(seen.collection.mandate_id)
    found = Collection.objects.select_for_update().get(pk=seen.collection_id)
    found.mandate = mandate
    claim = Claim.objects.select_related("case").select_for_update(of=("self",)).get(pk=seen.pk)
    claim.collection = found
    return claim


def tell_creditor(creditor: Creditor, actor: User | None, **detail: Any) -> None:
    """A line of the audit trail, and the news for who listens."""
    audit.record(
        f"CREDITOR_{creditor.status}",
        actor=actor,
        subject_type="creditor",
        subject_id=creditor.customer.cif,
        detail=detail or None,
    )
    outbox.emit(CREDITOR, {"customer": creditor.customer.cif, "status": str(creditor.status)})


def tell_file(file: DebitFile, actor: User) -> None:
    """A line of the audit trail; what it announced tells for itself."""
    audit.record(
        "DIRECT_DEBIT_FILE_TAKEN" if file.accepted_count else "DIRECT_DEBIT_FILE_REFUSED",
        actor=actor,
        subject_type="direct_debit_file",
        subject_id=file.reference,
        detail={"lines": file.count, "announced": file.accepted_count, "message": file.message},
    )


def tell_claim(claim: Claim, actor: User | None, **detail: Any) -> None:
    """A line of the audit trail, and the news for who listens."""
    audit.record(
        f"DIRECT_DEBIT_CLAIM_{claim.status}",
        actor=actor,
        subject_type="direct_debit_claim",
        subject_id=claim.reference,
        detail={"collection": claim.collection.reference, **detail},
    )
    told = {"reference": claim.reference, "collection": claim.collection.reference}
    outbox.emit(CLAIM, {**told, "status": str(claim.status)})


def tell_mandate(action: str, mandate: Mandate, actor: User | None, **detail: Any) -> None:
    """A line of the audit trail, and the news for who listens."""
    audit.record(
        f"MANDATE_{action}",
        actor=actor,
        subject_type="mandate",
        subject_id=mandate.reference,
        detail=detail or None,
    )
    outbox.emit(MANDATE, {"reference": mandate.reference, "status": str(mandate.status)})


def tell_collection(action: str, collection: Collection, actor: User | None, **detail: Any) -> None:
    """A line of the audit trail, and the news for who listens."""
    audit.record(
        f"DIRECT_DEBIT_{action}",
        actor=actor,
        subject_type="direct_debit",
        subject_id=collection.reference,
        detail={"amount": str(collection.money), **detail},
    )
    outbox.emit(COLLECTION, {"reference": collection.reference, "status": str(collection.status)})
