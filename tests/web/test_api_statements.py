"""Statements over REST: asked for, waited for, fetched, by the account's people alone."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from bank import ledger
from bank.statements import services
from bank.statements.models import Statement
from tests.statements.world import World
from tests.web.api_fixtures import alice, bank, bob, refused

__all__ = ["alice", "bank", "bob"]
URL = "/api/v1/statements"


@pytest.fixture(autouse=True)
def files_dir(settings: LazySettings, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def ask(client: APIClient, bank: World, key: str = "s1", **changes: Any) -> Any:
    today = str(ledger.business_date())
    body = {"account": bank.alice.current.number, "from": today, "to": today, "format": "CSV"}
    return client.post(URL, body | changes, headers={"Idempotency-Key": key})


def test_asked_for_made_and_fetched(bank: World, alice: APIClient) -> None:
    asked = ask(alice, bank)
    assert asked.status_code == 202
    statement = asked.json()
    assert (statement["status"], statement["document"]) == ("QUEUED", "")
    refused(alice.get(f"{URL}/{statement['id']}/document"), 409, "STATEMENT_NOT_READY")
    services.make_statement(statement_id=UUID(statement["id"]))
    ready = alice.get(asked.headers["Location"]).json()
    assert ready["status"] == "READY"
    document = alice.get(ready["document"])
    content = b"".join(document.streaming_content)
    assert document.status_code == 200
    assert document.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert document.headers["Content-Disposition"].startswith("attachment; filename=")
    assert document.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in document.headers["Cache-Control"]
    assert len(content) == ready["size"]
    assert content.startswith(b"kind,booking_date")
    assert [
        item["id"] for item in alice.get(URL, {"account": bank.alice.current.number}).json()["items"]
    ] == [statement["id"]]


@pytest.mark.parametrize("accept", ["application/pdf", "text/csv", "*/*", "application/json"])
def test_the_document_comes_whatever_is_accepted(bank: World, alice: APIClient, accept: str) -> None:
    statement = ask(alice, bank).json()
    url = f"{URL}/{statement['id']}/document"
    refused(alice.get(url, headers={"Accept": accept}), 409, "STATEMENT_NOT_READY")
    services.make_statement(statement_id=UUID(statement["id"]))
    assert alice.get(url, headers={"Accept": accept}).status_code == 200


def test_row_29_asked_for_twice_it_is_one(bank: World, alice: APIClient) -> None:
    first, again = ask(alice, bank), ask(alice, bank)
    assert [first.status_code, again.status_code] == [202, 200]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"]
    refused(ask(alice, bank, format="PDF"), 409, "IDEMPOTENCY_CONFLICT")
    assert Statement.objects.count() == 1


def test_bad_requests_leave_nothing(bank: World, alice: APIClient) -> None:
    refused(ask(alice, bank, to="2999-01-01"), 400, "STATEMENT_PERIOD_IN_FUTURE")
    refused(ask(alice, bank, to="2020-01-01"), 400, "STATEMENT_PERIOD_REVERSED")
    refused(ask(alice, bank, **{"from": "1990-01-01"}), 400, "STATEMENT_PERIOD_TOO_LONG")
    refused(ask(alice, bank, format="DOCX"), 400, "STATEMENT_FORMAT_UNKNOWN")
    for changes in ({"to": "31/10/2026"}, {"to": 5}, {"to": None}, {"format": 1}, {"file_name": "x"}):
        refused(ask(alice, bank, **changes), 400, "INVALID_INPUT")
    refused(alice.get(URL), 400, "INVALID_INPUT")
    assert not Statement.objects.exists()


def test_row_21_anothers_statements_are_not_there(bank: World, alice: APIClient, bob: APIClient) -> None:
    statement = ask(alice, bank).json()
    services.make_statement(statement_id=UUID(statement["id"]))
    refused(ask(bob, bank), 404, "NOT_FOUND")
    refused(bob.get(URL, {"account": bank.alice.current.number}), 404, "NOT_FOUND")
    for path in (statement["id"], f"{statement['id']}/document", "1", "1/document", "..%2f..%2fetc"):
        refused(bob.get(f"{URL}/{path}"), 404, "NOT_FOUND")


def test_row_63_statements_cannot_be_asked_for_without_end(bank: World, alice: APIClient) -> None:
    answers = [ask(alice, bank, key=f"k{number}") for number in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {202}
    refused(answers[30], 429, "THROTTLED")
    assert Statement.objects.count() == 30
