"""The schema is valid, complete and true: generated requests never get an answer it does not describe."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
import yaml
from django.conf import LazySettings
from django.core.cache import cache
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bank.identity import tokens
from bank.wsgi import application
from tests.statements import world

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

EXAMPLES = 6
OPEN = {"/api/v1/auth/token", "/api/v1/auth/token/refresh", "/api/v1/auth/token/revoke", "/api/v1/auth/code"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """Fails on any warning of the generator."""
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    document: dict[str, Any] = yaml.safe_load(out.getvalue())
    return document


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield path, method, operation


def test_every_operation_has_summary_security_and_refusals(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        named = f"{method} {path}"
        assert operation.get("summary") or operation.get("description"), named
        assert {"400", "401", "429", "default"} <= set(operation["responses"]), named
        problem = operation["responses"]["default"]["content"]["application/problem+json"]
        assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}, named
        if path not in OPEN:
            schemes = [next(iter(one)) for one in operation["security"]]
            assert schemes == ["apiKey", "oauth2", "accessToken"], named


ASKED_TWICE_IS_ONE = {
    "/api/v1/payees/check",
    "/api/v1/deposits/quotes",
    "/api/v1/accounts/{number}/collection-numbers",
    "/api/v1/transfers/{reference}/cancel",
    "/api/v1/transfers/{reference}/recall",
    *(f"/api/v1/direct-debits/creditors/{{customer}}{path}" for path in ("", "/files")),
    *(f"/api/v1/direct-debits/mandates{path}" for path in ("", "/{reference}/confirm", "/{reference}/{act}")),
    *(
        f"/api/v1/direct-debits/collections{path}"
        for path in ("", "/{reference}/refund", "/{reference}/{act}")
    ),
}

TELLS_A_SECRET_ONCE = {
    "/api/v1/webhooks",
    *(f"/api/v1/webhooks/{{webhook_id}}/{act}" for act in ("secret", "replay", "{act}")),
}
"""Webhooks move no money, and an answer with a secret in it is not kept to be given again."""


def test_money_moves_only_with_a_key(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        if method == "post" and path not in OPEN | ASKED_TWICE_IS_ONE | TELLS_A_SECRET_ONCE:
            headers = {p["name"] for p in operation["parameters"] if p["in"] == "header" and p["required"]}
            assert headers == {"Idempotency-Key"}, path


def test_money_is_text_with_its_currency(schema: dict[str, Any]) -> None:
    amount = schema["components"]["schemas"]["AccountAnswer"]["properties"]["booked"]
    assert amount["properties"]["amount"]["type"] == "string"
    assert amount["required"] == ["amount", "currency"]


@pytest.mark.parametrize(("accept", "begins"), [("application/json", "{"), ("application/yaml", "openapi:")])
def test_the_schema_is_public(client: Client, accept: str, begins: str) -> None:
    answer = client.get("/api/schema/", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.content.decode().startswith(begins)


@pytest.fixture
def lasting_connection() -> Iterator[None]:
    """The test's transaction outlives each request, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("lasting_connection")
def test_generated_requests_get_described_answers(tmp_path: Path, settings: LazySettings) -> None:
    """Status, content type and body of every answer are as the schema says, and none is a 500."""
    settings.FILES_DIR = tmp_path
    settings.SECURE_SSL_REDIRECT = False
    bank = world.build()
    authorization = f"Bearer {tokens.issue(user=bank.alice.user).access}"
    before = world.position()
    fuzzed = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    for found in fuzzed.get_all_operations():
        _fuzz(found.ok(), authorization, bank.alice.current.number)
    assert world.position() == before


def _fuzz(operation: Any, authorization: str, number: str) -> None:
    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        cache.clear()
        if "number" in case.path_parameters:
            case.path_parameters["number"] = number
        case.call_and_validate(headers={"Authorization": authorization}, checks=CHECKS)

    ask()
