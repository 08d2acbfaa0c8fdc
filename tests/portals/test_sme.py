"""The portal of small companies: whose it is, and an invoice from draft to paid by its link."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from bank import ledger
from bank.invoicing import services
from bank.invoicing.models import Bill, Invoice, Receipt
from bank.payments.models import PaymentFile
from tests.invoicing.shop import Shop
from tests.portals.town import browser, let_the_worker_work, newest_code
from tests.worlds import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(standing_shop: Standing[Shop], db: None) -> Shop:
    return standing_shop.visit()


def html(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return str(response.content.decode())


def home_of(shop: Shop) -> str:
    return f"/sme/{shop.firm.customer.cif}/"


def test_every_company_has_its_own_portal(shop: Shop) -> None:
    owner, home = browser(shop.firm.user), home_of(shop)
    assert owner.get("/home/").headers["Location"] == "/sme/"
    assert owner.get("/sme/").headers["Location"] == home
    assert shop.firm.name in html(owner, home)
    assert shop.firm.name in html(owner, "/sme/?all=")
    for address in (home, f"{home}invoices/", f"{home}files/", f"{home}bills/", f"{home}statements/"):
        assert browser(shop.town.amina.user).get(address).status_code == 404
        assert owner.get(address.replace("/sme/", "/corporate/")).status_code == 404
    for place in ("files/", "approvals/", "people/", "developers/", "apps/", "more/", "statements/"):
        html(owner, home + place)
    page = html(owner, f"{home}accounts/{shop.firm.number}/")
    assert f"/sme/lines/{shop.firm.number}-1/" in page
    html(owner, f"/sme/lines/{shop.firm.number}-1/")
    shop.firm.customer.segment = "CORPORATE"
    shop.firm.customer.save(update_fields=["segment"])
    assert owner.get(home).status_code == 404
    assert owner.get("/home/").headers["Location"] == "/corporate/"


def test_an_invoice_is_written_sent_and_paid_by_its_link(shop: Shop) -> None:
    owner, home = browser(shop.firm.user), home_of(shop)
    asked = {
        "debtor": shop.debtor.pk, "terms_days": "14", "note": "October", "rows": "3",
        "what_1": "Flour", "quantity_1": "2", "price_1": "1,000.00", "tax_1": "STANDARD",
        "tax_2": "STANDARD", "tax_3": "STANDARD", "quantity_2": "1", "quantity_3": "1",
    }  # fmt: skip
    more = owner.post(f"{home}invoices/new/", asked | {"more": "1"}).content.decode()
    assert "what_6" in more
    assert 'value="Flour"' in more
    assert not Invoice.objects.exists()
    wrong = owner.post(
        f"{home}invoices/new/", asked | {"price_1": "a lot", "quantity_1": "x"}
    ).content.decode()
    assert wrong.count("field__error") == 2
    made = owner.post(f"{home}invoices/new/", asked)
    invoice = Invoice.objects.get()
    assert made.headers["Location"] == f"{home}invoices/{invoice.pk}/"
    html(owner, made.headers["Location"])
    owner.post(f"{home}invoices/{invoice.pk}/issue/")
    invoice.refresh_from_db()
    assert "INV-00001" in html(owner, f"{home}invoices/")
    assert owner.get(f"{home}invoices/{invoice.pk}/invoice.pdf").content.startswith(b"%PDF-")
    stranger, link = Client(), f"/sme/pay/{invoice.token}/"
    page = html(stranger, link)
    assert "2,320.00" in page
    assert invoice.reference in page
    assert shop.firm.user.email not in page
    assert stranger.get("/sme/pay/nonsense/").status_code == 404
    assert stranger.get(f"{link}from/").status_code == 302
    too_much = browser(shop.town.amina.user).post(
        f"{link}from/", {"account": shop.town.amina.number, "amount": "2,320.01"}
    )
    assert "still open" in too_much.content.decode()
    slow, slow_page, code = at_the_last_page(shop, link, "320.01")
    pay_by_link(shop, link, "2,000.00")
    before = shop.town.books()
    (token,) = re.findall(r'name="asked" value="([^"]+)"', html(slow, slow_page))
    late = slow.post(slow_page, {"code": code, "asked": token}).content.decode()
    assert "still open" in late, "what somebody else with the link paid meanwhile counts at once"
    assert shop.town.books() == before
    pay_by_link(shop, link, "320.00")
    slow.post(slow_page, {"code": code, "asked": token})
    let_the_worker_work()
    invoice.refresh_from_db()
    assert (invoice.paid, str(invoice.shown_on(ledger.business_date()))) == (2320, "PAID")
    assert "Paid" in html(stranger, link)
    page = html(owner, f"{home}invoices/money-in/")
    assert "the reference is in the payment" in page
    undo, _other = re.findall(r'action="([^"]+/undo/[^"]+)"', page)
    owner.post(undo)
    receipt = Receipt.objects.get(matched=0)
    assert "Amina" in html(owner, f"{home}invoices/money-in/")
    owner.post(f"{home}invoices/money-in/{receipt.pk}/match/", {"invoice": invoice.pk})
    invoice.refresh_from_db()
    assert invoice.open_money.is_zero
    csv = owner.get(f"{home}invoices/invoices.csv").content.decode()
    assert "INV-00001" in csv
    for address in (home, f"{home}invoices/ages/", f"{home}invoices/customers/", f"{home}invoices/settings/"):
        html(owner, address)


def at_the_last_page(shop: Shop, link: str, amount: str) -> tuple[Client, str, str]:
    """Brian has the same link; his code is there, he has not pressed yet."""
    brian = browser(shop.town.brian.user)
    sent = brian.post(f"{link}from/", {"account": shop.town.brian.number, "amount": amount})
    return brian, sent.headers["Location"], newest_code(shop.town.brian.user)


def pay_by_link(shop: Shop, link: str, amount: str) -> None:
    """As Amina does it: which account, how much, the code."""
    amina = browser(shop.town.amina.user)
    sent = amina.post(f"{link}from/", {"account": shop.town.amina.number, "amount": amount})
    page = html(amina, sent.headers["Location"])
    (asked,) = re.findall(r'name="asked" value="([^"]+)"', page)
    code = newest_code(shop.town.amina.user)
    assert amina.post(sent.headers["Location"], {"code": code, "asked": asked}).headers["Location"] == link
    assert "is made" in html(amina, link)


def test_the_bookkeeper_looks_and_changes_nothing(shop: Shop) -> None:
    reader, home, invoice = browser(shop.town.bookkeeper), home_of(shop), shop.issue()
    draft = shop.draft()
    for place in (
        "",
        "invoices/",
        f"invoices/{invoice.pk}/",
        "invoices/ages/",
        "bills/",
        "invoices/money-in/",
    ):
        assert "Write an invoice" not in html(reader, home + place)
    assert reader.get(f"{home}invoices/new/").status_code == 403
    assert reader.get(f"{home}invoices/settings/").status_code == 403
    assert reader.get(f"{home}bills/new/").status_code == 403
    assert reader.post(f"{home}invoices/customers/", {"name": "X"}).status_code == 200
    assert reader.post(f"{home}invoices/{draft.pk}/discard/").status_code == 403
    reader.post(f"{home}invoices/{draft.pk}/issue/")
    reader.post(f"{home}invoices/{invoice.pk}/write-off/", {"reason": "x"})
    assert set(Invoice.objects.values_list("state", flat=True)) == {"ISSUED", "DRAFT"}
    assert shop.firm.customer.debtors.count() == 1


def test_a_month_is_run_paid_and_each_gets_a_slip(shop: Shop) -> None:
    """Seen in full by the owner, in sums by the bookkeeper; the slip goes out when the file was paid."""
    owner, home, amina = browser(shop.firm.user), f"{home_of(shop)}payroll/", shop.town.amina
    assert "Nobody is on the payroll" in html(owner, home)
    asked = {"staff_number": "7", "name": amina.name, "account_number": amina.number, "joined": "2020-01-01"}
    wrong = owner.post(f"{home}people/new/", asked | {"salary": "much"})
    assert "field__error" in wrong.content.decode()
    made = owner.post(f"{home}people/new/", asked | {"salary": "50,000.00", "email": "amina@slips.example"})
    person = made.headers["Location"]
    owner.post(person, {"kind": "DEDUCTION", "title": "Advance", "amount": "1000", "once": "on"})
    owner.post(f"{person}change/", {"salary": "52,000.00"})
    assert "52,000.00" in html(owner, person)
    run = owner.post(f"{home}prepare/").headers["Location"]
    page = html(owner, run)
    assert amina.name in page
    (slip,) = set(re.findall(r'href="([^"]+payslip.pdf)"', page))
    assert owner.get(slip).content.startswith(b"%PDF-")
    reader = browser(shop.town.bookkeeper)
    assert amina.name not in html(reader, run)
    assert amina.name not in html(reader, home)
    for address in (slip, person, f"{home}people/new/"):
        assert reader.get(address).status_code == 403
    assert reader.post(f"{home}prepare/").status_code == 403
    assert "Wages and salaries" in reader.get(f"{run}journal.csv").content.decode()
    file = owner.post(f"{run}send/", {"account": shop.firm.number}).headers["Location"]
    chosen = owner.post(file, {"which": "ALL"})
    (token,) = re.findall(r'name="asked" value="([^"]+)"', html(owner, chosen.headers["Location"]))
    owner.post(chosen.headers["Location"], {"code": newest_code(shop.firm.user), "asked": token})
    let_the_worker_work()
    let_the_worker_work()
    (mine,) = [one for one in mail.outbox if one.to == ["amina@slips.example"]]
    assert "50,000" not in mine.body
    assert mine.attachments[0].content.startswith(b"%PDF-")
    assert "Paid" in html(owner, run)
    html(owner, f"{home_of(shop)}analytics/")


def test_bills_are_paid_several_at_a_time(shop: Shop) -> None:
    """Noted, ticked, made into a payment file, confirmed with a code; paid as the file says."""
    owner, home, brian = browser(shop.firm.user), home_of(shop), shop.town.brian
    owner.post(f"{home}bills/vendors/", {"name": brian.name, "number": brian.number})
    day = ledger.business_date()
    vendor = shop.firm.customer.vendors.get()
    assert vendor.name_check == "MATCH"
    asked = {"vendor": vendor.pk, "amount": "1,500.00", "bill_date": day, "due_date": day + timedelta(days=9)}
    for number in ("B-1", "B-2", "B-2"):
        answer = owner.post(f"{home}bills/new/", asked | {"number": number})
    assert "already" in answer.content.decode()
    bills = list(Bill.objects.order_by("number"))
    assert len(bills) == 2
    sent = owner.post(f"{home}bills/", {"bill": [str(one.pk) for one in bills], "account": shop.firm.number})
    file = PaymentFile.objects.get()
    assert (file.status, file.faulty_count, str(file.totals)) == ("CHECKED", 0, "{'KES': '3000.00'}")
    assert sent.headers["Location"] == f"{home}files/{file.reference}/"
    before = brian.booked
    again = owner.post(f"{home}bills/", {"bill": [str(bills[0].pk)], "account": shop.firm.number})
    assert "only an open bill" in again.content.decode()
    chosen = owner.post(sent.headers["Location"], {"which": "ALL"})
    page = html(owner, chosen.headers["Location"])
    (token,) = re.findall(r'name="asked" value="([^"]+)"', page)
    owner.post(chosen.headers["Location"], {"code": newest_code(shop.firm.user), "asked": token})
    let_the_worker_work()
    assert set(Bill.objects.values_list("state", flat=True)) == {"PAID"}
    assert float(brian.booked) == float(before) + 3000
    assert services.settle_bills(customer=shop.firm.customer) == 0
    html(owner, f"{home}bills/{bills[0].pk}/")
    assert reverse("sme:bills", args=[shop.firm.customer.cif]) in html(owner, home)
