"""Deposits over REST: a quote, opened with a code, instructed, closed at a cost one was shown."""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

from rest_framework.test import APIClient

from bank import ledger
from bank.identity import stepup
from bank.identity.models import Challenge, ChallengeFailure
from tests.statements.world import World, deposit
from tests.web.api_fixtures import alice, bank, bob, refused

__all__ = ["alice", "bank", "bob"]

URL = "/api/v1/deposits"


def _code() -> dict[str, str]:
    asked = Challenge.objects.latest("created_at")
    return {"challenge_id": str(asked.pk), "code": stepup.code_for(asked)}


def _order(bank: World, **changes: Any) -> dict[str, Any]:
    order = {
        "product": "FIXED", "account": bank.alice.current.number, "months": 6, "instruction": "PRINCIPAL",
        "amount": {"amount": "60000.00", "currency": "KES"},
    }  # fmt: skip
    return {**order, **changes}


def test_a_passkey_signs_on_the_banks_pages_alone(bank: World, alice: APIClient) -> None:
    proof = {"challenge_id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a", "code": '{"id": "a"}'}
    before = ChallengeFailure.objects.count()
    answer = alice.post(URL, _order(bank, authorisation=proof), headers={"Idempotency-Key": "d-0"})
    assert answer.status_code == 400
    assert "A passkey signs on the bank's own pages alone." in answer.json()["detail"], answer.json()
    assert ChallengeFailure.objects.count() == before, "no wrong try either"


def _gives_statements(alice: APIClient, number: str, period: str) -> None:
    one = period.partition("?")[0]
    said = alice.get(period)
    assert (said.json()["account"], said.json()["closing_balance"]) == (number, "60000.00")
    digest = b64encode(sha256(said.content).digest()).decode()
    assert said.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert alice.get(period, headers={"Accept": "text/csv"}).content.startswith(b"kind,booking_date")
    assert alice.get(f"{period}&format=MT940").content.startswith(b":20:")
    reversed_days = alice.get(f"{one}?from=2021-01-01&to=2020-01-01")
    refused(reversed_days, 400, "STATEMENT_PERIOD_REVERSED")
    assert alice.get(one).status_code == 400


def test_a_deposit_from_quote_to_early_closing(bank: World, alice: APIClient, bob: APIClient) -> None:
    deposit(bank.alice.current, "200000.00", "fund")
    quoted = alice.post(f"{URL}/quotes", _order(bank)).json()
    assert (quoted["rate_pct"], quoted["paid_in"]["amount"]) == ("9.000000", "60000.00")
    assert [line["kind"] for line in quoted["schedule"]] == ["INTEREST", "MATURITY"]
    refused(bob.post(f"{URL}/quotes", _order(bank)), 404, "NOT_FOUND")

    key = {"headers": {"Idempotency-Key": "d-1"}}
    before = ledger.trial_balance()
    for wrong, code in (
        (_order(bank, months=7), "DEPOSIT_TERM_NOT_OFFERED"),
        (_order(bank, amount={"amount": "1.00", "currency": "KES"}), "DEPOSIT_TOO_SMALL"),
        (_order(bank, amount={"amount": "900000.00", "currency": "KES"}), "INSUFFICIENT_FUNDS"),
        (_order(bank, product="RECURRING"), "DEPOSIT_INSTRUCTION_NOT_POSSIBLE"),
    ):
        answer = alice.post(URL, wrong, **key)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert alice.post(URL, _order(bank, colour="red"), **key).status_code == 400
    assert alice.post(URL, _order(bank)).status_code == 400
    asked = alice.post(URL, _order(bank), **key)
    assert (asked.status_code, asked.json()["code"]) == (403, "STEP_UP_REQUIRED")
    assert "60000.00" in asked.json()["challenge"]["summary"]
    assert ledger.trial_balance() == before

    order = _order(bank, authorisation=_code())
    made = alice.post(URL, order, **key)
    assert made.status_code == 201, made.json()
    number, found = made.json()["number"], made.json()
    assert (found["status"], found["balance"]["amount"], found["instruction"]) == (
        "ACTIVE", "60000.00", "PRINCIPAL",
    )  # fmt: skip
    again = alice.post(URL, order, **key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")

    one = f"{URL}/{number}"
    assert [item["number"] for item in alice.get(URL).json()["items"]] == [number]
    assert alice.get(one).json() == found
    assert bob.get(URL).json() == {"items": []}
    today = ledger.business_date()
    period = f"{one}/statement?from={today}&to={today}"
    for path in (one, f"{one}/early-closing", period):
        assert bob.get(path).status_code == 404
    _gives_statements(alice, number, period)
    changed = alice.put(f"{one}/instruction", {"instruction": "NONE"})
    assert changed.json()["instruction"] == "NONE"
    assert alice.put(f"{one}/instruction", {"instruction": "MAYBE"}).status_code == 400

    assert alice.get(f"{one}/early-closing").json()["code"] == "DEPOSIT_COOLING_LOCK"
    ledger.roll_business_date(to=ledger.business_date() + timedelta(days=31))
    cost = alice.get(f"{one}/early-closing").json()
    assert (cost["cost"]["amount"], cost["reduced_rate_pct"]) == ("50.96", "8.000000")
    key = {"headers": {"Idempotency-Key": "c-1"}}
    assert alice.post(f"{one}/early-closing", {}, **key).status_code == 403
    closed = alice.post(f"{one}/early-closing", {"authorisation": _code()}, **key)
    assert (closed.status_code, closed.json()["status"]) == (201, "CLOSED_EARLY")
