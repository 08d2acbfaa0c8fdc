"""Approvals over REST: a transfer waits, others sign with one code, a repeated request changes nothing."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from bank.cif import services as cif
from bank.identity import services as identity
from bank.signing import services as signing
from bank.signing.rules import Step
from tests.identity import bearer
from tests.portals import town as streets
from tests.portals.town import Town, newest_code

pytestmark = pytest.mark.django_db


def call(user: Any, path: str, body: Any = None, key: str = "") -> Any:
    headers = bearer(user) | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})
    if body is None:
        return Client().get(f"/api/v1/{path}", **headers)
    return Client().post(f"/api/v1/{path}", body, content_type="application/json", **headers)


def with_a_code(user: Any, path: str, body: dict[str, Any], key: str) -> Any:
    asked = call(user, path, body, key)
    assert asked.status_code == 403, asked.content
    challenge = asked.json()["challenge"]["id"]
    return call(
        user, path, body | {"authorisation": {"challenge_id": challenge, "code": newest_code(user)}}, key
    )


def transfer(town: Town, amount: str) -> dict[str, Any]:
    return {
        "debtor_account": town.firm.number,
        "creditor_account": town.brian.number,
        "creditor_name": town.brian.name,
        "amount": {"amount": amount, "currency": "KES"},
    }


def test_a_transfer_waits_is_signed_and_is_paid_once() -> None:
    town = streets.build()
    firm = town.firm
    second = identity.create_user(email="second@example.test", full_name="Wambui Njoroge", password=None)
    cif.grant_mandate(user=second, customer=firm.customer, role="SIGNATORY", can_pay=True)
    signing.set_rules(customer=firm.customer, currency="KES", steps=[Step(Decimal(1000), 2)], actor=None)
    before = town.books()

    made = with_a_code(firm.user, "transfers", transfer(town, "2000.00"), "t-1")
    assert (made.status_code, made.json()["status"]) == (201, "AWAITING_APPROVAL")
    assert town.books() == before

    listed = call(second, f"approvals?customer={firm.customer.cif}&state=WAITING").json()["items"]
    assert [(one["subject"], one["needed"]) for one in listed] == [(made.json()["reference"], 2)]
    reference = listed[0]["reference"]
    assert call(town.amina.user, f"approvals/{reference}").status_code == 404
    assert call(second, "approvals/sign", {"approvals": []}, "s").status_code == 400

    signed = with_a_code(second, "approvals/sign", {"approvals": [reference]}, "s-1")
    assert signed.json()[0]["state"] == "APPROVED"
    assert town.brian.booked == "3000.00"
    again = call(second, "approvals/sign", {"approvals": [reference]}, "s-2")
    assert (again.status_code, again.json()["code"]) == (409, "APPROVAL_DECIDED")
    assert town.brian.booked == "3000.00"

    with_a_code(firm.user, "transfers", transfer(town, "3000.00"), "t-2")
    with_a_code(firm.user, "transfers", transfer(town, "4000.00"), "t-3")
    waiting = call(second, f"approvals?customer={firm.customer.cif}&state=WAITING").json()["items"]
    newest, older = (one["reference"] for one in waiting)
    assert call(firm.user, f"approvals/{newest}/withdraw", {}, "w").json()["state"] == "WITHDRAWN"
    assert call(firm.user, f"approvals/{newest}/withdraw", {}, "w").status_code == 200, "the same request"
    refused = call(second, f"approvals/{older}/reject", {"reason": "Not this month"}, "r")
    assert (refused.json()["state"], refused.json()["decision_reason"]) == ("REJECTED", "Not this month")
    assert town.brian.booked == "3000.00"
