"""A company's trail: whose acts are in it, in which words, for whose eyes, and what it costs to read."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bank.audit import services as audit
from bank.cif import services as cif
from bank.trail import services
from bank.trail.models import Act
from tests.invoicing.shop import Shop, open_shop, pay
from tests.portals import town as streets
from tests.portals.town import browser

pytestmark = pytest.mark.django_db


def gathered() -> int:
    audit.seal()
    return services.gather()


def _busy() -> Shop:
    """A shop that did something, to which the bank did something, beside a neighbour with acts of her own."""
    shop = open_shop(streets.build())
    firm, town = shop.firm, shop.town
    shop.issue()
    pay(firm, town.brian, "10.00", "Tea", "k1")
    pay(town.amina, town.brian, "11.00", "Amina's own", "k2")
    staff = streets._user("clerk", "Clara Clerk", None)
    staff.is_staff = True
    staff.save()
    audit.record(
        "NAME_CHANGED",
        actor=staff,
        subject_type="CUSTOMER",
        subject_id=firm.customer.cif,
        detail={"after": "x"},
    )
    audit.record("SCREENING_DECIDED", actor=staff, subject_type="CUSTOMER", subject_id=firm.customer.cif)
    audit.record("CUSTOMER_VIEWED", actor=staff, subject_type="CUSTOMER", subject_id=firm.customer.cif)
    audit.record(
        "WEBHOOK_MADE", actor=firm.user, subject_type="CUSTOMER", subject_id=firm.customer.cif,
        detail={"address": "=cmd|' /C calc'!A0"},
    )  # fmt: skip
    return shop


def test_what_was_done_stands_in_it_once_and_for_entitled_eyes_alone() -> None:
    shop = _busy()
    firm, town = shop.firm, shop.town
    assert gathered() > 0
    assert gathered() == 0
    assert set(Act.objects.values_list("customer_id", flat=True)) == {firm.customer.pk}
    home = f"/sme/{firm.customer.cif}/people/"
    owner = browser(firm.user)
    page = owner.get(f"{home}trail/").content.decode()
    for words in ("Invoice issued", "Payment made", "PAY-", "Grace Muthoni", "Staff of the bank"):
        assert words in page
    for secret in ("Clara", "SCREENING", "VIEWED", "11.00", "10.00"):
        assert secret not in page
    assert f"{home}trail/" in owner.get(home).content.decode()
    accountant, stranger = browser(town.bookkeeper), browser(town.brian.user)
    assert accountant.get(f"{home}trail/").status_code == 200
    assert stranger.get(f"{home}trail/").status_code == 404
    assert owner.get(f"/corporate/{firm.customer.cif}/people/trail/").status_code == 404
    cif.grant_mandate(user=town.brian.user, customer=firm.customer, role="SIGNATORY", can_pay=True)
    for name in ("trail/", "trail.csv", "trail.xlsx"):
        assert stranger.get(f"{home}{name}").status_code == 403
    assert f"{home}trail/" not in stranger.get(home).content.decode()


def _rows(client: Client, address: str) -> list[dict[str, str]]:
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_it_is_filtered_paged_and_saved() -> None:
    shop = _busy()
    firm, town = shop.firm, shop.town
    gathered()
    home = f"/sme/{firm.customer.cif}/people/trail"
    owner = browser(firm.user)
    everything = _rows(owner, f"{home}.csv")
    assert {row["Kind"] for row in everything} >= {"Payments", "Invoices and bills", "People and rights"}
    assert "'=cmd|' /C calc'!A0" in {row["About"] for row in everything}
    by_bank = _rows(owner, f"{home}.csv?who=bank&kind=PEOPLE")
    assert [row["What"] for row in by_bank if row["Who"] == "Staff of the bank"] == [
        "Name of the company changed"
    ]
    mine = _rows(owner, f"{home}.csv?who={firm.user.pk}&kind=PAYMENT")
    assert [(row["What"], row["E-mail address"]) for row in mine] == [("Payment made", firm.user.email)]
    assert _rows(owner, f"{home}.csv?from_date=2001-01-01&to_date=2001-01-31") == []
    assert _rows(owner, f"{home}.csv?who={town.amina.user.pk}&kind=nonsense") == everything
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(owner.get(f"{home}.xlsx?kind=PAYMENT").content))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert [row[4] for row in cells] == ["What", "Payment made"]
    gathered()
    assert "This trail saved as a file" in owner.get(f"{home}/").content.decode()
    with CaptureQueriesContext(connection) as few:
        owner.get(f"{home}/")
    for _number in range(60):
        audit.record("ACCOUNT_RENAMED", actor=firm.user, subject_type="ACCOUNT", subject_id=firm.number)
    gathered()
    with CaptureQueriesContext(connection) as many:
        first = owner.get(f"{home}/").content.decode()
    assert len(many) <= len(few) <= 16
    assert first.count("Account renamed") == 50
    last = min(Act.objects.order_by("-id").values_list("id", flat=True)[:50])
    assert f"before={last}" in first
    second = owner.get(f"{home}/?before={last}").content.decode()
    assert second.count("Account renamed") == 10
    assert "Payment made" in second
    assert owner.get(f"{home}/?before=nonsense&who=x&from_date=31/31/1").status_code == 200


def test_two_companies_with_one_number_in_different_tables_keep_their_acts_apart() -> None:
    """A vendor's number of the one may be a customer's number of the other."""
    town = streets.build()
    other = cif.create_organisation(
        registered_name="Baraka Stores Ltd", registration_number="PVT-9", legal_form="Company", segment="SME"
    )
    told = {"subject_type": "invoicing", "subject_id": "7"}
    for action, company in (("VENDOR_ADDED", town.firm.customer), ("DEBTOR_ADDED", other)):
        audit.record(action, actor=town.firm.user, **told, detail={"cif": company.cif})
    gathered()
    acts = Act.objects.filter(record__subject_id="7").values_list("record__action", "customer__cif")
    assert set(acts) == {("VENDOR_ADDED", town.firm.customer.cif), ("DEBTOR_ADDED", other.cif)}
