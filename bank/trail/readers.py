"""Whose each subject of the audit trail is: a reader for each kind of subject, a query for many at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db.models import F, Model
from django.db.models.functions import Coalesce

from bank.access.models import ApiKey, App
from bank.accounts.models import Account
from bank.audit.models import AuditRecord
from bank.cif.models import Customer
from bank.cif.rules import CustomerKind
from bank.deposits.models import Deposit
from bank.expenses.models import Expense
from bank.liquidity.models import Sweep
from bank.notifications.models import Endpoint
from bank.payments.models import Beneficiary, IncomingPayment, PaymentFile, PaymentOrder
from bank.payroll.models import Run
from bank.requests.models import PaymentRequest
from bank.signing.models import Approval
from bank.standing.models import StandingOrder

Reader: TypeAlias = Callable[[Iterable[AuditRecord]], Mapping[int, int]]
"""Customers' ids by the records' ids: a subject may be told of by two companies, each in its own tables.
What is no company's is missing."""


def companies_of(records: Iterable[AuditRecord]) -> dict[int, int]:
    """The company of each record by the record's id, at most one query a kind of subject and one for all."""
    by_type: dict[str, list[AuditRecord]] = {}
    for one in records:
        by_type.setdefault(one.subject_type.lower(), []).append(one)
    found: dict[int, int] = {}
    for kind, several in by_type.items():
        found |= _READERS.get(kind, _nobodys)(several)
    alive = _survivors(found.values())
    return {pk: alive[owner] for pk, owner in found.items() if owner in alive}


def _survivors(customers: Iterable[int]) -> dict[int, int]:
    """Those of the customers that are companies; a merged one as whom it became part of."""
    known = Customer.objects.filter(pk__in=set(customers), kind=CustomerKind.ORGANISATION.value)
    return dict(known.values_list("id", Coalesce("merged_into_id", "id")))


def _by(model: type[Model], name: str, owner: str, reads: Callable[[str], Any] = str) -> Reader:
    """Reads rows of ``model`` whose ``name`` is the subject, and their customer."""

    def read(records: Iterable[AuditRecord]) -> dict[int, int]:
        subjects = [one for record in records if (one := _read(reads, record.subject_id)) is not None]
        rows = model._default_manager.filter(**{f"{name}__in": subjects})
        pairs = rows.values_list(name, owner)
        owners = {str(subject): customer for subject, customer in pairs if customer is not None}
        return {one.pk: owners[one.subject_id] for one in records if one.subject_id in owners}

    return read


def _read(reads: Callable[[str], Any], text: str) -> Any:
    try:
        return reads(text)
    except ValueError:
        return None


def _said(records: Iterable[AuditRecord]) -> dict[int, int]:
    """Of those whose detail names the company's number."""
    numbers = {one.pk: one.detail.get("cif") for one in records}
    known = Customer.objects.filter(cif__in={one for one in numbers.values() if one})
    ids = dict(known.values_list("cif", F("id")))
    return {pk: ids[number] for pk, number in numbers.items() if number in ids}


def _nobodys(records: Iterable[AuditRecord]) -> dict[int, int]:
    return {}


_READERS: Final[dict[str, Reader]] = {
    "customer": _by(Customer, "cif", "id"),
    "account": _by(Account, "number", "customer_id"),
    "deposit": _by(Deposit, "number", "customer_id"),
    "payment": _by(PaymentOrder, "reference", "debtor_account__customer_id"),
    "incoming_payment": _by(IncomingPayment, "reference", "creditor_account__customer_id"),
    "payment_file": _by(PaymentFile, "reference", "customer_id"),
    "payee": _by(Beneficiary, "id", "customer_id", int),
    "approval": _by(Approval, "reference", "customer_id"),
    "standing_order": _by(StandingOrder, "reference", "debtor_account__customer_id"),
    "request_to_pay": _by(PaymentRequest, "reference", "creditor_account__customer_id"),
    "sweep": _by(Sweep, "reference", "customer_id"),
    "invoicing": _said,
    "employee": _said,
    "expense": _by(Expense, "reference", "customer_id"),
    "payroll": _by(Run, "id", "customer_id", UUID),
    "app": _by(App, "client_id", "customer_id"),
    "api_key": _by(ApiKey, "id", "customer_id", UUID),
    "webhook": _by(Endpoint, "id", "customer_id", UUID),
}
