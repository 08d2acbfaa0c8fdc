"""Section E: the same money wanted from every door at once, and amounts that are none."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bank import ledger
from bank.identity import stepup
from bank.identity.models import Challenge
from bank.kernel.money import Money
from bank.payments.models import PaymentOrder
from tests.identity import bearer
from tests.portals import town as streets
from tests.portals.test_paying import asked_on, to_check
from tests.portals.town import Town, newest_code, pain001
from tests.security.test_d_authorization import opened, transfer

AT_ONCE = 50


@pytest.fixture
def open_town(transactional_db: None) -> Town:
    """A town whose work is committed, so that many may race for it."""
    return streets.build()


def by_program(town: Town, n: int) -> Any:
    body = transfer(town, amount={"amount": "45000.00", "currency": "KES"})
    body["authorisation"] = opened(town.amina.user, body)
    headers = {"HTTP_IDEMPOTENCY_KEY": f"api-{n}", **bearer(town.amina.user)}
    return lambda: Client().post("/api/v1/transfers", body, content_type="application/json", **headers)


def by_browser(town: Town) -> Any:
    browser = streets.browser(town.amina.user)
    check = to_check(browser, town, "45,000")
    form = {"asked": asked_on(browser, check), "code": newest_code(town.amina.user)}
    return lambda: browser.post(check, form)


def test_row_28_fifty_at_once_through_both_doors_spend_what_is_there(
    open_town: Town, monkeypatch: Any
) -> None:
    """A balance for one payment, wanted by programs and browsers, each with a right code of its own."""
    town = open_town
    monkeypatch.setattr("bank.web.throttles.CodesSent.limit", 100)
    ready = [by_browser(town) for _ in range(6)] + [by_program(town, n) for n in range(AT_ONCE - 6)]

    def one(press: Any) -> int:
        try:
            return int(press().status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        statuses = Counter(pool.map(one, ready))
    assert PaymentOrder.objects.count() == 1
    assert town.brian.booked == "46000.00"
    assert ledger.balance(town.amina.number).booked >= Money.zero("KES")
    assert statuses[201] + statuses[302] == 1
    assert max(statuses) < 500


def test_row_29_one_key_and_many_contents_pay_one_of_them(open_town: Town) -> None:
    """Ten orders twice under one key: one is paid, its twin repeats it, the others conflict."""
    town = open_town
    orders = [transfer(town, amount={"amount": f"{100 + n}.00", "currency": "KES"}) for n in range(10)]
    ready = [order | {"authorisation": opened(town.amina.user, order)} for order in orders] * 2
    headers = {"HTTP_IDEMPOTENCY_KEY": "one", **bearer(town.amina.user)}

    def one(body: dict[str, Any]) -> int:
        try:
            answer = Client().post("/api/v1/transfers", body, content_type="application/json", **headers)
            return int(answer.status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        statuses = Counter(pool.map(one, ready))
    (paid,) = PaymentOrder.objects.all()
    assert ledger.balance(town.brian.number).booked == Money.of("1000", "KES") + paid.money
    assert statuses == {201: 1, 200: 1, 409: 18}


AMOUNTS = [
    "0", "-1", "0.001", "1e400", "NaN", "Infinity", "-Infinity", "1000000000000000000", "0x10", "１２", "1e2",
    "+1", "", "null", "[]", "true", "1_000", "--1", "½", "1\u200b0", "1\x000", "KES", "USD 10",
    "1,00", "1.2.3",
]  # fmt: skip


def test_row_30_no_form_takes_an_amount_that_is_none(town: Town, amina: Client) -> None:
    current, savings = (account.number for account in town.amina.accounts)
    payee = {"payee": "new", "name": town.brian.name, "number": town.brian.number}
    address = amina.post("/personal/pay/", payee).headers["Location"]
    before = town.books()
    for amount in AMOUNTS:
        for path, form in (
            (address, {"debtor": current, "amount": amount}),
            ("/personal/transfer/", {"debtor": current, "creditor": savings, "amount": amount}),
        ):
            answer = amina.post(path, form)
            assert answer.status_code == 200, (path, amount)
    assert not Challenge.objects.exists()
    assert town.books() == before


def test_row_30_no_file_takes_an_amount_that_is_none(town: Town) -> None:
    before, headers = town.books(), bearer(town.firm.user)
    good = pain001(town.firm, [(town.brian.name, town.brian.number, "100.00")]).decode()
    for n, amount in enumerate(a for a in AMOUNTS if "\x00" not in a):
        content = good.replace(">100.00</InstdAmt>", f">{amount}</InstdAmt>").encode()
        answer = Client().post(
            "/api/v1/payment-files",
            content,
            content_type="application/xml",
            HTTP_IDEMPOTENCY_KEY=f"f{n}",
            **headers,
        )
        told = answer.json()
        assert told["status"] in {"REJECTED", 400, 422} or told["faulty_count"] == 1, (amount, told)
    assert town.books() == before


def test_row_30_no_number_stands_for_money(town: Town) -> None:
    """JSON numbers, booleans and lists in the place of an amount, at every member of it."""
    before = town.books()
    for amount in (0, 1, 1.5, -1, True, None, [], {}, ["1"], {"amount": "1"}):
        for money in (amount, {"amount": amount, "currency": "KES"}, {"amount": "1", "currency": amount}):
            body = json.dumps(transfer(town, amount=money))
            headers = {"HTTP_IDEMPOTENCY_KEY": "k", **bearer(town.amina.user)}
            answer = Client().post("/api/v1/transfers", body, content_type="application/json", **headers)
            assert answer.status_code == 400, (money, answer.content)
    assert town.books() == before


def test_row_33_no_step_before_the_one_it_needs(town: Town, amina: Client) -> None:
    """Sending before the amount, a code for a payment never shown, and a file paid twice or after its end."""
    payee = {"payee": "new", "name": town.brian.name, "number": town.brian.number}
    amount = amina.post("/personal/pay/", payee).headers["Location"]
    before = town.books()
    for step in ("check", "code"):
        answer = amina.post(amount.replace("/amount/", f"/{step}/"), {"code": "123456", "asked": ""})
        assert answer.headers["Location"] == amount
    amina.post("/personal/payees/", {"name": town.brian.name, "number": town.brian.number})
    challenge = Challenge.objects.latest("created_at")
    pay = amount.replace("/amount/", "/check/")
    given = {"code": stepup.code_for(challenge), "asked": str(challenge.pk)}
    assert amina.post(pay, given).headers["Location"] == amount
    assert not PaymentOrder.objects.exists()
    assert town.books() == before
