"""Transfers over REST: two calls and a code, once, exactly, and nothing on refusal."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import connections
from rest_framework.test import APIClient

from bank import ledger
from bank.accounts import rules as numbering
from bank.identity.models import Challenge, User
from bank.kernel.money import Money
from bank.payments.models import PaymentOrder
from tests.statements import world
from tests.statements.world import World
from tests.web.api_fixtures import alice, bank, bob, code_of, order, pay, refused, send

__all__ = ["alice", "bank", "bob"]
NOBODYS = numbering.account_number(numbering.HEAD_OFFICE, 99_999_999)


def test_the_first_call_asks_for_a_code_bound_to_amount_and_payee(bank: World, alice: APIClient) -> None:
    before = world.position()
    answer = send(alice, order(bank))
    challenge = refused(answer, 403, "STEP_UP_REQUIRED")["challenge"]
    assert "250.00" in challenge["summary"]
    assert "Bob Barasa" in challenge["summary"]
    assert challenge["sent_to"] == "a•••@example.test"
    assert world.position() == before


def test_the_second_call_pays(bank: World, alice: APIClient) -> None:
    answer = pay(alice, order(bank))
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers
    body = answer.json()
    assert answer.headers["Location"] == f"/api/v1/transfers/{body['reference']}"
    assert body["status"] == "SETTLED"
    assert body["amount"] == {"amount": "250.00", "currency": "KES"}
    assert body["name_check"] == "MATCH"
    assert ledger.balance(bank.bob.current.number).booked == Money.of("10250.00", "KES")
    told = alice.get(answer.headers["Location"]).json()
    assert {name: told[name] for name in body} == body
    assert [step["status"] for step in told["timeline"]] == ["ACCEPTED", "SETTLED"]


def test_row_29_the_same_key_and_content_is_answered_the_same_once(bank: World, alice: APIClient) -> None:
    asked = send(alice, order(bank))
    body = order(bank) | {"authorisation": code_of(asked)}
    first, again = send(alice, body), send(alice, body)
    assert [first.status_code, again.status_code] == [201, 200]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert PaymentOrder.objects.count() == 1
    assert ledger.balance(bank.bob.current.number).booked == Money.of("10250.00", "KES")


def test_row_29_the_same_key_with_other_content_is_refused(bank: World, alice: APIClient) -> None:
    pay(alice, order(bank))
    before = world.position()
    asked = send(alice, order(bank, "251.00"))
    refused(
        send(alice, order(bank, "251.00") | {"authorisation": code_of(asked)}), 409, "IDEMPOTENCY_CONFLICT"
    )
    assert world.position() == before


def test_row_29_anothers_key_is_independent(bank: World, alice: APIClient, bob: APIClient) -> None:
    back = order(
        bank,
        debtor_account=bank.bob.current.number,
        creditor_account=bank.alice.current.number,
        creditor_name="Alice Achieng",
    )
    assert pay(alice, order(bank)).status_code == 201
    assert pay(bob, back).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_row_29_twenty_at_once_under_one_key_pay_once(bank: World) -> None:
    client = world.client(bank.alice.user)
    body = order(bank) | {"authorisation": code_of(send(client, order(bank)))}
    answers = _at_once(20, bank.alice.user, lambda one, _n: send(one, body))
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert ledger.balance(bank.bob.current.number).booked == Money.of("10250.00", "KES")


@pytest.mark.django_db(transaction=True)
def test_row_28_parallel_transfers_cannot_spend_twice(bank: World) -> None:
    client = world.client(bank.alice.user)
    bodies = []
    for n in range(8):
        body = order(bank, "9900.00")
        bodies.append(body | {"authorisation": code_of(send(client, body, f"k{n}"))})
    answers = _at_once(8, bank.alice.user, lambda one, n: send(one, bodies[n], f"k{n}"))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 7
    assert {a.json()["code"] for a in answers if a.status_code == 422} == {"INSUFFICIENT_FUNDS"}
    assert ledger.balance(bank.bob.current.number).booked == Money.of("19900.00", "KES")


def test_row_6_a_code_works_once(bank: World, alice: APIClient) -> None:
    given = {"authorisation": code_of(send(alice, order(bank)))}
    assert send(alice, order(bank) | given).status_code == 201
    before = world.position()
    refused(send(alice, order(bank) | given, "another key"), 403, "STEP_UP_EXPIRED")
    assert world.position() == before


@pytest.mark.parametrize("change", ["amount", "creditor", "name", "debtor"])
def test_row_34_a_changed_act_voids_the_code(bank: World, alice: APIClient, change: str) -> None:
    given = {"authorisation": code_of(send(alice, order(bank)))}
    changed = {
        "amount": order(bank, "9000.00"),
        "creditor": order(bank, creditor_account=bank.bob.savings.number),
        "name": order(bank, creditor_name="Bob"),
        "debtor": order(bank, debtor_account=bank.alice.savings.number),
    }[change]
    before = world.position()
    refused(send(alice, changed | given, "k2"), 403, "STEP_UP_ACT_CHANGED")
    refused(send(alice, order(bank) | given, "k3"), 403, "STEP_UP_ACT_CHANGED")
    assert world.position() == before


def test_row_6_a_code_of_another_user_is_worth_nothing(bank: World, alice: APIClient, bob: APIClient) -> None:
    given = {"authorisation": code_of(send(alice, order(bank)))}
    before = world.position()
    stolen = order(
        bank,
        debtor_account=bank.bob.current.number,
        creditor_account=bank.alice.current.number,
        creditor_name="Alice Achieng",
    )
    refused(send(bob, stolen | given), 403, "STEP_UP_REQUIRED")
    assert world.position() == before


def test_row_35_five_wrong_codes_end_the_challenge(bank: World, alice: APIClient) -> None:
    right = code_of(send(alice, order(bank)))
    wrong = right | {"code": f"{(int(right['code']) + 1) % 1_000_000:06d}"}
    before = world.position()
    for _ in range(5):
        refused(send(alice, order(bank) | {"authorisation": wrong}), 403, "STEP_UP_WRONG_CODE")
    refused(send(alice, order(bank) | {"authorisation": right}), 403, "STEP_UP_EXHAUSTED")
    assert world.position() == before


def test_without_a_permit_there_is_no_way_round_the_code(bank: World, alice: APIClient) -> None:
    before = world.position()
    refused(send(alice, order(bank) | {"authorisation": {"permit": True}}), 403, "PERMIT_MISSING")
    assert world.position() == before


def test_row_63_codes_cannot_be_asked_for_without_end(bank: World, alice: APIClient) -> None:
    answers = [send(alice, order(bank)) for _ in range(21)]
    assert [answer.status_code for answer in answers[:20]] == [403] * 20
    refused(answers[20], 429, "THROTTLED")
    assert 0 < int(answers[20].headers["Retry-After"]) <= 60
    assert Challenge.objects.count() == 20
    assert len(mail.outbox) <= 20


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"creditor_account": NOBODYS}, 422, "CREDITOR_ACCOUNT_UNKNOWN"),
        ({"creditor_account": "123"}, 400, "ACCOUNT_NUMBER_INVALID"),
        ({"debtor_account": NOBODYS}, 404, "NOT_FOUND"),
        ({"debtor_account": "../1"}, 404, "NOT_FOUND"),
        ({"amount": {"amount": "5.00", "currency": "USD"}}, 422, "CURRENCIES_DIFFER"),
        ({"creditor_name": ""}, 400, "CREDITOR_NAME_MISSING"),
        ({"remittance": "a\x00b"}, 400, None),
    ],
)
def test_row_32_refusals_move_nothing(
    bank: World, alice: APIClient, changes: dict[str, Any], status: int, code: str | None
) -> None:
    before = world.position()
    answer = send(alice, order(bank, **changes))
    assert (answer.status_code, code or answer.json()["code"]) == (status, answer.json()["code"]), (
        answer.json()
    )
    assert world.position() == before
    assert not PaymentOrder.objects.exists()


def test_row_32_an_account_cannot_pay_itself(bank: World, alice: APIClient) -> None:
    refused(send(alice, order(bank, creditor_account=bank.alice.current.number)), 422, "SAME_ACCOUNT")


def test_row_21_nobody_pays_from_anothers_account(bank: World, bob: APIClient) -> None:
    before = world.position()
    refused(send(bob, order(bank)), 404, "NOT_FOUND")
    given = {"authorisation": {"challenge_id": "0192f0c1-7c4e-7a3b-9c55-1f2e3d4c5b6a", "code": "123456"}}
    refused(send(bob, order(bank) | given), 404, "NOT_FOUND")
    assert world.position() == before


def test_row_21_a_transfer_is_seen_by_its_sender_alone(bank: World, alice: APIClient, bob: APIClient) -> None:
    reference = pay(alice, order(bank)).json()["reference"]
    refused(bob.get(f"/api/v1/transfers/{reference}"), 404, "NOT_FOUND")
    assert bob.get("/api/v1/transfers").json()["items"] == []
    assert [item["reference"] for item in alice.get("/api/v1/transfers").json()["items"]] == [reference]


def test_transfers_page_by_page(bank: World, alice: APIClient) -> None:
    made = [pay(alice, order(bank, f"{n + 1}.00"), f"k{n}").json()["reference"] for n in range(3)]
    first = alice.get("/api/v1/transfers", {"limit": 2}).json()
    second = alice.get("/api/v1/transfers", {"limit": 2, "cursor": first["next_cursor"]}).json()
    found = [item["reference"] for item in first["items"] + second["items"]]
    assert found == made[::-1]
    assert second["next_cursor"] is None
    assert alice.get("/api/v1/transfers", {"account": bank.alice.savings.number}).json()["items"] == []


def test_the_name_check(bank: World, alice: APIClient) -> None:
    def check(name: str) -> dict[str, str]:
        asked = {"account": bank.bob.current.number, "name": name}
        answer: dict[str, str] = alice.post("/api/v1/payees/check", asked).json()
        return answer

    assert check("Bob Barasa") == {"result": "MATCH", "name_hint": ""}
    assert check("Bob Baraza")["result"] == "CLOSE_MATCH"
    assert check("Bob Baraza")["name_hint"] == "B•• B•••••"
    assert check("Grace Njeri") == {"result": "NO_MATCH", "name_hint": ""}


def test_row_63_names_cannot_be_tried_out(bank: World, alice: APIClient) -> None:
    asked = {"account": bank.bob.current.number, "name": "Nobody Known"}
    answers = [alice.post("/api/v1/payees/check", asked) for _ in range(21)]
    refused(answers[20], 429, "TOO_MANY_NAME_CHECKS")
    assert int(answers[20].headers["Retry-After"]) > 0


def _at_once(count: int, user: User, act: Callable[[APIClient, int], Any]) -> list[Any]:
    """``act`` from ``count`` threads, each with its own connection, as nearly at once as can be."""
    answers: list[Any] = [None] * count
    barrier = threading.Barrier(count)
    token = world.client(user)

    def run(number: int) -> None:
        try:
            barrier.wait()
            answers[number] = act(token, number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
