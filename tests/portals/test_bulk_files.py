"""A table of payments in the portal: columns named, lines mended, progress shown, unpaid lines sent anew."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bank.cif import services as cif
from bank.identity.models import User
from bank.payments.models import PaymentFile
from tests.portals.test_corporate import confirm, html
from tests.portals.town import Town, browser, let_the_worker_work

COLUMNS = {"creditor_name": "0", "creditor_account": "1", "amount": "2", "amounts": "PLAIN", "days": "ISO"}


@pytest.fixture
def home(town: Town) -> str:
    return f"/corporate/{town.firm.customer.cif}/"


def upload(client: Client, home: str, town: Town, text: str, **more: str) -> str:
    file = SimpleUploadedFile("mishahara.csv", text.encode())
    form = {"file": file, "key": f"k{len(text)}", "account": town.firm.number} | more
    return client.post(f"{home}files/", form).headers["Location"]


def test_a_table_from_upload_to_result(town: Town, treasurer: Client, home: str) -> None:
    rows = [
        f"{town.amina.name};{town.amina.number};1500.00",
        f"{town.brian.name};{town.brian.number};1e9",
        "Nobody at All;0010000099999;10.00",
    ]
    columns = upload(treasurer, home, town, "\n".join(["Jina;Akaunti;Kiasi", *rows]))
    page = html(treasurer, columns)
    assert columns.endswith("/columns/")
    assert "0010000099999" in page
    assert '<option value="0" selected>A – Jina</option>' in page
    address = treasurer.post(columns, COLUMNS | {"account": town.firm.number}).headers["Location"]
    page = html(treasurer, address)
    for said in (
        "mishahara.csv",
        "without an exponent",
        "C (Kiasi): 1e9",
        "There is no account with this number",
    ):
        assert said in page
    faults = b"".join(treasurer.get(f"{address}faults.csv").streaming_content).decode()
    assert "Nobody at All" in faults
    assert town.amina.name not in faults
    mended = {
        "creditor_name": town.brian.name, "creditor_account": town.brian.number, "amount": "2500.00",
        "currency": "KES", "remittance": "Salary",
    }  # fmt: skip
    assert "C (Kiasi): 1e9" in html(treasurer, f"{address}lines/3/")
    assert treasurer.post(f"{address}lines/3/", mended).headers["Location"] == address
    assert treasurer.post(f"{address}lines/4/", {"act": "leave-out"}).headers["Location"] == address
    assert "will not be paid" in html(treasurer, f"{address}lines/4/")
    paying = treasurer.post(address, {"which": "ALL"}).headers["Location"]
    result = confirm(treasurer, town, paying).headers["Location"]
    assert "2 payments were made." in html(treasurer, result)
    assert (town.amina.booked, town.brian.booked) == ("51500.00", "3500.00")
    _the_next_one_is_known(town, treasurer, home)


def _the_next_one_is_known(town: Town, treasurer: Client, home: str) -> None:
    again = upload(
        treasurer, home, town, f"Jina;Akaunti;Kiasi\nNobody;12;5\n{town.amina.name};{town.amina.number};7"
    )
    page = html(treasurer, again)
    assert f'<option value="{town.firm.number}" selected>' in page
    address = treasurer.post(again, COLUMNS | {"account": town.firm.number}).headers["Location"]
    paying = treasurer.post(address, {"which": "VALID"}).headers["Location"]
    confirm(treasurer, town, paying)
    assert "1 line was not paid." in html(treasurer, address)
    anew = treasurer.post(f"{address}retry/").headers["Location"]
    page = html(treasurer, anew)
    assert "Unpaid lines of" in page
    assert "Nobody" in page
    treasurer.post(f"{anew}cancel/")
    assert "was given up" in html(treasurer, anew)


def test_a_long_file_shows_how_far_it_is_and_a_payroll_keeps_its_lines(
    town: Town, treasurer: Client, home: str, settings: object
) -> None:
    settings.PAYMENT_FILE_AT_ONCE_BYTES = settings.PAYMENT_FILE_AT_ONCE_LINES = 0
    text = f"Jina,Akaunti,Kiasi,Sarafu\n{town.amina.name},{town.amina.number},1500.00,KES\n"
    columns = upload(treasurer, home, town, text, is_confidential="on")
    assert '<option value="3" selected>D – Sarafu</option>' in html(treasurer, columns)
    address = treasurer.post(columns, COLUMNS | {"account": town.firm.number}).headers["Location"]
    page = html(treasurer, address)
    assert "Lines checked" in page
    assert 'http-equiv="refresh"' in page
    let_the_worker_work()
    assert "Pay this file" in html(treasurer, address)
    assert treasurer.post(columns, COLUMNS | {"account": town.firm.number}).status_code == 302
    let_the_worker_work()
    clerk = User.objects.create_user("clerk@example.test", full_name="Clerk")
    cif.grant_mandate(user=clerk, customer=town.firm.customer, role="SIGNATORY", can_pay=True)
    page = html(browser(clerk), address)
    assert "The lines are confidential" in page
    assert town.amina.name not in page
    paying = treasurer.post(address, {"which": "ALL"}).headers["Location"]
    confirm(treasurer, town, paying)
    assert "is being paid" in html(treasurer, address)
    let_the_worker_work()
    assert "1 payment was made." in html(treasurer, address)
    assert PaymentFile.objects.get().is_batch_booked
