"""Payments sent, payees and statements: lists, filters, what is added, removed, made and fetched."""

import re

import pytest
from django.test import Client

from bank import ledger
from bank.statements.models import Statement
from tests.portals import town as streets
from tests.portals.test_paying import asked_on, begin, give_amount, send, to_check
from tests.portals.town import Town, newest_code

PAYEES = "/personal/payees/"
STATEMENTS = "/personal/statements/"


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def paid(client: Client, town: Town, amount: str = "10", **payee: str) -> str:
    """The address of the receipt."""
    check = give_amount(client, town, begin(client, town, **payee), amount)
    return send(client, town, check).headers["Location"]


def keep_brian(client: Client, town: Town) -> None:
    answer = client.post(PAYEES, {"name": town.brian.name, "number": town.brian.number})
    check = answer.headers["Location"]
    form = {"asked": asked_on(client, check), "code": newest_code(town.amina.user)}
    assert client.post(check, form).headers["Location"] == PAYEES


# --- payments


def test_nothing_sent_yet_says_what_to_do(town: Town, amina: Client) -> None:
    assert "No payments yet" in html(amina, "/personal/payments/")


def test_payments_are_found_by_payee_message_status_and_reference(town: Town, amina: Client, queries) -> None:
    receipt = paid(amina, town)
    reference = receipt.split("/")[-2]
    amina.get("/personal/payments/")
    with queries():
        assert town.brian.name in html(amina, "/personal/payments/")
    for query in (
        "?q=langat",
        "?q=rent",
        f"?q={reference.lower()}",
        "?status=SETTLED",
        f"?q={town.brian.number}",
    ):
        assert receipt in html(amina, f"/personal/payments/{query}"), query
    for query in ("?q=nobody", "?status=REJECTED"):
        assert "Nothing matches" in html(amina, f"/personal/payments/{query}")


def test_long_lists_of_payments_have_pages(town: Town, amina: Client, monkeypatch) -> None:
    monkeypatch.setattr("portals.personal.views.payments._PAGE", 2)
    for _n in range(3):
        paid(amina, town)
    first = amina.get("/personal/payments/").context
    second = amina.get(first["older"]).context
    assert [len(first["payments"]), len(second["payments"])] == [2, 1]
    assert amina.get(second["newer"]).context["payments"] == first["payments"]


# --- payees


def test_a_payee_is_kept_after_a_code_and_paid_with_one_press(town: Town, amina: Client) -> None:
    keep_brian(amina, town)
    page = html(amina, PAYEES)
    assert town.brian.name in page
    assert "Name matches" in page
    saved = re.search(r'name="payee" value="(\d+)"', page)
    assert saved
    amount = amina.post("/personal/pay/", {"payee": saved[1]}).headers["Location"]
    assert town.brian.name in html(amina, amount)


def test_a_payee_is_not_kept_without_the_code(town: Town, amina: Client) -> None:
    check = amina.post(PAYEES, {"name": town.brian.name, "number": town.brian.number}).headers["Location"]
    wrong = f"{(int(newest_code(town.amina.user)) + 1) % 1_000_000:06d}"
    assert (
        "The code is wrong"
        in amina.post(check, {"asked": asked_on(amina, check), "code": wrong}).content.decode()
    )
    assert amina.post(check, {"asked": "another", "code": newest_code(town.amina.user)}).status_code == 200
    assert "No payees yet" in html(amina, PAYEES)
    assert amina.post(check + "code/").headers["Location"] == check


def test_payees_are_kept_from_a_receipt(town: Town, amina: Client) -> None:
    receipt = paid(amina, town)
    link = f"{PAYEES}?of={receipt.split('/')[-2]}"
    assert link in html(amina, receipt)
    page = html(amina, link)
    assert f'value="{town.brian.number}"' in page
    keep_brian(amina, town)
    assert link not in html(amina, receipt)


def test_a_payee_twice_is_refused(town: Town, amina: Client) -> None:
    keep_brian(amina, town)
    check = amina.post(PAYEES, {"name": town.brian.name, "number": town.brian.number}).headers["Location"]
    form = {"asked": asked_on(amina, check), "code": newest_code(town.amina.user)}
    assert "among your payees already" in amina.post(check, form).content.decode()


def test_payees_are_their_keepers_own(town: Town, amina: Client, brian: Client) -> None:
    keep_brian(amina, town)
    found = re.search(r"/personal/payees/(\d+)/remove/", html(amina, PAYEES))
    assert found
    remove = found[0]
    assert brian.post(remove).status_code == 404
    assert brian.post("/personal/pay/", {"payee": found[1]}).status_code == 404
    assert amina.get(remove).status_code == 405
    assert amina.post(remove).headers["Location"] == PAYEES
    assert "No payees yet" in html(amina, PAYEES)
    assert amina.post(remove).status_code == 404


# --- statements


def ask(client: Client, town: Town, **changes: str):
    page = html(client, STATEMENTS)
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    today = ledger.business_date().isoformat()
    form = {"account": town.amina.number, "since": today, "until": today, "format": "CSV", "key": key[1]}
    return client.post(STATEMENTS, form | changes)


def test_a_statement_is_asked_for_made_and_fetched(town: Town, amina: Client, queries) -> None:
    address = ask(amina, town).headers["Location"]
    page = html(amina, address)
    assert "Being prepared" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert "hx-get" in page
    streets.let_the_worker_work()
    page = html(amina, address)
    assert "Your statement is ready as CSV" in page
    assert "hx-get" not in page
    answer = amina.get(address + "file/")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"Cash deposit" in b"".join(answer.streaming_content)
    with queries():
        assert "Ready" in html(amina, STATEMENTS)
    assert "A statement is ready" in html(amina, "/personal/")


def test_the_same_form_twice_asks_once(town: Town, amina: Client) -> None:
    first = ask(amina, town, key="a-key-of-mine")
    second = ask(amina, town, key="a-key-of-mine")
    assert first.headers["Location"] == second.headers["Location"]
    assert Statement.objects.count() == 1
    other = ask(amina, town, key="a-key-of-mine", format="PDF")
    assert "used before" in other.content.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"since": "2026-02-30"}, "Enter a day"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "must not be before"),
        ({"until": "2999-01-01"}, "after the bank"),
        ({"since": "1900-01-01"}, "at most"),
        ({"format": "EXE"}, "not one of the available choices"),
        ({"account": "123"}, "Choose one of your accounts"),
        ({"key": ""}, "required"),
    ],
)
def test_statements_that_cannot_be_made(
    town: Town, amina: Client, changes: dict[str, str], says: str
) -> None:
    page = ask(amina, town, **changes).content.decode()
    assert says in page
    assert Statement.objects.count() == 0


def test_a_statement_is_its_account_holders_own(
    town: Town, amina: Client, brian: Client, client: Client
) -> None:
    address = ask(amina, town).headers["Location"]
    streets.let_the_worker_work()
    for page in (address, address + "file/"):
        assert brian.get(page).status_code == 404
        assert client.get(page).status_code == 302
    assert ask(brian, town).status_code == 200
    assert amina.get(STATEMENTS + "00000000-0000-7000-8000-000000000000/").status_code == 404


def test_38_forms_need_their_token(town: Town) -> None:
    """SECURITY 38: adding, removing and asking do nothing without it."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = streets.browser(town.amina.user).cookies
    for address in (PAYEES, PAYEES + "1/remove/", STATEMENTS, "/language/"):
        assert strict.post(address, {"name": "B", "number": town.brian.number}).status_code == 403
    assert Statement.objects.count() == 0


def test_every_page_speaks_swahili(town: Town, amina: Client) -> None:
    receipt = paid(amina, town)
    check = to_check(amina, town)
    amina.post("/language/", {"language": "sw", "next": "/personal/"})
    said = {
        "/personal/": "Ulicho nacho",
        f"/personal/accounts/{town.amina.number}/": "zinapatikana",
        f"/personal/accounts/{town.amina.number}/details/": "Mwenye akaunti",
        "/personal/pay/": "Unamlipa nani?",
        check: "Hakiki kabla ya kulipa",
        receipt: "Yametumwa kwa Brian Kiptoo Langat",
        "/personal/transfer/": "Kati ya akaunti zako",
        PAYEES: "Bado hakuna wapokeaji",
        STATEMENTS: "Omba taarifa",
    }
    for address, words in said.items():
        page = html(amina, address)
        assert words in page
        assert '<html lang="sw"' in page
    wrong = amina.post(check, {"asked": asked_on(amina, check), "code": "12"}).content.decode()
    assert "Msimbo si sahihi" in wrong
