"""Deposits in the personal portal: a quote one can share, opened and closed with a code, on paper."""

import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from bank import ledger
from bank.deposits.models import Deposit
from bank.statements import selectors as statements
from tests.portals import town as streets
from tests.portals.town import Town, newest_code
from tests.statements.test_sealing import judged

QUOTE = "/personal/deposits/new/fixed/"


def _asked_on(client: Client, check: str) -> str:
    found = re.search(r'name="asked" value="([^"]+)"', client.get(check).content.decode())
    assert found
    return found[1]


def _confirm(client: Client, town: Town, check: str) -> str:
    given = {"asked": _asked_on(client, check), "code": newest_code(town.amina.user)}
    answer = client.post(check, given)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def _said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_from_a_quote_to_a_closed_deposit(town: Town, amina: Client, brian: Client) -> None:
    assert "No deposit is running" in _said(amina, "/personal/deposits/")
    offers = _said(amina, "/personal/deposits/new/")
    assert QUOTE in offers
    assert "/personal/deposits/new/call/" in offers
    streets.fund(town.amina.accounts[0], "200000")
    asked = f"{QUOTE}?amount=60,000&months=6&mode=MONTHLY&instruction=PRINCIPAL&account={town.amina.number}"
    page = _said(amina, asked)
    for said in ("9.00%", "KES 60,000.00", "Interest after tax", "Open this deposit"):
        assert said in page
    before = town.books()
    for wrong in ("amount=49,999", "amount=-1", "months=7", "amount=9e9", "mode=COMPOUNDED", "account=1"):
        refused = _said(amina, f"{QUOTE}?{wrong}")
        assert "Open this deposit" not in refused
        assert "error" in refused.lower()
    too_much = amina.post(f"{QUOTE}?amount=900000")
    assert "not enough money" in too_much.content.decode()
    assert town.books() == before

    check = amina.post(asked).headers["Location"]
    assert "Every month" in _said(amina, check)
    wrong_code = amina.post(check, {"asked": _asked_on(amina, check), "code": "000000"})
    assert wrong_code.status_code == 200
    assert town.books() == before
    address = _confirm(amina, town, check)
    assert amina.post(check, {"asked": "x", "code": "1"}).headers["Location"] == address
    deposit = Deposit.objects.get()
    page = _said(amina, address)
    for said in ("The deposit is open", "60,000", "Days of the term", "Renew the deposit"):
        assert said in page
    today = ledger.business_date()
    period = f"statement/?since={today}&until={today}"
    for path in ("", "close/", "certificate/", f"{period}&format=CSV"):
        assert brian.get(f"{address}{path}").status_code == 404
    assert brian.post(f"{address}instruction/", {}).status_code == 404

    savings = town.amina.accounts[1].number
    amina.post(f"{address}instruction/", {"instruction": "NONE", "payout": savings})
    deposit.refresh_from_db()
    assert (deposit.instruction, deposit.payout_account.number) == ("NONE", savings)
    paper = amina.get(f"{address}certificate/")
    assert paper.content.startswith(b"%PDF")
    assert "deposit-" in paper.headers["Content-Disposition"]
    _is_genuine(paper.content, deposit.number)
    _gives_statements(amina, f"{address}{period}")

    assert "can be closed early from" in amina.get(f"{address}close/").content.decode()
    ledger.roll_business_date(to=ledger.business_date() + timedelta(days=31))
    cost = _said(amina, f"{address}close/")
    assert "Interest you give up" in cost
    assert "You receive" in cost
    closed = _confirm(amina, town, amina.post(f"{address}close/").headers["Location"])
    assert "closed and paid out" in _said(amina, closed)
    assert ledger.balance(savings).booked > ledger.balance(deposit.number).booked
    assert ledger.balance(deposit.number).booked.is_zero
    assert "Ended" in _said(amina, "/personal/deposits/")


def _gives_statements(client: Client, asked: str) -> None:
    """In several formats, as an attachment; what is refused is said on the page."""
    paper = client.get(f"{asked}&format=PDF")
    assert "Statement of account" in PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    assert judged(paper.content).bottom_line
    lines = client.get(f"{asked}&format=CSV")
    assert "60000.00" in lines.content.decode()
    assert lines.headers["Content-Disposition"].startswith('attachment; filename="statement-')
    address, _query = asked.split("statement/")
    assert 'name="since"' in _said(client, address)
    reversed_days = "since=2031-01-02&until=2031-01-01&format=CSV"
    assert "before it begins" in _said(client, f"{address}statement/?{reversed_days}")
    for wrong in ("", "format=EXE", "since=x&until=2026-99-99&format=CSV"):
        assert "error" in _said(client, f"{address}statement/?{wrong}").lower()


def test_a_notice_deposit_takes_notice_and_money(town: Town, amina: Client) -> None:
    streets.fund(town.amina.accounts[0], "400000")
    check = amina.post("/personal/deposits/new/notice/?amount=200000").headers["Location"]
    address = _confirm(amina, town, check)
    move = f"{address}move/"
    _confirm(amina, town, amina.post(move, {"act": "pay_in", "amount": "50,000"}).headers["Location"])
    number = Deposit.objects.get().number
    assert str(ledger.balance(number).booked.amount) == "250000.00"
    amina.post(move, {"act": "notice", "amount": "40000"})
    page = _said(amina, address)
    assert "Under notice" in page
    before = town.books()
    assert amina.post(move, {"act": "withdraw", "amount": "240000"}).headers["Location"] == address
    assert "stays in the deposit" in _said(amina, address)
    assert "Error" in amina.post(move, {"act": "withdraw", "amount": "lots"}).content.decode()
    assert town.books() == before
    check = amina.post(move, {"act": "withdraw_all"}).headers["Location"]
    assert "Cost of leaving before notice" in _said(amina, check)
    _confirm(amina, town, check)
    assert ledger.balance(number).booked.is_zero


def test_swahili_and_the_phone(town: Town, amina: Client) -> None:
    page = amina.get(QUOTE, headers={"Accept-Language": "sw"}).content.decode()
    assert "Amana" in page
    more = _said(amina, reverse("personal:more"))
    for place in ("payees", "statements", "profile"):
        assert reverse(f"personal:{place}") in more


@pytest.mark.parametrize("code", ["SAVINGS", "nonesuch", "personal_loan"])
def test_what_is_no_deposit_has_no_quote(town: Town, amina: Client, code: str) -> None:
    assert amina.get(f"/personal/deposits/new/{code}/").status_code == 404


def _is_genuine(document: bytes, number: str, name: str = "Amina") -> None:
    """Signed, sealed in the chain, and known to the public page by code and by file; altered it is not."""
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    code = re.search(r"CRT(-[0-9A-Z]{4}){3}", text)
    assert code, text
    seal = judged(document)
    assert (seal.intact, seal.valid) == (True, True)
    anybody = Client()
    by_code = anybody.get(f"/verify/?code={code[0]}").content.decode()
    for said in ("We issued a document with this code", "Certificate of deposit", number[-4:]):
        assert said in by_code
    assert name not in by_code
    for content, said in ((document, "not a byte was changed"), (document + b" ", "differs from it")):
        file = SimpleUploadedFile("paper.pdf", content, "application/pdf")
        assert said in anybody.post("/verify/", {"code": code[0], "file": file}).content.decode()
    assert statements.verify_chain(with_files=True).fault is None
