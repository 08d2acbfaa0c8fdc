"""Expenses over REST, as the portal has them: claimed with the receipt, decided by another, paid once."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bank import ledger
from bank.expenses.models import Expense
from tests.documents import files
from tests.expenses.test_expenses import town
from tests.identity import bearer
from tests.portals.town import Town, let_the_worker_work, newest_code
from tests.web.api_fixtures import refused

__all__ = ["town"]
pytestmark = pytest.mark.django_db
URL = "/api/v1/expenses"


def call(user: Any, method: str, path: str, body: Any = None, key: str = "") -> Any:
    headers = {"Idempotency-Key": key or uuid4().hex} if method == "post" else {}
    sent = {"content_type": "application/json"} if method == "post" else {}
    given = {"data": body} if body is not None else {}
    return getattr(Client(), method)(f"/api/v1/{path}", **given, **sent, headers=headers, **bearer(user))


def claimed(town: Town, user: Any, key: str = "c1", receipt: bytes | None = None, **changes: str) -> Any:
    form: dict[str, Any] = {
        "customer": town.firm.customer.cif, "merchant": "Rubis Thika Road", "category": "FUEL",
        "spent_date": ledger.business_date().isoformat(), "amount": "1160.00", "vat": "160.00",
        "account": town.brian.number, "account_holder": town.brian.name,
        "receipt": SimpleUploadedFile("r.jpg", receipt or files.picture(size=(40, 30)), "image/jpeg"),
    } | changes  # fmt: skip
    return Client().post(URL, form, headers={"Idempotency-Key": key}, **bearer(user))


def test_an_expense_goes_from_its_receipt_to_money_back(town: Town) -> None:
    brian, grace, cif = town.brian.user, town.firm.user, town.firm.customer.cif
    made = claimed(town, brian)
    assert (made.status_code, made.json()["state"]) == (201, "WAITING"), made.content
    reference = made.json()["reference"]
    assert claimed(town, brian).json() == made.json(), "the same key, the same claim"
    refused(claimed(town, brian, amount="9.00"), 409, "IDEMPOTENCY_CONFLICT")
    refused(claimed(town, brian, "c2"), 409, "RECEIPT_CLAIMED")
    refused(claimed(town, town.amina.user, "c3"), 404, "NOT_FOUND")
    refused(claimed(town, town.bookkeeper, "c4"), 403, "NOT_ALLOWED")
    other = files.picture(size=(41, 30))
    for wrong in ({"amount": "1e9"}, {"amount": "١٢"}, {"amount": "1.000,00"}, {"category": "BRIBES"},
                  {"vat": "1160.00"}, {"spent_date": "2020-01-01"}):  # fmt: skip
        assert claimed(town, brian, "c5", other, **wrong).status_code == 400, wrong
    assert claimed(town, brian, "c6", b"MZ no picture").status_code in {400, 415, 422}
    assert Expense.objects.count() == 1
    listed = call(grace, "get", f"expenses?customer={cif}&state=WAITING").json()
    assert [one["reference"] for one in listed["items"]] == [reference]
    receipt = call(grace, "get", f"expenses/{reference}/receipt")
    assert (receipt.status_code, receipt.headers["X-Content-Type-Options"]) == (200, "nosniff")
    for path in (f"expenses/{reference}", f"expenses/{reference}/receipt", f"expenses?customer={cif}"):
        refused(call(town.amina.user, "get", path), 404, "NOT_FOUND")
    decision = f"expenses/{reference}/decision"
    refused(call(brian, "post", decision, {"decision": "APPROVE"}), 403, "OWN_EXPENSE")
    refused(call(town.bookkeeper, "post", decision, {"decision": "APPROVE"}), 403, "NOT_ALLOWED")
    refused(call(grace, "post", decision, {"decision": "REJECT"}), 400, "EXPENSE_UNUSABLE")
    asked = {"customer": cif, "debtor_account": town.firm.number, "expenses": [reference]}
    refused(call(grace, "post", "expenses/payments", asked, "p0"), 409, "EXPENSE_DECIDED")
    assert call(grace, "post", decision, {"decision": "APPROVE"}).json()["state"] == "APPROVED"
    refused(call(brian, "post", f"expenses/{reference}/withdraw", {}), 409, "EXPENSE_DECIDED")
    before = ledger.balance(town.brian.number).booked
    file = call(grace, "post", "expenses/payments", asked, "p1")
    assert (file.status_code, file.json()["status"]) == (201, "CHECKED"), file.content
    assert call(grace, "post", "expenses/payments", asked, "p1").json() == file.json()
    refused(call(grace, "post", "expenses/payments", asked, "p2"), 409, "EXPENSE_DECIDED")
    confirm = f"payment-files/{file.json()['reference']}/confirm"
    challenge = call(grace, "post", confirm, {}, "ok").json()["challenge"]["id"]
    assert ledger.balance(town.brian.number).booked == before
    code = {"authorisation": {"challenge_id": challenge, "code": newest_code(grace)}}
    assert call(grace, "post", confirm, code, "ok").json()["status"] == "PAID"
    let_the_worker_work()
    paid = call(brian, "get", f"expenses/{reference}").json()
    assert (paid["state"], paid["payment_file"]) == ("PAID", file.json()["reference"])
    assert str((ledger.balance(town.brian.number).booked - before).amount) == "1160.00"


def test_one_s_own_claim_is_taken_back(town: Town) -> None:
    reference = claimed(town, town.brian.user).json()["reference"]
    refused(call(town.firm.user, "post", f"expenses/{reference}/withdraw", {}), 403, "NOT_ALLOWED")
    taken = call(town.brian.user, "post", f"expenses/{reference}/withdraw", {})
    assert taken.json()["state"] == "WITHDRAWN"
    assert claimed(town, town.brian.user, "again").status_code == 201
