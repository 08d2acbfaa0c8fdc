"""Cheques and currencies of an account on the pages of the personal portal, and as staff see them."""

from datetime import timedelta

from django.test import Client

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account, ChequeBook, ChequeStop
from bank.kernel.money import Money
from tests.portals.test_accounts import html
from tests.portals.town import Town


def test_a_book_is_ordered_and_a_cheque_stopped(town: Town, amina: Client, brian: Client) -> None:
    address = f"/personal/accounts/{town.amina.number}/cheques/"
    page = html(amina, address)
    assert "No cheque books yet" in page
    assert "575.00, excise duty included" in page
    assert amina.post(f"{address}order/", {"leaves": "7"}).status_code == 200
    amina.post(f"{address}order/", {"leaves": "25"})
    again = amina.post(f"{address}order/", {"leaves": "25"})
    assert "A book is ordered already" in again.content.decode()
    accounts.issue_book(book=ChequeBook.objects.get(), actor=town.amina.user)
    assert "Numbers 1 to 25" in html(amina, address)
    refused = amina.post(f"{address}stop/", {"first": "26", "reason": "Lost"})
    assert "not of a book we gave you" in refused.content.decode()
    assert "Say why" in amina.post(f"{address}stop/", {"first": "3"}).content.decode()
    amina.post(f"{address}stop/", {"first": "3", "reason": "Lost on the bus"})
    assert "Lost on the bus" in html(amina, address)
    assert ChequeStop.objects.get().last_number == 3
    assert town.amina.booked == "48850.00"
    for theirs in (address, f"{address}order/", f"{address}stop/"):
        assert brian.post(theirs, {"leaves": "25"}).status_code in {404, 405}
    assert brian.get(address).status_code == 404
    savings = town.amina.accounts[1].number
    refused = amina.post(f"/personal/accounts/{savings}/cheques/order/", {"leaves": "25"})
    assert "Only a current account has cheques" in refused.content.decode()


def test_a_cheque_on_its_way_is_shown_and_not_available(town: Town, amina: Client) -> None:
    accounts.deposit_cheque(
        account=town.amina.accounts[0], drawer_bank="Nyati Bank", drawer_account="778899", number="000123",
        amount=Money.of("1234.50", "KES"), dated=ledger.business_date() - timedelta(days=3),
    )  # fmt: skip
    page = html(amina, f"/personal/accounts/{town.amina.number}/")
    assert "1,234.50 in cheques is on its way" in page
    assert "50,000" in page
    assert "Nyati Bank" in html(amina, f"/personal/accounts/{town.amina.number}/cheques/")


def test_a_currency_is_opened_at_once(town: Town, amina: Client, brian: Client) -> None:
    address = f"/personal/accounts/{town.amina.number}/currencies/"
    assert "USD" in html(amina, address)
    assert amina.post(address, {"currency": "CHF"}).status_code == 200
    for _press in range(2):
        amina.post(address, {"currency": "USD"})
    part = Account.objects.get(role="CURRENCY")
    assert (part.currency, part.parent.number, part.status) == ("USD", town.amina.number, "ACTIVE")
    assert ledger.balance(part.number).booked == Money.zero("USD")
    assert part.number in html(amina, "/personal/").replace(" ", "")
    assert brian.get(address).status_code == 404
    assert amina.post(f"/personal/accounts/{part.number}/currencies/", {"currency": "EUR"}).status_code == 200
    assert Account.objects.filter(role="CURRENCY").count() == 1


def test_a_joint_account_says_who_holds_it_and_how_they_sign(
    town: Town, amina: Client, brian: Client
) -> None:
    account = town.amina.accounts[0]
    accounts.add_holder(account=account, customer=town.brian.customer, signing="BOTH")
    address = f"/personal/accounts/{account.number}/"
    for who in (amina, brian):
        page = html(who, address)
        assert "Both holders sign together" in page
        assert "waits until the other agrees" in page
        assert "Pay someone" in page
        assert "Brian Kiptoo Langat" in html(who, f"{address}details/")
