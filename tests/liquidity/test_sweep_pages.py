"""A sweep set up, paused and ended on its pages."""

import re

import pytest

from bank.accounts import services as accounts
from bank.liquidity.models import Sweep
from tests.invoicing.shop import open_shop
from tests.portals import town as streets
from tests.portals.town import browser, newest_code

pytestmark = pytest.mark.django_db


def test_a_sweep_on_its_pages() -> None:
    shop = open_shop(streets.build())
    firm, product = shop.firm, shop.firm.accounts[0].product.code
    second = accounts.open_account(customer=firm.customer, product_code=product, key="second")
    home, owner = f"/sme/{firm.customer.cif}/cash/sweeps/", browser(firm.user)
    assert "No sweeps yet" in owner.get(home).content.decode()
    assert owner.get(f"{home}new/").status_code == 200
    asked = {
        "account": second.number,
        "pool": firm.number,
        "kind": "TARGET",
        "target": "5,000.00",
        "threshold": "",
    }
    assert "field__error" in owner.post(f"{home}new/", asked | {"target": "a lot"}).content.decode()
    refused = owner.post(f"{home}new/", asked | {"pool": second.number})
    assert "Choose two accounts" in refused.content.decode()
    sent = owner.post(f"{home}new/", asked)
    page = owner.get(sent.headers["Location"]).content.decode()
    assert "5,000.00" in page
    (token,) = re.findall(r'name="asked" value="([^"]+)"', page)
    wrong = owner.post(sent.headers["Location"], {"code": "000000", "asked": token})
    assert "field__error" in wrong.content.decode()
    assert not Sweep.objects.exists()
    made = owner.post(sent.headers["Location"], {"code": newest_code(firm.user), "asked": token})
    sweep = Sweep.objects.get()
    assert made.headers["Location"] == f"{home}{sweep.reference}/"
    assert "Pause" in owner.get(made.headers["Location"]).content.decode()
    for act, status in (
        ("pause", "PAUSED"),
        ("resume", "ACTIVE"),
        ("end", "ENDED"),
        ("resume", "ENDED"),
        ("x", "ENDED"),
    ):
        owner.post(made.headers["Location"], {"act": act})
        sweep.refresh_from_db()
        assert sweep.status == status
    assert sweep.reference in owner.get(home).content.decode()
    reader, stranger = browser(shop.town.bookkeeper), browser(shop.town.amina.user)
    assert reader.get(made.headers["Location"]).status_code == 200
    assert "Set up a sweep" not in reader.get(home).content.decode()
    for place in (home, f"{home}new/", made.headers["Location"]):
        assert stranger.get(place).status_code == 404
