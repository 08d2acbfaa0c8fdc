"""Everything the bank holds about a customer, as plain values ready for JSON."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model, QuerySet

from bank.accounts import selectors as accounts
from bank.accounts.models import Account
from bank.audit import selectors as audit
from bank.cases import selectors as cases
from bank.cases.models import Case
from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.documents import selectors as documents
from bank.notifications.models import Notice
from bank.payments.models import Beneficiary, PaymentOrder

_AT_ONCE = 1_000


def content_of(customer: Customer) -> dict[str, Any]:
    """By kind; a list of rows each. Statement lines are apart: see ``lines_of``."""
    return {
        "customer": [_row(customer, "cif display_name kind segment status email phone joined_date")],
        "profile": [_row(cif.profile_of(customer), _PROFILE)],
        "addresses": _rows(customer.addresses.all(), _ADDRESS),
        "contact": _rows(customer.contact_points.all(), "kind value valid_from valid_until"),
        "identity_documents": _rows(customer.identity_documents.all(), _PAPER),
        "related_parties": _rows(customer.parties.all(), _PARTY),
        "risk_ratings": _rows(customer.assessments.all(), "score rating reasons cause rated_at"),
        "notes": _rows(customer.notes.all(), "text at"),
        "who_may_act": _rows(
            customer.mandates.all(), "user_id role can_pay valid_from valid_until revoked_at"
        ),
        "accounts": _rows(customer.accounts.all(), "number currency status opened_date closed_date nickname"),
        "deposits": _rows(customer.deposits.all(), _DEPOSIT),
        "payees": _rows(Beneficiary.objects.filter(customer=customer), "name number nickname"),
        "payments": _rows(PaymentOrder.objects.filter(debtor_account__customer=customer), _PAYMENT),
        "cases": [_case(case) for case in Case.objects.filter(customer=customer)],
        "documents": _rows(
            documents.documents_of(f"customer:{customer.cif}"), "filename purpose uploaded_at"
        ),
        "notices": [
            {**_row(one, "kind created_at read_at"), "told": one.told}
            for one in Notice.objects.filter(customer=customer).order_by("id")
        ],
        "changes": [_change(line) for line in audit.trail("CUSTOMER", customer.cif)],
    }


def lines_of(account: Account) -> Iterator[tuple[str, ...]]:
    """Every booked line of an account, newest first."""
    before: int | None = None
    while found := accounts.statement_lines(account, before=before, limit=_AT_ONCE):
        for line in found:
            yield (
                str(line.booking_date), str(line.value_date), line.description, line.counterparty,
                line.reference, str(line.amount.amount), str(line.balance_after.amount), account.currency,
            )  # fmt: skip
        before = found[-1].version


_DEPOSIT = "number kind currency amount annual_rate_pct start_date maturity_date status instruction"
_PROFILE = "occupation sector source_of_funds channel is_pep screening kyc_level next_review_date"
_ADDRESS = "purpose street town postal_code country valid_from valid_until"
_PAPER = "kind country number issued_date expires_date recorded_at valid_until"
_MANDATE = "user_id role can_pay valid_from valid_until revoked_at"
_DOCUMENT = "filename purpose uploaded_at"
_PARTY = "role name birth_date nationality share_pct is_pep valid_from valid_until"
_PAYMENT = "reference initiated_at creditor_name creditor_number amount currency remittance status"


def _rows(found: QuerySet[Any], names: str) -> list[dict[str, str]]:
    return [_row(one, names) for one in found]


def _row(one: Model, names: str) -> dict[str, str]:
    values = {name: getattr(one, name) for name in names.split()}
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _case(case: Case) -> dict[str, Any]:
    talk = [_row(step, "step at text") for step in cases.conversation(case)]
    return _row(case, "reference kind subject state opened_at resolved_at") | {"messages": talk}


def _change(line: Any) -> dict[str, str]:
    """What happened; who of the staff did it stays the bank's own."""
    return _row(line, "at action")
