"""The schema, the docs page and the error codes are public, complete, and load nothing from elsewhere."""

import re

import pytest
from django.test import Client


def test_the_error_page_lists_every_code(client: Client) -> None:
    page = client.get("/api/docs/errors/").content.decode()
    for code in (
        "INSUFFICIENT_FUNDS",
        "IDEMPOTENCY_CONFLICT",
        "STATEMENT_NOT_READY",
        "PARSE_ERROR",
        "NOT_FOUND",
    ):
        assert f'id="{code}"' in page


def test_the_docs_page_keeps_to_the_policy(client: Client) -> None:
    response = client.get("/api/docs/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"""(?:src|href)="(?:https?:)?//""", page)
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
    assert client.get("/api/docs/?script").headers["Content-Type"].startswith("application/javascript")


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/nowhere", "/api/v2/accounts", "/api/v1/accounts/1/x/y"])
def test_unknown_addresses_answer_a_problem(client: Client, method: str, path: str) -> None:
    response = getattr(client, method)(path)
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "NOT_FOUND"
    assert response.json()["correlation_id"] == response.headers["X-Correlation-Id"]
