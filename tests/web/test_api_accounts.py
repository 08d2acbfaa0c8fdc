"""Accounts and statement lines over REST."""

from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from bank import ledger
from tests.statements.world import World, deposit
from tests.web.api_fixtures import alice, bank, bob, refused

__all__ = ["alice", "bank", "bob"]


def test_accounts_with_balances_as_text(bank: World, alice: APIClient) -> None:
    answer = alice.get("/api/v1/accounts")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    found = {account["number"]: account for account in answer.json()["items"]}
    assert set(found) == {bank.alice.current.number, bank.alice.savings.number}
    assert found[bank.alice.current.number] == {
        "number": bank.alice.current.number,
        "name": bank.alice.current.label,
        "product": "CURRENT",
        "customer": {"cif": bank.alice.customer.cif, "name": "Alice Achieng"},
        "currency": "KES",
        "status": "ACTIVE",
        "opened_date": str(ledger.business_date()),
        "booked": {"amount": "10000.00", "currency": "KES"},
        "held": {"amount": "0.00", "currency": "KES"},
        "available": {"amount": "10000.00", "currency": "KES"},
    }


def test_the_list_takes_a_fixed_number_of_queries(
    bank: World, alice: APIClient, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(3):
        alice.get("/api/v1/accounts")


def test_one_account(bank: World, alice: APIClient) -> None:
    answer = alice.get(f"/api/v1/accounts/{bank.alice.current.number}")
    assert answer.json()["booked"]["amount"] == "10000.00"


def pages(client: APIClient, number: str, **query: Any) -> list[list[dict[str, Any]]]:
    found, cursor = [], None
    while True:
        asked = {**query, "cursor": cursor} if cursor else query
        answer = client.get(f"/api/v1/accounts/{number}/lines", asked).json()
        found.append(answer["items"])
        cursor = answer["next_cursor"]
        if cursor is None:
            return found


def test_lines_page_by_page_are_all_lines_once(bank: World, alice: APIClient) -> None:
    for number in range(6):
        deposit(bank.alice.current, "1.50", f"d{number}")
    found = pages(alice, bank.alice.current.number, limit=3)
    assert [len(page) for page in found] == [3, 3, 1]
    versions = [line["version"] for page in found for line in page]
    assert versions == [7, 6, 5, 4, 3, 2, 1]
    assert found[0][0]["balance_after"] == {"amount": "10009.00", "currency": "KES"}
    assert found[0][0]["amount"] == {"amount": "1.50", "currency": "KES"}


def test_an_exactly_full_page_is_the_last(bank: World, alice: APIClient) -> None:
    deposit(bank.alice.current, "1", "d")
    assert [len(page) for page in pages(alice, bank.alice.current.number, limit=2)] == [2]


def test_pages_stay_put_while_lines_arrive(bank: World, alice: APIClient) -> None:
    for number in range(3):
        deposit(bank.alice.current, "1", f"d{number}")
    url = f"/api/v1/accounts/{bank.alice.current.number}/lines"
    first = alice.get(url, {"limit": 2}).json()
    deposit(bank.alice.current, "99", "late")
    second = alice.get(url, {"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [line["version"] for line in first["items"] + second["items"]] == [4, 3, 2, 1]


def test_lines_of_a_period(bank: World, alice: APIClient) -> None:
    first = ledger.business_date()
    ledger.roll_business_date()
    deposit(bank.alice.current, "7", "next day")
    number, second = bank.alice.current.number, ledger.business_date()
    assert [len(page) for page in pages(alice, number, **{"from": first, "to": first})] == [1]
    assert [line["amount"]["amount"] for line in pages(alice, number, **{"from": second})[0]] == ["7.00"]
    assert pages(alice, number, to=first - timedelta(days=1)) == [[]]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-02-30"},
        {"from": "yesterday"},
        {"limit": "0"},
        {"limit": "501"},
        {"limit": "1e2"},
        {"limit": "-1"},
        {"cursor": "forged"},
        {"cursor": "x" * 301},
        {"cursor": "\x00"},
        {"ordering": "password"},
        {"account__customer__user__password__startswith": "a"},
        {"from": "2026-02-02", "to": "2026-02-01"},
    ],
)
def test_row_45_loose_queries_are_refused(bank: World, alice: APIClient, query: dict[str, str]) -> None:
    refused(alice.get(f"/api/v1/accounts/{bank.alice.current.number}/lines", query), 400, "INVALID_INPUT")


def test_row_54_a_parameter_given_twice_is_refused(bank: World, alice: APIClient) -> None:
    url = f"/api/v1/accounts/{bank.alice.current.number}/lines?limit=1&limit=2"
    refused(alice.get(url), 400, "INVALID_INPUT")


def test_a_cursor_of_another_list_is_refused(bank: World, alice: APIClient) -> None:
    for number in range(3):
        deposit(bank.alice.current, "1", f"d{number}")
    cursor = alice.get(f"/api/v1/accounts/{bank.alice.current.number}/lines", {"limit": 1}).json()[
        "next_cursor"
    ]
    for url, query in (
        (f"/api/v1/accounts/{bank.alice.savings.number}/lines", {}),
        (f"/api/v1/accounts/{bank.alice.current.number}/lines", {"from": "2026-01-01"}),
        ("/api/v1/transfers", {}),
    ):
        refused(alice.get(url, {**query, "cursor": cursor}), 400, "INVALID_INPUT")


def test_row_21_other_peoples_accounts_are_not_there(bank: World, bob: APIClient) -> None:
    for path in ("", "/lines"):
        for number in (bank.alice.current.number, "9999999999999", "x", "1' OR '1'='1"):
            refused(bob.get(f"/api/v1/accounts/{number}{path}"), 404, "NOT_FOUND")
