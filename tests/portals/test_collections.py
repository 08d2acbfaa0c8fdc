"""Collection numbers of a company: opened, paid to, what came in, as a file, given up."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from bank.accounts.models import CollectionNumber
from bank.kernel.money import Money
from bank.payments import services as payments
from tests.portals.town import Town, browser, newest_code

pytestmark = pytest.mark.django_db


def pay(town: Town, number: str, amount: str, message: str) -> None:
    user = town.brian.user
    asked: dict[str, Any] = {
        "user": user, "debtor_number": town.brian.number, "creditor_number": number,
        "creditor_name": town.firm.name, "amount": Money.of(amount, "KES"),
    }  # fmt: skip
    challenge = payments.start_payment(**asked)
    code = newest_code(user)
    payments.pay(**asked, key=message, challenge_id=challenge.id, code=code, remittance=message)


def test_a_number_from_its_opening_to_its_end(town: Town, treasurer: Client) -> None:
    home = f"/corporate/{town.firm.customer.cif}/collections/"
    assert "No number yet" in treasurer.get(home).content.decode()
    for wrong in ("", "x" * 41):
        page = treasurer.post(home, {"account": town.firm.number, "reference": wrong})
        assert page.context["form"].errors["reference"]
    made = treasurer.post(home, {"account": town.firm.number, "reference": "Flat 12"})
    number = CollectionNumber.objects.get().number
    assert made.headers["Location"] == f"{home}{number}/"
    treasurer.post(home, {"account": town.firm.number, "reference": "Flat 1"})
    assert "Nothing came in yet" in treasurer.get(f"{home}{number}/").content.decode()
    pay(town, number, "300", "October")
    pay(town, number, "50", "=cmd|x")
    page = treasurer.get(f"{home}{number}/").content.decode()
    for said in (town.brian.name, "October", "300.00", "50.00"):
        assert said in page
    listed = treasurer.get(home).content.decode()
    assert "KES\xa0350.00" in listed
    assert "2 payments" in listed
    assert "0 payments" in listed
    file = treasurer.get(f"{home}{number}/payments.csv").content.decode()
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [row["amount"] for row in rows] == ["50.00", "300.00"]
    assert rows[0]["message"].startswith("'=")
    for stranger in (town.amina.user, town.brian.user):
        assert browser(stranger).get(f"{home}{number}/").status_code == 404
    looks_only = browser(town.bookkeeper)
    assert "Give the number up" not in looks_only.get(f"{home}{number}/").content.decode()
    looks_only.post(f"{home}{number}/close/")
    assert CollectionNumber.objects.filter(closed_date=None).count() == 2
    treasurer.post(f"{home}{number}/close/")
    assert CollectionNumber.objects.get(number=number).closed_date is not None
    assert treasurer.get(f"{home}{number}/").status_code == 404
