"""Payees whose account is tried first, on the pages of a company and a person, and over REST."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.test import Client

from bank.payments import directory
from bank.payments.models import Beneficiary, PayeeTrial
from bank.payments.rails.ach.sandbox import SANDBOX
from bank.payments.services import networks
from tests.payments.rails.served import served
from tests.portals.test_company_paying import confirm, home_of
from tests.portals.town import Town, browser


@pytest.fixture
def operator(town: Town, settings: LazySettings) -> Iterator[SANDBOX]:
    directory.seed()
    settings.NETWORKS_GATHER_S = 0
    operator = SANDBOX()
    with served(operator) as url:
        settings.RAIL_URLS, settings.RAIL_KEYS = {"ACH": f"{url}/ach"}, {"ACH": operator.key}
        yield operator


def test_a_company_tries_a_payee_and_takes_the_new_number_over(
    town: Town, treasurer: Client, operator: SANDBOX
) -> None:
    home = home_of(town)
    page = treasurer.get(f"{home}payees/?at=bank").content.decode()
    assert 'name="is_tried"' in page
    assert "checked" in page
    asked = {"name": "Acme Inc", "bank": "021000021", "number": "990000101", "is_tried": "on"}
    check = treasurer.post(f"{home}payees/?at=bank", asked).headers["Location"]
    assert "tried without money" in treasurer.get(check).content.decode()
    assert confirm(treasurer, town, check) == f"{home}payees/"
    assert "Being tried until" in treasurer.get(f"{home}payees/").content.decode()
    payee = Beneficiary.objects.get(name="Acme Inc")
    assert treasurer.post(f"{home}payees/{payee.pk}/correct/").headers["Location"] == f"{home}payees/"
    for _ in range(3):
        networks.tend()
    page = treasurer.get(f"{home}payees/").content.decode()
    assert "Changed: C01, now 1918171614 at Hudson National Bank" in page
    check = treasurer.post(f"{home}payees/{payee.pk}/correct/").headers["Location"]
    assert "1918171614" in treasurer.get(check).content.decode()
    assert confirm(treasurer, town, check) == f"{home}payees/"
    page = treasurer.get(f"{home}payees/").content.decode()
    assert "Put right as the payee&#x27;s bank said" in page
    assert "1918171614" in page
    person = browser(town.amina.user)
    assert person.post(f"/personal/payees/{payee.pk}/correct/").status_code == 404
    asked = {"name": "Dana", "bank": "021000021", "number": "777", "is_tried": "on"}
    assert person.post("/personal/payees/?at=bank", asked).status_code == 302
    PayeeTrial.objects.update(state="REFUSED", reason="R03", sentence="No Account/Unable to Locate Account.")
    said = treasurer.get(f"{home}payees/", headers={"accept-language": "sw"}).content.decode()
    assert "R03" in said
