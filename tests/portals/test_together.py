"""A joint account both sign for, over HTTP: one pays, the other agrees; closing; refusing."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from bank.accounts import services as accounts
from bank.accounts.models import Account, JointAct
from bank.payments.models import PaymentOrder
from tests.portals.town import Town, let_the_worker_work, newest_code


def confirm(client: Client, check: str, user: Any) -> Any:
    page = client.get(check).content.decode()
    asked = re.search(r'name="asked" value="([^"]+)"', page)
    assert asked, page
    answer = client.post(check, {"asked": asked[1], "code": newest_code(user)})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def pay(client: Client, town: Town, amount: str) -> str:
    begun = client.post(
        "/personal/pay/", {"payee": "new", "name": town.firm.name, "number": town.firm.number}
    )
    check = client.post(
        begun.headers["Location"], {"debtor": town.amina.number, "amount": amount, "message": ""}
    )
    return confirm(client, check.headers["Location"], town.brian.user)


def test_what_one_holder_pays_the_other_agrees_to(town: Town, amina: Client, brian: Client) -> None:
    """Brian pays from Amina's account he holds with her; she agrees, then refuses, then both close it."""
    accounts.add_holder(account=town.amina.accounts[0], customer=town.brian.customer, signing="BOTH")
    before = town.books()
    receipt = pay(brian, town, "1,250")
    assert "Waiting for approval" in brian.get(receipt).content.decode()
    let_the_worker_work()
    act = JointAct.objects.get()
    here = f"/personal/together/{act.reference}/"
    mine = brian.get(here).content.decode()
    assert "has not said yes yet" in mine
    assert f"{here}agree/" not in mine
    assert "You have said yes to this" in brian.post(f"{here}agree/", follow=True).content.decode()
    assert town.books() == before

    assert act.summary.split(" (")[0] in amina.get("/personal/").content.decode()
    assert here in amina.get("/personal/together/").content.decode()
    bell = amina.get(reverse("notices:list")).content.decode()
    assert "needs your signature" in bell
    page = amina.get(here).content.decode()
    for said in ("KES\xa01,250.00", town.brian.name.split()[0], "Agree", "Refuse it"):
        assert said in page, said
    check = amina.post(f"{here}agree/").headers["Location"]
    assert town.firm.name in amina.get(check).content.decode()
    assert confirm(amina, check, town.amina.user) == here
    assert "Agreed" in amina.get(here).content.decode()
    assert PaymentOrder.objects.get().status == "SETTLED"
    assert town.amina.booked == "48738.50"

    pay(brian, town, "900")
    after, here = town.books(), f"/personal/together/{JointAct.objects.latest('id').reference}/"
    assert "Say why" in amina.post(f"{here}refuse/", {"why": ""}).content.decode()
    no = amina.post(f"{here}refuse/", {"why": "Too much"}, follow=True).content.decode()
    assert "Too much" in no
    assert "Too much" in brian.get(here).content.decode()
    pay(brian, town, "800")
    here = f"/personal/together/{JointAct.objects.latest('id').reference}/"
    assert "Only who asked" in amina.post(f"{here}withdraw/", follow=True).content.decode()
    assert "took it back" in brian.post(f"{here}withdraw/", follow=True).content.decode()
    assert town.books() == after

    closing = f"/personal/accounts/{town.amina.number}/close/"
    check = brian.post(closing, {"pay_to": town.brian.number}).headers["Location"]
    said = brian.get(confirm(brian, check, town.brian.user)).content.decode()
    assert "waits for the other holder" in said
    here = f"/personal/together/{JointAct.objects.latest('id').reference}/"
    confirm(amina, amina.post(f"{here}agree/").headers["Location"], town.amina.user)
    assert Account.objects.get(number=town.amina.number).status == "CLOSED"
    assert Client().get(here).status_code == 302


def test_strangers_find_nothing(town: Town, amina: Client, treasurer: Client, brian: Client) -> None:
    accounts.add_holder(account=town.amina.accounts[0], customer=town.brian.customer, signing="BOTH")
    pay(brian, town, "10")
    here = f"/personal/together/{JointAct.objects.get().reference}/"
    assert treasurer.get(here).status_code == 404
    for act in ("agree", "refuse", "withdraw"):
        assert treasurer.post(f"{here}{act}/", {"why": "x"}).status_code == 404
