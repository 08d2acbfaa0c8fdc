"""What the tests of the REST door share."""

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.response import Response
from rest_framework.test import APIClient

from bank.identity import stepup
from bank.identity.models import Challenge
from tests.statements import world
from tests.statements.world import World
from tests.worlds import Standing


@pytest.fixture
def bank(standing_world: Standing[World], db: None) -> World:
    cache.clear()
    return standing_world.visit()


@pytest.fixture
def alice(bank: World) -> APIClient:
    return world.client(bank.alice.user)


@pytest.fixture
def bob(bank: World) -> APIClient:
    return world.client(bank.bob.user)


def order(bank: World, figure: str = "250.00", **changes: Any) -> dict[str, Any]:
    """A transfer from Alice to Bob, without authorisation."""
    return {
        "debtor_account": bank.alice.current.number,
        "creditor_account": bank.bob.current.number,
        "creditor_name": "Bob Barasa",
        "amount": {"amount": figure, "currency": "KES"},
        "remittance": "Rent",
    } | changes


def code_of(answer: Response) -> dict[str, str]:
    """The authorisation for a challenge, its code read as its addressee would read it in the mail."""
    challenge = Challenge.objects.get(pk=answer.json()["challenge"]["id"])
    return {"challenge_id": str(challenge.pk), "code": stepup.code_for(challenge)}


def send(client: APIClient, body: dict[str, Any], key: str = "k1") -> Response:
    return client.post("/api/v1/transfers", body, headers={"Idempotency-Key": key})


def pay(client: APIClient, body: dict[str, Any], key: str = "k1") -> Response:
    """Both calls: the code is asked for, then given."""
    asked = send(client, body, key)
    assert asked.status_code == 403, asked.content
    return send(client, body | {"authorisation": code_of(asked)}, key)


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Checks that ``answer`` is a problem document (RFC 9457) with this status and code."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"/api/docs/errors/#{code}"
    assert body["title"]
    assert body["detail"]
    assert body["correlation_id"] == answer.headers.get("X-Correlation-Id", body["correlation_id"])
    return body
