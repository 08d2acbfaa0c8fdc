"""The audit line of what is done to invoices and bills."""

from typing import Any

from bank.audit import services as audit
from bank.cif.models import Customer
from bank.identity.models import User


def record(action: str, customer: Customer, actor: User | None, subject: str, **detail: Any) -> None:
    detail["cif"] = customer.cif
    audit.record(action, actor=actor, subject_type="invoicing", subject_id=subject[:40], detail=detail)
