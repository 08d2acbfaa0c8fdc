"""Requests to pay and bills over REST: keys, codes, permissions; nothing moves without a code."""

from typing import Any

from rest_framework.test import APIClient

from bank import ledger
from bank.kernel.money import Money
from bank.requests import services
from tests.statements.world import World
from tests.web.api_fixtures import alice, bank, bob, code_of, refused

__all__ = ["alice", "bank", "bob"]
URL = "/api/v1/requests-to-pay"
KES_100 = {"amount": "100.00", "currency": "KES"}


def post(client: APIClient, path: str, body: Any = None, key: str = "k") -> Any:
    return client.post(path, body or {}, headers={"Idempotency-Key": key})


def with_a_code(client: APIClient, path: str, body: dict[str, Any], key: str) -> Any:
    asked = post(client, path, body, key)
    refused(asked, 403, "STEP_UP_REQUIRED")
    return post(client, path, body | {"authorisation": code_of(asked)}, key)


def booked(number: str) -> Money:
    return ledger.balance(number).booked


def test_a_request_is_made_answered_and_paid(bank: World, alice: APIClient, bob: APIClient) -> None:
    bobs, alices = bank.bob.current.number, bank.alice.current.number
    asked = {
        "creditor_account": bobs, "amount": KES_100, "remittance": "Dinner", "debtor_account": alices,
        "debtor_name": bank.alice.current.customer.display_name,
    }  # fmt: skip
    refused(bob.post(URL, asked), 400, "INVALID_INPUT")
    made = post(bob, URL, asked, "r1")
    assert (made.status_code, made.json()["status"], made.json()["direction"]) == (201, "PENDING", "MADE")
    one = made.json()["reference"]
    assert made.headers["Location"] == f"{URL}/{one}"
    assert post(bob, URL, asked, "r1").json()["reference"] == one
    refused(post(bob, URL, asked | {"remittance": "Other"}, "r1"), 409, "IDEMPOTENCY_CONFLICT")
    refused(post(bob, URL, asked | {"creditor_account": alices}, "r2"), 404, "NOT_FOUND")
    (seen,) = alice.get(URL).json()["items"]
    assert (seen["reference"], seen["direction"], seen["left"]) == (one, "RECEIVED", KES_100)
    before = booked(bobs)
    pays = {"debtor_account": alices, "amount": KES_100}
    refused(post(alice, f"{URL}/{one}/pay", pays | {"amount": {**KES_100, "amount": "9.00"}}), 422,
            "AMOUNT_NOT_ASKED")  # fmt: skip
    refused(post(alice, f"{URL}/{one}/pay", pays | {"debtor_account": bobs}), 404, "NOT_FOUND")
    assert booked(bobs) == before
    paid = with_a_code(alice, f"{URL}/{one}/pay", pays, "p1")
    assert (paid.status_code, paid.json()["status"]) == (200, "SETTLED")
    assert post(alice, f"{URL}/{one}/pay", pays | {"authorisation": {"challenge_id": _NONE, "code": "1"}},
                "p1").json() == paid.json()  # fmt: skip
    assert booked(bobs) == before + Money.of("100.00", "KES")
    assert bob.get(f"{URL}/{one}").json()["status"] == "PAID"
    refused(post(alice, f"{URL}/{one}/decline", {"reason": "AMOUNT"}, "d0"), 409, "REQUEST_OVER")

    two = post(bob, URL, asked | {"remittance": "Tea"}, "r3").json()["reference"]
    refused(post(bob, f"{URL}/{two}/decline", {"reason": "AMOUNT"}, "d1"), 403, "NOT_ALLOWED")
    declined = post(alice, f"{URL}/{two}/decline", {"reason": "AMOUNT", "words": "Half"}, "d2")
    assert (declined.json()["status"], declined.json()["decline_reason"]) == ("DECLINED", "AMOUNT")
    three = post(bob, URL, asked | {"remittance": "Cake"}, "r4").json()["reference"]
    refused(post(alice, f"{URL}/{three}/cancel", key="c1"), 404, "NOT_FOUND")
    refused(post(alice, f"{URL}/{three}/explode", key="c2"), 404, "NOT_FOUND")
    assert post(bob, f"{URL}/{three}/cancel", key="c3").json()["status"] == "CANCELLED"
    assert post(bob, f"{URL}/{three}/cancel", key="c3").json()["status"] == "CANCELLED"
    assert APIClient().get(f"{URL}/{one}").status_code == 401


_NONE = "00000000-0000-4000-8000-000000000000"


def test_a_bill_is_paid_once_with_a_code(bank: World, alice: APIClient, bob: APIClient) -> None:
    services.open_biller(
        code="taa-power", name="Taa Power", category="ELECTRICITY", account=bank.bob.current,
        label="Meter number", pattern="[0-9]{11}", example="37194820561",
    )  # fmt: skip
    (biller,) = alice.get("/api/v1/billers").json()["items"]
    assert (biller["code"], biller["currency"], biller["reference_example"]) == (
        "taa-power", "KES", "37194820561",
    )  # fmt: skip
    asked = {
        "biller": "taa-power", "reference": "37194820561", "debtor_account": bank.alice.current.number,
        "amount": KES_100,
    }  # fmt: skip
    before = booked(bank.bob.current.number)
    refused(post(alice, "/api/v1/bills", asked | {"reference": "12"}, "b0"), 422, "BILL_REFERENCE_WRONG")
    refused(post(alice, "/api/v1/bills", asked | {"biller": "nobody"}, "b0"), 404, "NOT_FOUND")
    refused(post(bob, "/api/v1/bills", asked, "b0"), 404, "NOT_FOUND")
    paid = with_a_code(alice, "/api/v1/bills", asked, "b1")
    assert (paid.status_code, paid.json()["status"]) == (200, "SETTLED")
    assert booked(bank.bob.current.number) == before + Money.of("100.00", "KES")
    (bill,) = alice.get("/api/v1/bills").json()["items"]
    assert (bill["biller"], bill["reference"], bill["amount"]) == ("taa-power", "37194820561", KES_100)
    assert bob.get("/api/v1/bills").json()["items"] == []
