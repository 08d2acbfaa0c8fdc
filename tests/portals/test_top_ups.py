"""Money from M-Pesa in the personal portal: asked once, credited once, and the page tells how far it is."""

import pytest
from django.core.cache import cache
from django.test import Client

from bank import ledger
from bank.kernel.money import Money
from bank.payments.rails.mpesa.sandbox import Daraja
from bank.payments.sandbox import Behaviour, What
from bank.payments.services import networks
from tests.payments.rails.mpesa.conftest import Door, daraja, door  # noqa: F401  fixtures
from tests.portals.test_accounts import html
from tests.portals.town import Town


def asked(client: Client, address: str, amount: str = "500") -> str:
    answer = client.post(address, {"phone": "0708 374 149", "amount": amount})
    assert answer.status_code == 302, answer.content.decode()
    cache.clear()
    return str(answer["Location"])


def test_a_phone_fills_an_account_once(
    town: Town,
    amina: Client,
    brian: Client,
    door: Door,  # noqa: F811  the fixture
    daraja: Daraja,  # noqa: F811  the fixture
) -> None:
    address = f"/personal/accounts/{town.amina.number}/add/"
    before = ledger.balance(town.amina.number).booked
    assert "Add money" in html(amina, f"/personal/accounts/{town.amina.number}/")
    for wrong, says in (
        ({"phone": "0733 000 000", "amount": "500"}, "Enter a Safaricom number"),
        ({"phone": "0708374149", "amount": "10.50"}, "whole shillings"),
        ({"phone": "0708374149", "amount": "150,001"}, "whole shillings"),
        ({"phone": "", "amount": ""}, "Enter a phone number"),
    ):
        assert says in " ".join(amina.post(address, wrong).content.decode().split())
    assert daraja.store.execute("SELECT count(*) FROM push").fetchone()[0] == 0

    page = asked(amina, address)
    assert "M-Pesa has your money" in html(amina, page)
    path, body = door.next()
    for _twice in range(2):
        networks.take_in("MPESA", body, {":path": path})
        networks.collect()
        networks.apply_waiting()
    assert ledger.balance(town.amina.number).booked == before + Money.of("500", "KES")
    assert "The money is on your account" in html(amina, page)
    assert brian.get(page).status_code == 404
    assert Client().get(page).status_code == 302

    daraja.behave(Behaviour(What.REJECT, "1032"))
    assert "It was cancelled on the phone" in html(amina, asked(amina, address, "600"))
    door.next()
    daraja.behave(Behaviour(What.DELAY))
    assert "Look at your phone" in html(amina, asked(amina, address, "700"))
    daraja.behave(Behaviour(What.DOWN))
    down = amina.post(address, {"phone": "0708374149", "amount": "800"})
    assert "cannot be reached" in down.content.decode()
    assert ledger.balance(town.amina.number).booked == before + Money.of("500", "KES")


def test_a_missing_callback_is_made_up_for_and_phones_are_left_in_peace(
    town: Town,
    amina: Client,
    door: Door,  # noqa: F811  the fixture
    daraja: Daraja,  # noqa: F811  the fixture
) -> None:
    address = f"/personal/accounts/{town.amina.number}/add/"
    daraja.behave(Behaviour(What.TIMEOUT))
    page = asked(amina, address)
    networks.collect()
    networks.apply_waiting()
    assert "The money is on your account" in html(amina, page)
    for _time in range(5):
        assert amina.post(address, {"phone": "0708374149", "amount": "1"}).status_code == 302
    refused = amina.post(address, {"phone": "0708374149", "amount": "1"})
    assert "too often" in refused.content.decode()
    other = amina.post(f"/personal/accounts/{town.brian.number}/add/", {"phone": "0708374149", "amount": "1"})
    assert other.status_code == 404


def test_without_m_pesa_there_is_no_such_page(town: Town, amina: Client) -> None:
    assert "Add money" not in html(amina, f"/personal/accounts/{town.amina.number}/")
    assert amina.get(f"/personal/accounts/{town.amina.number}/add/").status_code == 404


@pytest.fixture(autouse=True)
def fresh_counters() -> None:
    cache.clear()
