"""What the REST door does not take: each a problem document, and the books as they were."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from bank.identity import services as identity
from bank.identity import tokens
from bank.payments.models import PaymentOrder
from tests.statements import world
from tests.statements.world import World
from tests.web.api_fixtures import alice, bank, bob, order, refused, send

__all__ = ["alice", "bank", "bob"]
JSON = "application/json"


def send_raw(client: APIClient, body: str | bytes, content_type: str = JSON, **headers: str) -> Any:
    headers = {"Idempotency-Key": "k1", **headers}
    return client.post("/api/v1/transfers", data=body, content_type=content_type, headers=headers)


NO_AMOUNTS: list[Any] = [
    "0", "-1", "0.001", "1e400", "1e2", "NaN", "Infinity", "-Infinity", "1,000", "1000000000000000000",
    "0x10", "１２", "+1", "", " 1", "1 ", "01", ".5", "5.", "1_000", "--1", "1\u00a0", "٣",
    "9" * 4000, None, [], {}, True, 1, 12, 1e2,
]  # fmt: skip


def test_row_30_amounts_that_are_none(bank: World, alice: APIClient) -> None:
    before = world.position()
    for amount in NO_AMOUNTS:
        body = order(bank) | {"amount": {"amount": amount, "currency": "KES"}}
        answer = send_raw(alice, json.dumps(body))
        assert answer.status_code in {400, 422}, (amount, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert world.position() == before
    assert not PaymentOrder.objects.exists()


NO_MONEY: list[Any] = [
    "12.50", 12.5, 12, None, [], {"amount": "1"}, {"currency": "KES"},
    {"amount": "1", "currency": "XYZ"}, {"amount": "1", "currency": "kes"},
    {"amount": "1", "currency": None}, {"amount": "1", "currency": "KES", "extra": 1},
]  # fmt: skip


def test_row_30_money_that_is_none(bank: World, alice: APIClient) -> None:
    before = world.position()
    for money in NO_MONEY:
        code = "PARSE_ERROR" if isinstance(money, float) else "INVALID_INPUT"
        refused(send_raw(alice, json.dumps(order(bank) | {"amount": money})), 400, code)
    assert world.position() == before


MORE_MEMBERS: list[Any] = [
    {"is_staff": True}, {"status": "SETTLED"}, {"fee": {"amount": "0", "currency": "KES"}},
    {"user": 1}, {"__class__": "x"}, {"authorisation": {"permit": True, "operator": True}},
]  # fmt: skip


def test_row_23_members_that_are_not_asked_for(bank: World, alice: APIClient) -> None:
    before = world.position()
    for extra in MORE_MEMBERS:
        body = refused(send(alice, order(bank) | extra), 400, "INVALID_INPUT")
        assert {fault["code"] for fault in body["errors"]} == {"UNKNOWN_MEMBER"}
    assert world.position() == before


NO_AUTHORISATIONS: list[Any] = [
    {}, {"code": "123456"}, {"challenge_id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a"},
    {"challenge_id": "1", "code": "123456"}, {"permit": False}, {"permit": "perhaps"},
    {"challenge_id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a", "code": "123456", "permit": True},
    {"challenge_id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a", "code": 123456}, [], "123456",
]  # fmt: skip


def test_authorisations_that_are_none(bank: World, alice: APIClient) -> None:
    before = world.position()
    for authorisation in NO_AUTHORISATIONS:
        refused(send(alice, order(bank) | {"authorisation": authorisation}), 400, "INVALID_INPUT")
    assert world.position() == before


NO_JSON = [
    b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe{}", b'{"a": NaN}', b'{"a": Infinity}',
    b'{"a": 1, "a": 1}', b'{"amount": {"amount": "1", "amount": "2", "currency": "KES"}}', b'{"a": 0.1}',
    b'{"a": 1e400}', b'{"a": ' + b"9" * 5000 + b"}", b"[" * 100_000, b'{"a":' * 50_000,
    b'\xef\xbb\xbf{"a": "b"}', b'{"a": "\xc3\x28"}', "{}".encode("utf-16"), b"{'a': 1}", b"{} {}",
]  # fmt: skip


def test_row_54_bodies_that_are_no_json(bank: World, alice: APIClient) -> None:
    before = world.position()
    for body in NO_JSON:
        answer = send_raw(alice, body)
        assert answer.status_code == 400, (body[:80], answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] in {"PARSE_ERROR", "INVALID_INPUT"}
    assert world.position() == before


def test_row_54_a_giant_body_is_not_read(bank: World, alice: APIClient) -> None:
    refused(send_raw(alice, b'{"remittance": "' + b"x" * 2_000_000 + b'"}'), 413, "CONTENT_TOO_LARGE")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
     "application/json; charset=latin-1", "application/json; charset=utf-16"],
)  # fmt: skip
def test_row_38_other_content_types_are_refused(bank: World, alice: APIClient, content_type: str) -> None:
    answer = send_raw(alice, json.dumps(order(bank)), content_type)
    refused(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a\x01b", "nëw"])
def test_row_29_money_needs_a_key(bank: World, alice: APIClient, key: str) -> None:
    headers = {"Idempotency-Key": key}
    answer = alice.post("/api/v1/transfers", order(bank), headers=headers)
    refused(answer, 400, "INVALID_INPUT")
    answer = alice.post("/api/v1/transfers", order(bank))
    refused(answer, 400, "INVALID_INPUT")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_other_methods_are_refused(bank: World, alice: APIClient, method: str) -> None:
    answer = alice.generic(method.upper(), "/api/v1/transfers")
    refused(answer, 405, "METHOD_NOT_ALLOWED")
    assert "POST" in answer.headers["Allow"]


def test_other_answers_than_json_are_refused(bank: World, alice: APIClient) -> None:
    refused(alice.get("/api/v1/accounts", headers={"Accept": "text/html"}), 406, "NOT_ACCEPTABLE")


def test_unforeseen_errors_tell_nothing(
    bank: World, alice: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from bank.payments import services as payments

    def break_down(**_: Any) -> None:
        raise RuntimeError("SELECT secret FROM vault")

    monkeypatch.setattr(payments, "start_payment", break_down)
    answer = send(alice, order(bank))
    body = refused(answer, 500, "INTERNAL")
    assert "secret" not in json.dumps(body)
    assert "SELECT secret" in caplog.text


ROUTES = [
    ("get", "/api/v1/ping"),
    ("get", "/api/v1/accounts"),
    ("get", "/api/v1/accounts/1"),
    ("get", "/api/v1/accounts/1/lines"),
    ("post", "/api/v1/payees/check"),
    ("get", "/api/v1/transfers"),
    ("post", "/api/v1/transfers"),
    ("get", "/api/v1/transfers/1"),
    ("post", "/api/v1/payment-files"),
    ("get", "/api/v1/payment-files/1"),
    ("get", "/api/v1/payment-files/1/lines"),
    ("post", "/api/v1/payment-files/1/confirm"),
    ("get", "/api/v1/statements"),
    ("post", "/api/v1/statements"),
    ("get", "/api/v1/statements/1"),
    ("get", "/api/v1/statements/1/document"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_row_22_no_route_opens_without_a_token(db: None, method: str, path: str) -> None:
    answer = getattr(world.client(), method)(path)
    refused(answer, 401, "NOT_AUTHENTICATED")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_row_17_a_refresh_token_opens_nothing(bank: World) -> None:
    pair = tokens.issue(user=bank.alice.user)
    client = APIClient(headers={"Authorization": f"Bearer {pair.refresh}"})
    for method, path in ROUTES:
        refused(getattr(client, method)(path), 401, "TOKEN_INVALID")


def test_row_11_a_changed_password_ends_the_token_at_once(bank: World, alice: APIClient) -> None:
    assert alice.get("/api/v1/ping").status_code == 200
    identity.sign_out_everywhere(user=bank.alice.user, reason=tokens.Ended.PASSWORD_CHANGED)
    refused(alice.get("/api/v1/ping"), 401, "TOKEN_INVALID")


def test_row_38_a_browser_session_opens_nothing(bank: World) -> None:
    client = APIClient()
    client.force_login(bank.alice.user, backend="django.contrib.auth.backends.ModelBackend")
    refused(client.get("/api/v1/accounts"), 401, "NOT_AUTHENTICATED")
