"""The corporate portal: which company, its accounts, and payment files from upload to result."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from bank.cif import services as cif
from bank.payments.models import PaymentFile, PaymentOrder
from bank.web.companies.forms.files import WhichForm
from tests.portals import town as streets
from tests.portals.test_paying import asked_on
from tests.portals.town import Town, newest_code, pain001


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


@pytest.fixture
def home(town: Town) -> str:
    return f"/corporate/{town.firm.customer.cif}/"


def good_lines(town: Town) -> list[tuple[str, str, str]]:
    return [(town.amina.name, town.amina.number, "1500.00"), (town.brian.name, town.brian.number, "2500.00")]


def bad_lines() -> list[tuple[str, str, str]]:
    return [("Nobody at All", "0010000099999", "10.00"), ("Somebody Else", "12", "20.00")]


def send(client: Client, home: str, content: bytes, key: str = "upload-1"):
    file = SimpleUploadedFile("salaries.xml", content, content_type="text/xml")
    return client.post(f"{home}files/", {"file": file, "key": key})


def to_confirm(client: Client, home: str, content: bytes, which: str = "ALL") -> str:
    """Uploads and chooses; the address of the last page."""
    address = send(client, home, content).headers["Location"]
    answer = client.post(address, {"which": which})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def confirm(client: Client, town: Town, address: str):
    form = {"asked": asked_on(client, address), "code": newest_code(town.firm.user)}
    return client.post(address, form)


def test_one_company_is_gone_to_at_once(town: Town, treasurer: Client, home: str, queries) -> None:
    assert treasurer.get("/corporate/").headers["Location"] == home
    assert town.firm.name in html(treasurer, "/corporate/?all=")
    treasurer.get(home)
    with queries():
        page = html(treasurer, home)
    for said in (town.firm.name, "Available in KES", "5,000,000", "Send a payment file", "No files yet"):
        assert said in page


def test_several_companies_are_chosen_from(town: Town, treasurer: Client) -> None:
    other = cif.create_organisation(
        registered_name="Acacia Ltd", registration_number="PVT-2", legal_form="Limited", segment="CORPORATE"
    )
    cif.grant_mandate(user=town.firm.user, customer=other, role="VIEWER")
    page = html(treasurer, "/corporate/")
    assert page.index("Acacia Ltd") < page.index("Savanna Traders Ltd")
    assert "Another company" in html(treasurer, f"/corporate/{other.cif}/")
    assert "No account yet" in html(treasurer, f"/corporate/{other.cif}/")


def test_who_acts_for_nobody_is_told_what_to_do(town: Town, amina: Client) -> None:
    assert "You act for no company yet" in html(amina, "/corporate/")


def test_a_company_is_its_users_own(
    town: Town, amina: Client, treasurer: Client, client: Client, home: str
) -> None:
    account = f"{home}accounts/{town.firm.number}/"
    for page in (
        home,
        account,
        account + "activity.csv",
        f"{home}files/",
        f"/corporate/lines/{town.firm.number}-1/",
    ):
        assert amina.get(page).status_code == 404, page
        assert client.get(page).status_code == 302
        assert treasurer.get(page).status_code == 200
    assert treasurer.get(f"{home}accounts/{town.amina.number}/").status_code == 404
    assert treasurer.get(f"/corporate/{town.amina.customer.cif}/").status_code == 404
    assert treasurer.get("/corporate/0000000/").status_code == 404


def test_the_account_page_is_the_one_everybody_has(town: Town, treasurer: Client, home: str, queries) -> None:
    account = f"{home}accounts/{town.firm.number}/"
    treasurer.get(account)
    with queries():
        page = html(treasurer, account)
    assert "Cash deposit" in page
    assert f"/corporate/lines/{town.firm.number}-1/" in page
    assert "CASH_DEPOSIT" in html(treasurer, f"/corporate/lines/{town.firm.number}-1/")
    assert b"Cash deposit" in treasurer.get(account + "activity.csv").getvalue()


def test_a_file_is_paid_in_one_go(town: Town, treasurer: Client, home: str, queries) -> None:
    address = to_confirm(treasurer, home, pain001(town.firm, good_lines(town)))
    page = html(treasurer, address)
    for said in ("SALARIES-1", "KES 4,000.00", "Hash total", "Send KES 4,000.00", "cannot be recalled"):
        assert said in page
    result = confirm(treasurer, town, address).headers["Location"]
    treasurer.get(result)
    with queries():
        page = html(treasurer, result)
    assert "2 payments were made." in page
    assert (town.amina.booked, town.brian.booked) == ("51500.00", "3500.00")
    assert confirm_again(treasurer, address) == result
    assert PaymentOrder.objects.count() == 2
    with queries():
        assert "SALARIES-1" in html(treasurer, f"{home}files/?q=salaries&status=PAID")
    assert "Nothing matches" in html(treasurer, f"{home}files/?q=rent")


def confirm_again(client: Client, address: str) -> str:
    return client.post(address, {"asked": "x", "code": "123456"}).headers["Location"]


def test_every_fault_of_every_line_is_shown_at_once(town: Town, treasurer: Client, home: str) -> None:
    content = pain001(town.firm, good_lines(town) + bad_lines())
    before = town.books()
    address = send(treasurer, home, content).headers["Location"]
    page = html(treasurer, address)
    assert "Nobody at All" in page
    assert "Somebody Else" in page
    assert page.count("Fault:") >= 2
    assert "Only the 2 valid lines; the 2 faulty ones are not paid" in page
    assert 'value="ALL"' not in page
    assert town.amina.name in html(treasurer, f"{address}?lines=all")
    assert "Choose which lines to pay" in treasurer.post(address, {}).content.decode()
    assert treasurer.post(address, {"which": "ALL"}).status_code == 200
    assert town.books() == before


def test_only_the_valid_lines_are_paid(town: Town, treasurer: Client, home: str) -> None:
    address = to_confirm(treasurer, home, pain001(town.firm, good_lines(town) + bad_lines()), "VALID")
    assert "2 faulty lines are left out" in html(treasurer, address)
    result = confirm(treasurer, town, address).headers["Location"]
    page = html(treasurer, result)
    assert "2 payments were made. 2 lines were not paid." in page
    assert "Nobody at All" in html(treasurer, f"{result}?lines=refused")
    assert "Nobody at All" not in html(treasurer, f"{result}?lines=paid")


def test_a_wrong_or_old_code_pays_nothing(town: Town, treasurer: Client, home: str) -> None:
    address = to_confirm(treasurer, home, pain001(town.firm, good_lines(town)))
    before = town.books()
    old = {"asked": asked_on(treasurer, address), "code": newest_code(town.firm.user)}
    wrong = f"{(int(old['code']) + 1) % 1_000_000:06d}"
    assert "The code is wrong" in treasurer.post(address, old | {"code": wrong}).content.decode()
    assert treasurer.post(address + "code/").headers["Location"] == address
    assert treasurer.post(address, old).status_code == 200
    assert town.books() == before
    assert PaymentFile.objects.get().status == "CHECKED"


def test_who_may_look_may_not_pay(town: Town, treasurer: Client, home: str) -> None:
    address = send(treasurer, home, pain001(town.firm, good_lines(town))).headers["Location"]
    bookkeeper = streets.browser(town.bookkeeper)
    assert "Send a payment file" not in html(bookkeeper, home)
    assert "Pay this file" not in html(bookkeeper, address)
    assert bookkeeper.post(address, {"which": "ALL"}).status_code == 200
    assert PaymentFile.objects.get().status == "CHECKED"


def test_a_draft_is_of_its_file_and_session(town: Town, treasurer: Client, home: str) -> None:
    address = to_confirm(treasurer, home, pain001(town.firm, good_lines(town)))
    other = send(treasurer, home, pain001(town.firm, good_lines(town), "SALARIES-2"), "upload-2").headers[
        "Location"
    ]
    draft = address.rstrip("/").split("/")[-1]
    assert treasurer.get(f"{other}pay/{draft}/").headers["Location"] == other
    assert (
        streets.browser(town.bookkeeper)
        .get(address)
        .headers["Location"]
        .endswith(address.split("/")[4] + "/")
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"not xml at all", "No column says"),
        (b"<Document/>", "pain.001"),
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "DOCTYPE"),
        (b"\xff\xfe\x00garbage", "No column says"),
    ],
)
def test_48_files_that_cannot_be_read(
    town: Town, treasurer: Client, home: str, content: bytes, says: str
) -> None:
    """SECURITY 48: refused with a sentence; nothing of them is kept, nothing of ours is shown."""
    page = send(treasurer, home, content).content.decode()
    assert says.casefold() in page.casefold()
    assert "root:" not in page
    assert PaymentFile.objects.count() == 0


def test_a_file_too_large_is_refused(town: Town, treasurer: Client, home: str, settings) -> None:
    settings.PAYMENT_FILE_MAX_BYTES = 100
    page = send(treasurer, home, pain001(town.firm, good_lines(town))).content.decode()
    assert "larger than" in page


def test_the_same_upload_twice_is_one_file(town: Town, treasurer: Client, home: str) -> None:
    content = pain001(town.firm, good_lines(town))
    first, second = send(treasurer, home, content), send(treasurer, home, content)
    assert first.headers["Location"] == second.headers["Location"]
    doubled = html(treasurer, send(treasurer, home, content, "upload-2").headers["Location"])
    assert "The file cannot be paid" in doubled
    assert "Faults of the file as a whole" in doubled


def test_38_nothing_is_taken_in_without_the_token(town: Town, home: str) -> None:
    """SECURITY 38: neither a file nor a choice nor a code."""
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = streets.browser(town.firm.user).cookies
    assert send(strict, home, pain001(town.firm, good_lines(town))).status_code == 403
    assert PaymentFile.objects.count() == 0


@pytest.mark.parametrize(("language", "said"), [("en", "All 1,200 lines"), ("sw", "Mistari yote 1,200")])
def test_counts_are_written_as_pages_write_numbers(language: str, said: str) -> None:
    with translation.override(language):
        assert WhichForm(line_count=1200, faulty_count=0).fields["which"].choices == [("ALL", said)]
        (only,) = WhichForm(line_count=3000, faulty_count=1500).fields["which"].choices
        assert only[1].count("1,500") == 2
