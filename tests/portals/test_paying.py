"""Paying someone over HTTP: steps, refusals, the code bound to what its page shows, and one receipt."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bank.accounts import rules as numbering
from bank.kernel import clock
from bank.payments.models import PaymentOrder
from tests.portals import town as streets
from tests.portals.town import Town, newest_code

PAY = "/personal/pay/"


def begin(client: Client, town: Town, **changes: str) -> str:
    """The first step, to Brian; the address of the second."""
    payee = {"payee": "new", "name": town.brian.name, "number": town.brian.number} | changes
    answer = client.post(PAY, payee)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def give_amount(client: Client, town: Town, address: str, amount: str = "1,250") -> str:
    """The second step; the address of the third."""
    given = {"debtor": town.amina.number, "amount": amount, "message": "Rent share"}
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def to_check(client: Client, town: Town, amount: str = "1,250") -> str:
    return give_amount(client, town, begin(client, town), amount)


def asked_on(client: Client, check: str) -> str:
    """The challenge the page was made for, as its form carries it."""
    found = re.search(r'name="asked" value="([^"]+)"', client.get(check).content.decode())
    assert found
    return found[1]


def send(client: Client, town: Town, check: str, **changes: str):
    given = {"asked": asked_on(client, check), "code": newest_code(town.amina.user)} | changes
    return client.post(check, given)


def test_the_whole_way(town: Town, amina: Client) -> None:
    check = to_check(amina, town)
    page = amina.get(check).content.decode()
    for said in (
        "Name matches",
        town.brian.name,
        "Send KES",
        "First payment to this account",
        "cannot be recalled",
    ):
        assert said in page
    answer = send(amina, town, check)
    receipt = amina.get(answer.headers["Location"]).content.decode()
    assert "Sent to Brian Kiptoo Langat" in receipt
    assert "Rent share" in receipt
    assert town.brian.booked == "2250.00"
    assert town.amina.booked == "48738.50"
    paid = PaymentOrder.objects.get()
    assert (paid.channel, str(paid.money)) == ("PERSONAL", "KES 1250.00")


def test_a_second_press_gets_the_same_receipt(town: Town, amina: Client) -> None:
    check = to_check(amina, town)
    form = {"asked": asked_on(amina, check), "code": newest_code(town.amina.user)}
    first, second = amina.post(check, form), amina.post(check, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert PaymentOrder.objects.count() == 1
    assert amina.get(check).headers["Location"] == first.headers["Location"]
    amount = check.replace("/check/", "/amount/")
    assert amina.get(amount).headers["Location"] == first.headers["Location"]


def test_34_another_amount_after_the_code_voids_it(town: Town, amina: Client) -> None:
    """SECURITY 34: the page of the first amount, its code, and the draft changed in a second tab."""
    before = town.books()
    amount = begin(amina, town)
    check = give_amount(amina, town, amount, "10")
    old = {"asked": asked_on(amina, check), "code": newest_code(town.amina.user)}
    give_amount(amina, town, amount, "10000")
    refused = amina.post(check, old)
    assert "not what the code was made for" in refused.content.decode()
    new_page_old_code = {"asked": asked_on(amina, check), "code": old["code"]}
    assert "The code is wrong" in amina.post(check, new_page_old_code).content.decode()
    old_page_new_code = {"asked": old["asked"], "code": newest_code(town.amina.user)}
    assert "not what the code was made for" in amina.post(check, old_page_new_code).content.decode()
    assert town.books() == before


def test_34_nothing_in_the_last_form_can_change_the_payment(town: Town, amina: Client) -> None:
    """SECURITY 34: amount and payee posted beside the code are not read."""
    check = to_check(amina, town, "10")
    send(amina, town, check, amount="10000", number=town.firm.number, debtor=town.firm.number, name="Eve")
    paid = PaymentOrder.objects.get()
    assert (str(paid.money), paid.creditor_number) == ("KES 10.00", town.brian.number)


def test_two_tabs_are_two_payments(town: Town, amina: Client) -> None:
    first, second = to_check(amina, town, "10"), to_check(amina, town, "20")
    assert first != second
    for check, amount in ((first, "10.00"), (second, "20.00")):
        assert f"Send KES\u00a0{amount}" in amina.get(check).content.decode()


def test_a_wrong_code_says_how_many_tries_are_left(town: Town, amina: Client) -> None:
    before = town.books()
    check = to_check(amina, town)
    wrong = f"{(int(newest_code(town.amina.user)) + 1) % 1_000_000:06d}"
    page = send(amina, town, check, code=wrong).content.decode()
    assert "4 tries are left" in page
    assert 'role="alert"' in page
    assert town.books() == before


def test_a_new_code_replaces_the_old(town: Town, amina: Client) -> None:
    check = to_check(amina, town)
    old = {"asked": asked_on(amina, check), "code": newest_code(town.amina.user)}
    assert amina.post(check.replace("/check/", "/code/")).status_code == 302
    assert amina.post(check, old).status_code == 200
    assert send(amina, town, check).status_code == 302


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("", "Enter an amount"),
        ("0", "above zero"),
        ("-5", "without a plus or minus"),
        ("1.005", "too many decimals"),
        ("NaN", "in digits"),
        ("1e9", "in digits"),
        ("12,34", "in digits"),
        ("999999999999999999999", "too large"),
        ("60000", "not enough"),
        ("9" * 41, "at most 40"),
    ],
)
def test_amounts_that_cannot_be_paid(town: Town, amina: Client, amount: str, says: str) -> None:
    before = town.books()
    answer = amina.post(begin(amina, town), {"debtor": town.amina.number, "amount": amount})
    assert answer.status_code == 200
    assert says.casefold() in answer.content.decode().casefold()
    assert town.books() == before


@pytest.mark.parametrize("typed", ["1250", "1,250", "1 250.00", "KES 1,250.00", "KSh 1,250/-", "1250.0"])
def test_amounts_however_people_type_them(town: Town, amina: Client, typed: str) -> None:
    assert "KES\u00a01,250.00" in amina.get(to_check(amina, town, typed)).content.decode()


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "Enter the account number"),
        ("12345", "this one has 5"),
        ("abcdefghijklm", "digits only"),
        ("0010000010051", "One digit"),
        ("٠٠١٠٠٠٠٠١٠٠٥٠", "digits only"),
    ],
)
def test_account_numbers_that_cannot_be(town: Town, amina: Client, number: str, says: str) -> None:
    answer = amina.post(PAY, {"payee": "new", "name": "Brian", "number": number})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert says in page
    assert 'href="#id_number"' in page


def test_account_numbers_with_blanks_are_read(town: Town, amina: Client) -> None:
    spaced = f" {town.brian.number[:4]} {town.brian.number[4:8]}-{town.brian.number[8:]} "
    assert begin(amina, town, number=spaced)


def test_an_account_nobody_has(town: Town, amina: Client) -> None:
    nobodys = numbering.account_number("001", 999_999_999)
    address = begin(amina, town, number=nobodys)
    answer = amina.post(address, {"debtor": town.amina.number, "amount": "10"})
    assert "no account with this number" in answer.content.decode()


def test_a_name_that_does_not_match_is_said_aloud(town: Town, amina: Client) -> None:
    check = give_amount(amina, town, begin(amina, town, name="Wangari Maathai"))
    page = amina.get(check).content.decode()
    assert "Name does not match" in page
    assert "belongs to someone else" in page
    assert town.brian.name not in page


def test_another_ones_account_cannot_be_debited(town: Town, amina: Client) -> None:
    before = town.books()
    answer = amina.post(begin(amina, town), {"debtor": town.brian.number, "amount": "10"})
    assert "Choose one of your accounts" in answer.content.decode()
    assert town.books() == before


def test_a_draft_is_its_sessions_own(town: Town, amina: Client, brian: Client) -> None:
    check = to_check(amina, town)
    for address in (check, check.replace("/check/", "/amount/")):
        assert brian.get(address).headers["Location"] == PAY
    assert brian.post(check.replace("/check/", "/code/")).headers["Location"] == PAY
    assert brian.post(check, {"code": "123456", "asked": "x"}).headers["Location"] == PAY
    assert PaymentOrder.objects.count() == 0


def test_a_receipt_is_the_payers_own(town: Town, amina: Client, brian: Client) -> None:
    receipt = send(amina, town, to_check(amina, town)).headers["Location"]
    assert amina.get(receipt).status_code == 200
    assert brian.get(receipt).status_code == 404
    assert amina.get("/personal/payments/PAY-0000-0000-0000/").status_code == 404


def test_38_no_step_works_without_its_token(town: Town) -> None:
    """SECURITY 38: the drafts stay as they are, nothing is sent, no code goes out."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = streets.browser(town.amina.user).cookies
    assert strict.post(PAY, {"payee": "new", "name": "B", "number": town.brian.number}).status_code == 403
    friendly = streets.browser(town.amina.user)
    check = to_check(friendly, town)
    form = {"asked": asked_on(friendly, check), "code": newest_code(town.amina.user)}
    strict.cookies = friendly.cookies
    for address in (check, check.replace("/check/", "/code/"), check.replace("/check/", "/amount/")):
        assert strict.post(address, form).status_code == 403
    assert PaymentOrder.objects.count() == 0
    assert friendly.post(check, form).status_code == 302


def test_38_reading_changes_nothing(town: Town, amina: Client) -> None:
    """SECURITY 38: the addresses that change something answer a GET with a page or a refusal."""
    check = to_check(amina, town)
    before = town.books()
    assert amina.get(check.replace("/check/", "/code/")).status_code == 405
    assert amina.get(check, {"code": newest_code(town.amina.user), "asked": "x"}).status_code == 200
    assert town.books() == before


def test_42_what_people_write_stays_text(town: Town, amina: Client) -> None:
    """SECURITY 42: names and messages are shown, never run."""
    canary = '"><img src=x onerror=alert(1)>'
    address = begin(amina, town, name=canary)
    answer = amina.post(address, {"debtor": town.amina.number, "amount": "10", "message": canary})
    check = answer.headers["Location"]
    assert canary not in amina.get(check).content.decode()
    receipt = send(amina, town, check).headers["Location"]
    for page in (receipt, "/personal/payments/", f"/personal/accounts/{town.amina.number}/", "/personal/"):
        html = amina.get(page).content.decode()
        assert "<img src=x" not in html


def test_between_own_accounts(town: Town, amina: Client) -> None:
    current, savings = (account.number for account in town.amina.accounts)
    answer = amina.post("/personal/transfer/", {"debtor": current, "creditor": savings, "amount": "5,000"})
    check = answer.headers["Location"]
    page = amina.get(check).content.decode()
    assert "None" in page
    assert "First payment" not in page
    assert send(amina, town, check).status_code == 302
    assert town.amina.booked == "45000.00"


def test_an_account_cannot_pay_itself(town: Town, amina: Client) -> None:
    form = {"debtor": town.amina.number, "creditor": town.amina.number, "amount": "1"}
    page = amina.post("/personal/transfer/", form).content.decode()
    assert "Choose another account" in page


def test_with_one_account_there_is_nothing_to_move_between(town: Town, brian: Client) -> None:
    assert "You have one account" in brian.get("/personal/transfer/").content.decode()


def test_an_expired_code_can_be_asked_for_again(town: Town, amina: Client, monkeypatch) -> None:
    check = to_check(amina, town)
    code, later = newest_code(town.amina.user), clock.now() + timedelta(minutes=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    page = send(amina, town, check, code=code).content.decode()
    assert "Ask for a new one" in page
    assert "Send a new code" in page


def test_strangers_sign_in_first(client: Client, db: None) -> None:
    for address in (PAY, "/personal/transfer/", "/personal/payments/"):
        assert client.get(address).headers["Location"].startswith(reverse("identity:sign_in"))
        assert client.post(address).headers["Location"].startswith(reverse("identity:sign_in"))
