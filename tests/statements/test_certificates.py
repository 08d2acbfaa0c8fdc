"""Certificates of balance, interest and tax: their figures are the book's."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader
from rest_framework.test import APIClient

from bank import ledger
from bank.accounts import services as joint
from bank.accounts.models import Account
from bank.deposits import services as deposits
from bank.interest import postings
from bank.interest.rules import Payment
from bank.kernel.errors import BankError, NotAllowed, NotFound
from bank.kernel.money import Money
from bank.statements import errors, papers, selectors, services
from bank.statements.models import IssuedDocument, Statement
from tests.deposits.conftest import skip_to
from tests.portals.town import browser
from tests.statements.world import World, client, deposit, position


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


def capitalise(account: Account, gross: str, tax: str, charged: str = "0", *, net: bool = False) -> None:
    parts = (kes(part).minor for part in (gross, tax, charged))
    ledger.post(
        postings.capitalised(
            key=f"c {account.number} {gross} {net}",
            account=account.number,
            paid=Payment(*parts, net=net),
            currency="KES",
            tax_role="WITHHOLDING_TAX",
            gl=ledger.gl,
            last_day=ledger.business_date() - timedelta(days=1),
        )
    )


def ask(bank: World, kind: str, to_date: date, **changes: Any) -> Statement:
    asked = {"from_date": to_date, "key": f"{kind} {to_date}"} | changes
    made, _replayed = services.request_certificate(
        user=bank.alice.user, account=bank.alice.savings, kind=kind, to_date=to_date, **asked
    )
    return made


def words_of(statement: Statement, folder: Path) -> str:
    services.make_statement(statement_id=statement.pk)
    statement.refresh_from_db()
    pages = PdfReader(io.BytesIO((folder / statement.file_name).read_bytes())).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def test_certificates_say_what_the_book_says(bank: World, files_dir: Path) -> None:
    year = ledger.business_date().year
    capitalise(bank.alice.savings, "120.00", "18.00")
    capitalise(bank.alice.savings, "40.00", "6.00", net=True)
    capitalise(bank.alice.current, "0", "0", "9.50")
    before = ledger.business_date()
    while ledger.business_date().year == year:
        ledger.roll_business_date()
    capitalise(bank.alice.savings, "1000.00", "150.00")
    books = position()
    tax = ask(bank, "TAX", date(year, 6, 1))
    certificate = papers.certificate_of(tax)
    found = {one.number: (one.paid, one.tax, one.charged) for one in certificate.accounts}
    assert found == {
        bank.alice.savings.number: (kes("160.00"), kes("24.00"), kes("0")),
        bank.alice.current.number: (kes("0"), kes("0"), kes("9.50")),
    }
    said = words_of(tax, files_dir)
    for word in (
        f"Certificate of tax withheld {year}",
        "KES 160.00",
        "KES 24.00",
        "Alice Achieng",
        tax.reference,
    ):
        assert word in said
    balance = words_of(ask(bank, "BALANCE", before), files_dir)
    assert "KES 136.00" in balance
    assert IssuedDocument.objects.get(kind="BALANCE").facts["closing"] == "136.00"
    interest = ask(bank, "INTEREST", ledger.business_date(), from_date=date(year + 1, 1, 1))
    assert papers.certificate_of(interest).accounts[0].paid == kes("1000.00")
    assert position() == books


def test_the_tax_certificate_covers_deposits(bank: World) -> None:
    """A deposit that ended within the year: its interest, the tax on it, and nothing once it is over."""
    deposit(bank.alice.current, "90000", "enough")
    order = deposits.Order("FIXED", bank.alice.current.number, kes("60000"), months=3)
    held, _replayed = deposits.open_for(customer=bank.alice.customer, order=order, key="d")
    assert held.maturity_date is not None
    skip_to(held.maturity_date + timedelta(days=1))
    held.refresh_from_db()
    assert held.closed_date is not None
    year = held.closed_date.year
    skip_to(date(year + 1, 12, 1))
    certificate = papers.certificate_of(ask(bank, "TAX", date(year, 6, 1)))
    found = {one.number: one for one in certificate.accounts}[held.number]
    assert held.paid_tax > 0
    assert (found.paid.amount, found.tax.amount) == (held.paid_interest, held.paid_tax)
    assert found.name == held.product.name
    skip_to(date(year + 2, 1, 4))
    later = papers.certificate_of(ask(bank, "TAX", date(year + 1, 6, 1)))
    assert held.number not in {one.number for one in later.accounts}


@pytest.mark.parametrize(
    ("kind", "days", "refusal"),
    [
        ("TAX", 0, errors.YearNotOver),
        ("WEALTH", 0, errors.UnknownCertificate),
        ("BALANCE", 1, errors.PeriodInFuture),
        ("BALANCE", -9000, errors.PeriodBeforeOpening),
    ],
)
def test_refusals_leave_nothing(bank: World, kind: str, days: int, refusal: type[BankError]) -> None:
    with pytest.raises(refusal):
        ask(bank, kind, date.fromordinal(ledger.business_date().toordinal() + days))
    assert not Statement.objects.exists()


def test_over_rest_and_on_the_page(bank: World, files_dir: Path) -> None:
    alice, today = client(bank.alice.user), str(ledger.business_date())
    body = {"account": bank.alice.savings.number, "kind": "BALANCE", "to": today}
    asked = alice.post("/api/v1/certificates", body, headers={"Idempotency-Key": "c1"})
    assert (asked.status_code, asked.json()["kind"]) == (202, "BALANCE")
    again = alice.post("/api/v1/certificates", body, headers={"Idempotency-Key": "c1"})
    assert (again.status_code, again.json()["id"]) == (200, asked.json()["id"])
    theirs = {**body, "account": bank.bob.savings.number}
    assert alice.post("/api/v1/certificates", theirs, headers={"Idempotency-Key": "c2"}).status_code == 404
    page = browser(bank.alice.user)
    form = {"account": bank.alice.savings.number, "kind": "BALANCE", "until": today, "key": "page"}
    answer = page.post("/personal/statements/certificates/", form)
    assert answer.status_code == 302
    assert "Balance certificate" in page.get("/personal/statements/certificates/").content.decode()
    assert page.get(answer.headers["Location"]).status_code == 200
    refused = page.post("/personal/statements/certificates/", {**form, "kind": "TAX", "key": "tax"})
    assert "is not over" in refused.content.decode()


def fetch(alice: APIClient, number: str, accept: str = "", **asked: str) -> Any:
    today = str(ledger.business_date())
    query = {"from": today, "to": today} | asked
    return alice.get(f"/api/v1/accounts/{number}/statement", query, headers={"Accept": accept or "*/*"})


def test_a_statement_at_once_in_whatever_format(bank: World, files_dir: Path) -> None:
    alice, number = client(bank.alice.user), bank.alice.current.number
    for accept, format, begins, media in (
        ("", "", b'{"statement"', "application/json"),
        ("text/csv", "", b"kind,booking_date", "text/csv; charset=utf-8"),
        ("", "CAMT054", b"<?xml", "application/xml"),
        ("application/xml", "MT940", b":20:", "text/plain; charset=us-ascii"),
        ("application/pdf", "", b"%PDF-", "application/pdf"),
    ):
        answer = fetch(alice, number, accept, **({"format": format} if format else {}))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, media)
        assert b"".join(answer.streaming_content).startswith(begins)
        assert answer.headers["Repr-Digest"].startswith("sha-256=:")
    assert fetch(alice, bank.bob.current.number).status_code == 404
    for asked, code in (
        ({"format": "DOCX"}, "STATEMENT_FORMAT_UNKNOWN"),
        ({"to": "2020-01-01"}, "STATEMENT_PERIOD_REVERSED"),
        ({"to": "2999-01-01"}, "STATEMENT_PERIOD_IN_FUTURE"),
        ({"from": "2020-01-01", "to": "2020-01-31"}, "STATEMENT_BEFORE_OPENING"),
    ):
        answer = fetch(alice, number, **asked)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_of_days_that_are_over_the_same_document_comes_again(bank: World, files_dir: Path) -> None:
    alice, number, day = client(bank.alice.user), bank.alice.current.number, str(ledger.business_date())
    ledger.roll_business_date()
    digests = {fetch(alice, number, **{"from": day, "to": day}).headers["Repr-Digest"] for _again in range(3)}
    assert len(digests) == Statement.objects.count() == 1


def test_companies_statements_stand_in_their_own_door(bank: World) -> None:
    statement = ask(bank, "BALANCE", ledger.business_date())
    page: Client = browser(bank.alice.user)
    assert page.get(f"/personal/statements/{statement.pk}/").status_code == 200
    assert page.get(f"/corporate/{bank.alice.customer.cif}/statements/{statement.pk}/").status_code == 404


def test_the_other_holder_of_one_account_sees_no_tax_of_all(bank: World) -> None:
    """A certificate of tax names every account and deposit of the first holder; Bob holds one with Alice."""
    savings, bob, year = bank.alice.savings, bank.bob, ledger.business_date().year
    tax = ask(bank, "BALANCE", ledger.business_date())
    joint.add_holder(account=savings, customer=bob.customer, signing="EITHER")
    assert selectors.statement_for(bob.user, tax.pk) == tax
    Statement.objects.filter(pk=tax.pk).update(kind="TAX")
    with pytest.raises(NotFound):
        selectors.statement_for(bob.user, tax.pk)
    with pytest.raises(NotFound):
        services.open_document(user=bob.user, statement_id=tax.pk)
    assert selectors.statement_for(bank.alice.user, tax.pk).pk == tax.pk
    skip_to(date(year + 1, 2, 1))
    asked = {"account": savings, "from_date": date(year, 6, 1), "to_date": date(year, 6, 1)}
    with pytest.raises(NotAllowed):
        services.request_certificate(user=bob.user, kind="TAX", key="bob", **asked)
    assert Statement.objects.count() == 1
    services.request_certificate(user=bank.alice.user, kind="TAX", key="alice", **asked)
