"""Standing orders over REST: two calls with a code, history, acts; another's are not there."""

from typing import Any

import pytest
from django.test import Client

from bank.identity.models import Challenge
from bank.identity.stepup import code_for
from bank.standing.models import StandingOrder
from tests.identity import bearer
from tests.payments.conftest import Bank

URL = "/api/v1/standing-orders"


@pytest.fixture
def asked(bank: Bank) -> dict[str, Any]:
    return {
        "debtor_account": bank.alice.number,
        "creditor_account": bank.bob.number,
        "creditor_name": bank.bob.name,
        "amount": {"amount": "1250.00", "currency": "KES"},
        "frequency": "MONTHLY",
        "first": "2026-03-31",
        "month_rule": "LAST_DAY",
    }


def test_set_up_look_act(bank: Bank, asked: dict[str, Any], client: Client) -> None:
    who = bearer(bank.alice.user) | {"HTTP_IDEMPOTENCY_KEY": "k1", "content_type": "application/json"}
    refused = client.post(URL, asked, **who)
    assert refused.status_code == 403
    challenge = Challenge.objects.get(pk=refused.json()["challenge"]["id"])
    proof = {"challenge_id": str(challenge.pk), "code": code_for(challenge)}
    made = client.post(URL, asked | {"authorisation": proof}, **who)
    assert made.status_code == 201, made.content
    assert made.json()["next_paid_on"] == "2026-03-31"
    again = client.post(URL, asked | {"authorisation": proof}, **who)
    assert again.json()["reference"] == made.json()["reference"]
    address = f"{URL}/{made.json()['reference']}"
    for _ in range(2):  # the same key: one payment is skipped, not two
        assert client.post(f"{address}/skip", **who).json()["next_due"] == "2026-04-30"
    assert client.get(address, **who).json()["runs"][0]["status"] == "SKIPPED"
    assert client.post(f"{address}/dance", **who).status_code == 404
    assert client.post(f"{address}/end", **who).json()["status"] == "ENDED"
    other = bearer(bank.bob.user)
    assert client.get(address, **other).status_code == 404
    assert client.post(f"{address}/end", **other).status_code == 404
    assert client.get(URL, **other).json() == {"items": []}


def test_what_is_wrong_is_refused(bank: Bank, asked: dict[str, Any], client: Client) -> None:
    who = bearer(bank.alice.user) | {"HTTP_IDEMPOTENCY_KEY": "k1", "content_type": "application/json"}
    money = asked["amount"]
    for changes, status in (
        ({"keep": money}, 400),
        ({"amount": {"amount": "NaN", "currency": "KES"}}, 400),
        ({"first": "2026-02-30"}, 400),
        ({"first": "2020-01-01"}, 422),
        ({"retry_days": 11}, 400),
        ({"frequency": "DAILY"}, 400),
        ({"surprise": 1}, 400),
        ({"debtor_account": bank.bob.number}, 404),
    ):
        assert client.post(URL, asked | changes, **who).status_code == status, changes
    assert not StandingOrder.objects.exists()
