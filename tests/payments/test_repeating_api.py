"""Payees, templates and groups over REST: kept, paid as one file with one code, nobody else's."""

import pytest
from rest_framework.test import APIClient

from bank.kernel import clock
from bank.payments.models import Beneficiary, PaymentOrder
from tests.statements.world import World
from tests.web.api_fixtures import alice, bank, bob, code_of, refused

__all__ = ["alice", "bank", "bob"]
pytestmark = pytest.mark.django_db


def test_what_is_kept_is_paid_again(bank: World, alice: APIClient, bob: APIClient) -> None:
    cif, theirs = bank.alice.customer.cif, bank.bob.current.number
    payee = Beneficiary.objects.create(
        customer=bank.alice.customer, name="Bob Barasa", number=theirs, agent="UMOJKENA", name_check="MATCH",
        added_by=bank.alice.user, added_at=clock.now(),
    )  # fmt: skip
    (listed,) = alice.get(f"/api/v1/payees?customer={cif}").json()["items"]
    assert (listed["id"], listed["account"]) == (payee.pk, theirs)
    for path in ("payees", "payment-templates", "payee-groups"):
        refused(bob.get(f"/api/v1/{path}?customer={cif}"), 404, "NOT_FOUND")
    sum_ = {"amount": "250.00", "currency": "KES"}
    body = {
        "customer": cif, "name": "Rent", "debtor_account": bank.alice.current.number,
        "creditor_account": theirs, "creditor_name": "Bob Barasa", "amount": sum_, "remittance": "Rent",
    }  # fmt: skip
    made = alice.post("/api/v1/payment-templates", body, headers={"Idempotency-Key": "t1"})
    assert made.status_code == 201, made.content
    again = alice.post("/api/v1/payment-templates", body, headers={"Idempotency-Key": "t1"})
    assert again.json() == made.json()
    taken = alice.post("/api/v1/payment-templates", body, headers={"Idempotency-Key": "t2"})
    refused(taken, 409, "NAME_TAKEN")
    (kept,) = alice.get(f"/api/v1/payment-templates?customer={cif}").json()["items"]
    assert (kept["amount"], kept["creditor_account"]) == (sum_, theirs)
    one = f"/api/v1/payment-templates/{kept['id']}?customer={cif}"
    refused(bob.delete(one), 404, "NOT_FOUND")
    assert alice.delete(one).status_code == 204

    group = {"customer": cif, "name": "Monthly", "members": [{"payee": payee.pk, "amount": sum_}]}
    put = alice.post("/api/v1/payee-groups", group, headers={"Idempotency-Key": "g1"})
    assert (put.status_code, put.json()["total"]) == (201, sum_), put.content
    number = put.json()["id"]
    for wrong in ([], [{"payee": payee.pk + 999, "amount": sum_}], group["members"] * 2):
        bad = {**group, "name": "Bad", "members": wrong}
        answer = alice.post("/api/v1/payee-groups", bad, headers={"Idempotency-Key": "g2"})
        assert answer.status_code in {400, 404, 422}, answer.content
    refused(bob.get(f"/api/v1/payee-groups/{number}?customer={cif}"), 404, "NOT_FOUND")
    pay = {"customer": cif, "debtor_account": bank.alice.current.number}
    url = f"/api/v1/payee-groups/{number}/payments"
    file = alice.post(url, pay, headers={"Idempotency-Key": "p1"})
    assert (file.status_code, file.json()["status"]) == (201, "CHECKED"), file.content
    assert (
        alice.post(url, pay, headers={"Idempotency-Key": "p1"}).json()["reference"]
        == (file.json()["reference"])
    )
    other = f"/api/v1/payee-groups/{number + 1}/payments"
    refused(alice.post(other, pay, headers={"Idempotency-Key": "p1"}), 409, "IDEMPOTENCY_CONFLICT")
    elsewhere = {**pay, "debtor_account": bank.alice.savings.number}
    refused(alice.post(url, elsewhere, headers={"Idempotency-Key": "p1"}), 409, "IDEMPOTENCY_CONFLICT")
    confirm = f"/api/v1/payment-files/{file.json()['reference']}/confirm"
    asked = alice.post(confirm, {}, headers={"Idempotency-Key": "ok"})
    paid = alice.post(confirm, {"authorisation": code_of(asked)}, headers={"Idempotency-Key": "ok"})
    assert (paid.json()["status"], paid.json()["settled_count"]) == ("PAID", 1)
    assert PaymentOrder.objects.get().creditor_number == theirs
    gone = alice.delete(f"/api/v1/payee-groups/{number}?customer={cif}")
    assert gone.status_code == 204
