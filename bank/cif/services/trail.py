"""The audit line every write about a customer leaves."""

from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity.models import User


def record(action: str, customer: Customer, actor: User | None, **detail: object) -> None:
    """In the caller's database transaction; the subject is the customer's number."""
    audit.record(action, actor=actor, subject_type="CUSTOMER", subject_id=customer.cif, detail=detail)
