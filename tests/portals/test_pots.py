"""Pots, the wake of a dormant account and the closing of one, on the pages of the personal portal."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from bank import ledger
from bank.accounts import services as accounts
from bank.accounts.models import Account, Pot
from bank.kernel.money import Money
from tests.portals.test_accounts import html
from tests.portals.town import Town, newest_code


def test_a_pot_from_making_to_closing(town: Town, amina: Client, brian: Client) -> None:
    address = f"/personal/accounts/{town.amina.number}/pots/"
    assert "No pots yet" in html(amina, address)
    for wrong, says in (
        ({"name": ""}, "Give the pot a name"),
        ({"name": "Bike", "goal": "lots"}, "Write the amount in digits"),
        ({"name": "Bike", "target": "2020-01-01"}, "after today"),
    ):
        assert says in " ".join(amina.post(address, wrong).content.decode().split())
    day = ledger.business_date() + timedelta(days=100)
    amina.post(address, {"name": "Bike", "goal": "12,000", "target": day.isoformat()})
    pot = Pot.objects.get()
    page = f"/personal/pots/{pot.account.number}/"
    form = amina.get(page).context["form"]
    sent = {"amount": "3000", "way": "IN", "key": form["key"].value()}
    for _press in range(2):
        assert amina.post(page, sent).status_code == 302
    assert ledger.balance(pot.account.number).booked == Money.of(3000, "KES")
    assert "25%" in html(amina, page)
    assert "47,000" in html(amina, page)
    too_much = {**sent, "amount": "3001", "way": "OUT", "key": "0" * 32}
    assert "not enough money" in " ".join(amina.post(page, too_much).content.decode().split())
    assert "3,000" in html(amina, address)
    amina.post(f"{page}change/", {"name": "Cargo bike", "goal": "", "target": ""})
    assert "Cargo bike" in html(amina, page)
    for theirs in (page, f"{page}change/", address):
        assert brian.get(theirs).status_code == 404
    assert brian.post(f"{page}close/").status_code == 404
    amina.post(f"{page}close/")
    assert town.amina.booked == "50000.00"
    assert amina.get(page).status_code == 404


def test_a_dormant_account_is_woken_with_a_code(town: Town, amina: Client, brian: Client) -> None:
    Account.objects.filter(number=town.amina.number).update(dormant_since=ledger.business_date())
    account = Account.objects.get(number=town.amina.number)
    accounts.freeze(account=account, scope="CREDIT", reason="x")
    accounts.unfreeze(account=account, reason="x")
    address = f"/personal/accounts/{town.amina.number}/"
    assert "This account is dormant" in html(amina, address)
    assert brian.post(f"{address}wake/").status_code == 404
    check = amina.post(f"{address}wake/")["Location"]
    asked = amina.get(check).context["form"]["asked"].value()
    assert "Wake the account" in html(amina, check)
    refused = amina.post(check, {"code": "000000", "asked": asked})
    assert refused.status_code == 200
    assert amina.post(check, {"code": newest_code(town.amina.user), "asked": asked}).status_code == 302
    assert Account.objects.get(number=town.amina.number).status == "ACTIVE"
    assert "Wake the account" not in html(amina, address)


def test_an_account_is_closed_after_its_figures_were_shown(town: Town, amina: Client, brian: Client) -> None:
    rest = town.amina.accounts[1].number
    address = f"/personal/accounts/{town.amina.number}/close/"
    assert brian.get(address).status_code == 404
    assert "Choose one of your accounts" in html_of(amina.post(address, {"pay_to": town.brian.number}))
    check = amina.post(address, {"pay_to": rest})["Location"]
    page = html(amina, check)
    assert "Paid out" in page
    assert "50,000.00" in page
    assert town.amina.booked == "50000.00"
    asked = amina.get(check).context["form"]["asked"].value()
    done = amina.post(check, {"code": newest_code(town.amina.user), "asked": asked}, follow=True)
    assert "The account is closed." in html_of(done)
    assert ledger.balance(rest).booked >= Money.of(50_000, "KES")
    assert Account.objects.get(number=town.amina.number).status == "CLOSED"


def html_of(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


@pytest.mark.parametrize("what", ["overdraft", "arrears", "notice"])
def test_the_account_page_says_what_its_owner_should_know(town: Town, amina: Client, what: str) -> None:
    account = town.amina.accounts[0]
    day = ledger.business_date() + timedelta(days=20)
    if what == "overdraft":
        rate = Decimal("14.5")
        accounts.arrange_overdraft(account=account, limit=Money.of(9_000, "KES"), expires=day, rate_pct=rate)
    if what == "notice":
        Account.objects.filter(pk=account.pk).update(dormancy_notice_date=day, idle_review_date=day)
    said = {"overdraft": "9,000.00 until", "arrears": "Charges to be paid", "notice": "about to turn dormant"}
    page = html(amina, f"/personal/accounts/{account.number}/")
    assert (said[what] in page) is (what != "arrears")
    assert ("costs 14.50% a year" in page) is (what == "overdraft")
