"""Requests, codes and bills over HTTP."""

import re

from django.test import Client

from bank.accounts.models import Account
from bank.requests import services
from bank.requests.models import BillPayment, PaymentRequest
from tests.portals import town as streets
from tests.portals.town import Town, newest_code


def confirm(client: Client, user: object, check: str) -> str:
    asked = re.search(r'name="asked" value="([^"]+)"', client.get(check).content.decode())
    assert asked
    answer = client.post(check, {"asked": asked[1], "code": newest_code(user)})  # type: ignore[arg-type]
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def open_biller(account: Account) -> None:
    services.open_biller(
        code="school", name="Hilltop School", category="SCHOOL", account=account, label="Pupil number",
        pattern="[A-Z]{2}[0-9]{4}", example="HT1234",
    )  # fmt: skip


def test_asking_and_paying(town: Town, amina: Client, brian: Client) -> None:
    form = {
        "account": town.brian.number, "amount": "750", "remittance": "Dinner", "key": "k1",
        "name": town.amina.name, "number": town.amina.number,
    }  # fmt: skip
    made = brian.post("/personal/requests/new/", form)
    again = brian.post("/personal/requests/new/", form)
    assert made.headers["Location"] == again.headers["Location"]
    page = made.headers["Location"]
    assert "<svg" in brian.get(page).content.decode()
    assert "Dinner" in amina.get("/personal/requests/").content.decode()
    assert "Only" not in amina.get(page).content.decode()
    refused = amina.post(page, {"account": town.amina.number, "amount": "700"}).content.decode()
    assert "no other amount" in refused
    check = amina.post(page, {"account": town.amina.number, "amount": "750"}).headers["Location"]
    assert "KES\xa0750.00" in amina.get(check).content.decode()
    assert confirm(amina, town.amina.user, check) == page
    assert town.brian.booked == "1750.00"
    assert "Paid" in brian.get(page).content.decode()
    assert streets.browser(town.firm.user).get(page).status_code == 404


def test_a_link_for_anybody(town: Town, amina: Client, brian: Client) -> None:
    form = {"account": town.brian.number, "amount": "", "remittance": "Cake for Zawadi", "key": "k1"}
    page = brian.post("/personal/requests/new/", form).headers["Location"]
    assert "Cake for Zawadi" in amina.get(page).content.decode()
    assert "By link" in brian.get("/personal/requests/").content.decode()


def test_declining_with_a_reason_and_blocking(town: Town, amina: Client, brian: Client) -> None:
    form = {
        "account": town.brian.number, "amount": "750", "remittance": "Dinner", "key": "k1",
        "name": town.amina.name, "number": town.amina.number,
    }  # fmt: skip
    page = brian.post("/personal/requests/new/", form).headers["Location"]
    amina.post(f"{page}decline/", {"reason": "PAID_BEFORE", "words": "<b>Cash</b>"})
    shown = brian.get(page).content.decode()
    assert "I have paid this already" in shown
    assert "<b>Cash" not in shown
    amina.post(f"{page}block/")
    refused = brian.post("/personal/requests/new/", form | {"key": "k2"}).content.decode()
    assert "takes no requests from you" in refused
    assert PaymentRequest.objects.count() == 1


def test_a_code_made_by_one_is_paid_by_another(town: Town, amina: Client, brian: Client) -> None:
    made = brian.get("/personal/receive/", {"account": town.brian.number, "amount": "120", "text": "Eggs"})
    text = re.search(r"<code>(000201[^<]+)</code>", made.content.decode())
    assert text
    read = amina.get("/personal/scan/", {"code": text[1]})
    assert "Eggs" in read.content.decode()
    address = read.wsgi_request.get_full_path()
    check = amina.post(address, {"account": town.amina.number, "amount": "999"}).headers["Location"]
    receipt = confirm(amina, town.amina.user, check)
    assert "Eggs" in amina.get(receipt).content.decode()
    assert town.brian.booked == "1120.00"
    for hostile in (text[1].replace("120", "920"), "<script>", "BCD\n002"):
        page = amina.get("/personal/scan/", {"code": hostile}).content.decode()
        assert "no payment code" in page
        assert "<script>" not in page


def test_a_bill_is_paid_kept_and_found_in_the_billers_file(town: Town, amina: Client) -> None:
    open_biller(town.firm.accounts[0])
    town.amina.customer.display_name = "=cmd|' /C calc'!A1"
    town.amina.customer.save(update_fields=["display_name"])
    wrong = amina.post(
        "/personal/bills/pay/school/", {"reference": "1", "amount": "1", "account": town.amina.number}
    )
    assert "looks like HT1234" in wrong.content.decode()
    given = {"reference": "ht 1234", "amount": "5,000", "account": town.amina.number}
    check = amina.post("/personal/bills/pay/school/", given).headers["Location"]
    assert "57.50" in amina.get(check).content.decode()
    assert confirm(amina, town.amina.user, check) == "/personal/bills/"
    assert town.amina.booked == "44942.50"
    bill = BillPayment.objects.get()
    amina.post(f"/personal/bills/paid/{bill.payment.reference}/save/")
    assert "?reference=HT1234" in amina.get("/personal/bills/").content.decode()
    treasurer = streets.browser(town.firm.user)
    address = f"/corporate/{town.firm.customer.cif}/bills/received/school/"
    file = treasurer.get(address).content.decode()
    assert f"{bill.payment.reference},HT1234,5000.00,KES" in file
    assert ",'=cmd|" in file, "no spreadsheet runs a payer's name"
    assert treasurer.get(f"{address}?day=2020-01-01").content.decode().count("\n") == 1
    assert amina.get("/personal/bills/received/school/").status_code == 404
